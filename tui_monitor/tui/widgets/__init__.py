"""Widgets: each draws a part of the live state and owns none of it."""
