"""Kafka: consumers, producers, topics, dead letters, and what a reader still has before it."""
