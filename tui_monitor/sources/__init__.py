"""bytes → events: tailing files, finding sessions, and one module for each agent's format."""
