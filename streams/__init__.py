"""Movement: Kafka, Faust, Redis, Slack and HTTP. The only folder that talks to anything outside."""
