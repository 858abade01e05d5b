"""The processes of this user, by operating system."""
