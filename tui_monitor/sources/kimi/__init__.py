"""Kimi: the wire logs of Kimi CLI, and of Kimi Code after it, which writes other records."""
