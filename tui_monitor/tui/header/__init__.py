"""What the status bar says, as pure functions from live state to lines of spans."""
