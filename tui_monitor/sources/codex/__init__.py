"""Codex: rollouts, and what `codex exec --json` prints."""
