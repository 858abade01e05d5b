"""The content of the side panes and the summary, as pure functions from live state to spans."""
