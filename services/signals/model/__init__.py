"""The trained reader: rules and a small multilingual encoder decide together."""
