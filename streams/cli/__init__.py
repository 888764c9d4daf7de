"""The commands of `policy-signals`."""
