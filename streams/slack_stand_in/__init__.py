"""A strict Slack on this machine, for trying and for tests."""
