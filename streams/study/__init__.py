"""The event study on files."""
