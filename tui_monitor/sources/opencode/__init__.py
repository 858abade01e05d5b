"""OpenCode: the database with its sessions, which is only read."""
