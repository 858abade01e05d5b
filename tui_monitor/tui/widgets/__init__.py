"""Widgets, one a file: each draws a part of the live state and holds none of it."""
