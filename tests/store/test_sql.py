"""Statements over many rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tui_monitor.store.sql import insert_rows


@pytest.mark.parametrize("count", [0, 1, 3, 4, 31, 32, 33, 75])
def test_all_rows_are_inserted_in_their_order(count: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, value TEXT)")
        rows = [(number, f"({number}, ?)") for number in range(count)]
        insert_rows(connection, "INSERT INTO numbers (id, value) VALUES (?, ?)", rows)
        assert connection.execute("SELECT * FROM numbers").fetchall() == rows


def test_last_row_of_a_key_wins() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, value INTEGER)")
        statement = """
            INSERT INTO numbers (id, value) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET value = 10 * value + excluded.value
        """
        insert_rows(connection, statement, [(1, value) for value in range(1, 8)])
        assert connection.execute("SELECT * FROM numbers").fetchall() == [(1, 1234567)]
