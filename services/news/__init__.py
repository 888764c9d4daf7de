"""Articles and the stories they tell."""
