"""Diffs as rows: read, paired for side by side, with the words that changed. No widget is made here."""
