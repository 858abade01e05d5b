"""OpenCode: the database in which it keeps its sessions, read without ever writing to it."""
