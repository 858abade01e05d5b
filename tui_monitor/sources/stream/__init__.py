"""Our own stream of JSON lines, as the recording library writes it."""
