"""Reports on the content of the store: queries, JSON documents for programs, tables for people."""
