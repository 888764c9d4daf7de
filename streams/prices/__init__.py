"""The price store in Redis, its refill and its history."""
