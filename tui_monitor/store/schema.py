"""The tables of the database, version by version, as scripts beside this file."""

from __future__ import annotations

from importlib import resources

from tui_monitor.ledger import Amount

APPLICATION_ID = 0x74756D6F
"""Marks a database file as ours (SQLite's ``application_id``)."""

VERSION = 1
"""The newest version (SQLite's ``user_version``)."""

AMOUNTS = tuple(Amount._fields)
"""The columns of a sum, in the order of `Amount`."""


def migration(version: int) -> list[str]:
    """The statements that lead to ``version`` from the one before."""
    script = resources.files(__package__).joinpath(f"schema_{version}.sql").read_text(encoding="utf-8")
    return script.split(";\n")
