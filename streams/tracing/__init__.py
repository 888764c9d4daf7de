"""What was decided, on its way to ``policy.trace`` and back to whoever asks."""
