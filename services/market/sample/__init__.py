"""The reconstructed prices of the sample day."""
