"""What is served to Prometheus and to people who look whether a process lives."""
