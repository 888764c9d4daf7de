"""Names: who is meant in a text, who acts, and whom the act touches."""
