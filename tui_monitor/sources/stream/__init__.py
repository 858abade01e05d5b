"""The project's own stream format."""
