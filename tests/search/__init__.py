"""Tests of what is searched for, and of the values that a search finds."""
