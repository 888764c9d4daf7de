"""From ticks to one-second bars, and from bars to minutes and days."""
