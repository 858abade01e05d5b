"""Replay of a recorded session: its events come again, each at its time on a clock that can be stopped and moved."""
