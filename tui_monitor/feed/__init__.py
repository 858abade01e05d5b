"""Where the rooms meet: threads that read and store, and the one inbox through which the screen hears of it."""
