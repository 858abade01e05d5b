"""Stores of other programs, read once and written as lines of our stream."""
