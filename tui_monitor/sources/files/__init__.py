"""Bytes to records: following files, reading pipes, waiting for changes."""
