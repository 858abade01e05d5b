"""Diffs: parsing, side-by-side arrangement and highlighting. No widget is made here."""
