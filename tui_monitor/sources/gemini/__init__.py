"""Gemini CLI: its chats, old and new, and the file of its telemetry."""
