"""A demo session: the transcript of a made-up agent on a made-up project, written in real time."""
