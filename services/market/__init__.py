"""Ticks, bars, sessions and the event study that turns them into Reactions."""
