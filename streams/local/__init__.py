"""Everything on one machine: embedded parts, supervisor, demonstration, replay."""
