"""Radium's ``monitoring.db``: agents and their telemetry. Times are in seconds; columns are taken by name, because
later ones were added in any order. Its ``cost_events`` repeat the telemetry and are left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui_monitor.sources.base import Record
from tui_monitor.sources.files.readonly_sqlite import connect, reason
from tui_monitor.sources.imports.model import ForeignStore, UnknownStore, foreign_store
from tui_monitor.sources.shared.fields import text

NAME = "radium"
MAGIC = b"SQLite format 3\0"
_TABLES = {"agents": {"id", "agent_type", "status"}, "telemetry": {"agent_id", "timestamp", "input_tokens"}}
_ROWID = "position of the row"


def read(path: Path) -> ForeignStore:
    """Return the agents and their telemetry.

    Raises:
        UnknownStore: it is another database, or cannot be read.
        OSError: it cannot be read.
    """
    try:
        with closing(connect(path)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0]:
                raise UnknownStore("is a store of tui-monitor or of another program: it needs no import")
            for table, columns in _TABLES.items():
                if not columns <= _columns(connection, table):
                    raise UnknownStore("is a database of no known program")
            return foreign_store(NAME, [*_agents(connection), *_telemetry(connection)])
    except sqlite3.Error as error:
        raise UnknownStore(f"cannot be read: {reason(error)}") from error


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _agents(connection: sqlite3.Connection) -> Iterator[Record]:
    for row in connection.execute("SELECT * FROM agents ORDER BY rowid"):
        agent = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118  # a row of sqlite3
        yield {**agent, "type": "agent", "uid": f"{NAME}:agent:{agent['id']}:{text(agent.get('status'))}"}


def _telemetry(connection: sqlite3.Connection) -> Iterator[Record]:
    for row in connection.execute(f'SELECT rowid AS "{_ROWID}", * FROM telemetry ORDER BY rowid'):
        record = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118
        number = record.pop(_ROWID)
        record.pop("id", None)
        uid = f"{NAME}:{record['agent_id']}:{record['timestamp']}:{number}"
        approved = record.get("tool_approved")
        approval = {"tool_approved": bool(approved)} if isinstance(approved, int) else {}
        yield {**record, **approval, "type": "usage", "uid": uid}
