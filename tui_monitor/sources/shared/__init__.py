"""Helpers that several formats share: JSON fields, times, diffs, tool calls."""
