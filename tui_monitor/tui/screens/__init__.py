"""Screens: the monitor, the list of sessions, the help."""
