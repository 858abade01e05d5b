"""The threads: one reads the sources, one owns the store, and one inbox carries their results to the screen."""
