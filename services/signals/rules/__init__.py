"""The rules of act and scope: what an authority did, which way it weighs, and how sure that makes us."""
