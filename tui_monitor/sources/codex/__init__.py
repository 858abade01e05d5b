"""Codex: rollouts, and the output of ``codex exec --json``."""
