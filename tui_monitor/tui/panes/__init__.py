"""What the small panes say, as pure functions from live state to lines of spans."""
