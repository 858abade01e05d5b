"""Recording of events: one line each, appended to the stream of its session."""
