"""Single trades: what may come in, what is refused, where they come from."""
