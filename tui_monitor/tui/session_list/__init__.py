"""The list of sessions, as pure functions from live state and past sessions to rows of spans."""
