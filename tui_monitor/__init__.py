"""A live terminal monitor for AI-agent sessions, and a library to record them."""

__version__ = "0.1.0"
