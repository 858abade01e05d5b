"""The screen in a browser: textual-serve, with the doors closed that it leaves open."""
