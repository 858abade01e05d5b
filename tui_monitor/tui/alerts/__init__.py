"""Alerts in words, where they are shown on the screen, and how they reach a person elsewhere."""
