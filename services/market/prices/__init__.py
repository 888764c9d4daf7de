"""Where the event study gets its prices: tiers, snapshots, history."""
