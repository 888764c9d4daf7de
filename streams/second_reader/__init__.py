"""The optional second reader behind an endpoint of the user."""
