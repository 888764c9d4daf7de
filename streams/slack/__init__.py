"""Slack itself: calls, limits, outcomes, Socket Mode."""
