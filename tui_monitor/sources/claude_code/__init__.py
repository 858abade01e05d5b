"""Claude Code: transcripts, with their sub-agents."""
