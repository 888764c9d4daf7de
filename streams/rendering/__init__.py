"""What a person sees outside Slack: terminal, report, charts."""
