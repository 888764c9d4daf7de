"""Alerts made by hand, one for each situation that a card must tell honestly: for its tests, and to be looked at."""
