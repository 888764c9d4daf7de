"""Where alerts go beside Slack: a signed webhook, e-mail. One small interface, one sender for all kinds."""
