"""The machine of a made-up user, as for commands."""

from tests.cli.conftest import home

__all__ = ["home"]
