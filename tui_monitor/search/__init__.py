"""Search over all sessions: what is searched for, how texts are tested for it, and what is found, as values."""
