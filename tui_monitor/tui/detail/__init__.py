"""The detail of one entry of the log, as pure functions: its facts, and the texts of its tabs."""
