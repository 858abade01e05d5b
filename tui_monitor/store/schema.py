"""Versions of the schema: one script per version (``schema_N.sql``), each with its kind of backfill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

APPLICATION_ID = 0x74756D6F
"""Marks a database file as ours (SQLite's ``application_id``)."""

_SCRIPT = re.compile(r"schema_(\d+)\.sql")
_BACKFILL = re.compile(r"^-- Backfill: (.+)$", re.MULTILINE)


class Backfill(StrEnum):
    """Ways to fill the new columns and tables of a migration for events read before it."""

    EMPTY = "empty"
    """Not at all: figures begin with what is read from now on."""

    FROM_ROWS = "from existing rows"
    """By statements of the migration itself."""

    READ_AGAIN = "read again"
    """Every source is read again from its beginning, as after a raised `Adapter.version`. Sources that no longer
    exist stay unfilled."""


@dataclass(frozen=True, slots=True)
class Migration:
    """The statements that lead to ``version`` from the one before, and their backfill."""

    version: int
    backfill: Backfill
    statements: tuple[str, ...]


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order; the last one leads to the newest version (SQLite's ``user_version``)."""
    return tuple(sorted(_scripts(), key=lambda migration: migration.version))


def parse(version: int, script: str) -> Migration:
    """Read a migration script, which has a line ``-- Backfill: `` with a value of `Backfill`.

    Raises:
        ValueError: the line is missing or has another value.
    """
    backfill = _BACKFILL.search(script)
    if backfill is None:
        raise ValueError(f"schema_{version}.sql does not say how it is backfilled")
    return Migration(version, Backfill(backfill[1]), tuple(script.split(";\n")))


def _scripts() -> Iterator[Migration]:
    for file in resources.files(__package__).iterdir():
        if name := _SCRIPT.fullmatch(file.name):
            yield parse(int(name[1]), file.read_text(encoding="utf-8"))
