"""Output of ``claude -p``."""
