"""Events and totals → bounded state of what is going on. One thread writes it, views read it."""
