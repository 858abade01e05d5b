"""The rows of the activity log, as pure functions from live state to spans."""
