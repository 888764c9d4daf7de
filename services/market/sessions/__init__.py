"""When an exchange trades, when a window ends, and whether a price is alive."""
