"""What the market did, and how unusual that is."""
