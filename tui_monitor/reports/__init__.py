"""Reports on what the store holds: queries, JSON documents for programs and tables for people."""
