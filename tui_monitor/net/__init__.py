"""Network listeners. Nothing listens unless the user starts it."""
