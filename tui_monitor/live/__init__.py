"""Events and totals → the bounded state of all followed sessions. One thread writes it, views read it."""
