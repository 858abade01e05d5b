"""Gemini CLI: the chats that it keeps, old and new, and the file into which it may write its telemetry."""
