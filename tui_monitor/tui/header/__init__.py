"""The lines of the status bar, as pure functions from live state to spans."""
