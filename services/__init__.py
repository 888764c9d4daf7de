"""Decisions: pure functions and immutable types. No sockets, files, clock or environment in here."""
