"""A played session of an invented agent on an invented project: a transcript that is written as if somebody worked."""
