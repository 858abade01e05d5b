"""What the store knows, as tables for people and documents for programs."""
