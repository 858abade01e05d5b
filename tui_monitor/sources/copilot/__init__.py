"""Copilot CLI: the events of its sessions, and the rows of its session store, one for each request to a model."""
