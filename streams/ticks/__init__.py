"""The ways in for prices: frames, files, WebSocket, polling, and the shards that make bars."""
