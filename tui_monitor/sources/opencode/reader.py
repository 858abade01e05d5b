"""Reading of one session: new and changed rows since a position, as events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import orjson

from tui_monitor.events import Event, Health
from tui_monitor.sources.base import UnknownRecord, UnreadableRecord
from tui_monitor.sources.files.record_reader import MAX_ERROR_LENGTH
from tui_monitor.sources.opencode import messages, steps
from tui_monitor.sources.opencode.database import (
    MESSAGES,
    PARTS,
    STEPS,
    OpenCodeDatabase,
    OpenCodeRow,
    RowidTable,
    SessionRow,
)
from tui_monitor.sources.opencode.owner import SOURCE, EventOwner, owner_of, session_updates
from tui_monitor.sources.opencode.windows import windows_for
from tui_monitor.sources.shared.fields import put_bounded
from tui_monitor.sources.shared.model_windows import ModelWindows
from tui_monitor.sources.shared.plausibility import implausibility

MAX_OPEN = 256
"""Unfinished rows to read again: those of a crashed session never finish."""


@dataclass(slots=True)
class TablePosition:
    """Position in one table: row id and id of the last row read, and digests of the unfinished rows before it."""

    rowid: int = 0
    last: str = ""
    open: dict[str, str] = field(default_factory=dict)

    def has_changed(self, row: str, content: str) -> bool:
        """Return True if the row holds something else than when it was last read."""
        return self.open.get(row) != content

    def mark_read(self, rowid: int, row: str, content: str, *, is_over: bool) -> None:
        """Record that the row has been read."""
        if rowid > self.rowid:
            self.rowid, self.last = rowid, row
        if is_over:
            self.open.pop(row, None)
        else:
            put_bounded(self.open, row, content, MAX_OPEN)


@dataclass(slots=True)
class SessionPosition:
    """Positions in the tables, and a digest of the session's row."""

    messages: TablePosition = field(default_factory=TablePosition)
    parts: TablePosition = field(default_factory=TablePosition)
    steps: TablePosition = field(default_factory=TablePosition)
    facts: str = ""

    @classmethod
    def restore(cls, state: str) -> SessionPosition:
        """Return the saved position; the empty text is the start."""
        saved = orjson.loads(state) if state else {}
        messages, parts, steps = (TablePosition(**saved.get(table, {})) for table in ("messages", "parts", "steps"))
        return cls(messages, parts, steps, saved.get("facts", ""))

    def state(self) -> str:
        """Return the state as JSON text."""
        return orjson.dumps(asdict(self)).decode()

    @property
    def cursor(self) -> str:
        """Cursor that differs after every change."""
        return f"{self.messages.rowid}:{self.parts.rowid}:{self.steps.rowid}:{digest(self.state())}"


_TableReader: TypeAlias = tuple[TablePosition, Callable[[OpenCodeRow], Iterable[Event]], Callable[[OpenCodeRow], bool]]


def digest(*texts: str) -> str:
    """Return a short digest of these texts."""
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


PAGE_ROWS = 200
"""New rows of a table per read."""


@dataclass(slots=True)
class SessionReader:
    """One read of a session: its events, health, and number of new rows.

    ``position`` is where reading began, and where it ended once all `events` have been consumed.
    """

    position: SessionPosition
    path: str
    source: str = SOURCE
    rows: int = 0
    health: Health = field(default_factory=Health)

    def events(self, database: OpenCodeDatabase, session: str) -> Iterator[Event]:
        """Yield new events of the session; none when it has been deleted."""
        facts = database.session(session)
        if facts is None:
            return
        owner = owner_of(self.source, facts.id, database.root(facts.id), self._windows(facts))
        if self._facts_changed(facts):
            yield from session_updates(facts, owner, self.path)
        for table, (position, read, is_over) in self._readers(owner, database).items():
            if table in database.tables:
                for row in self._changed_rows(database, table, session, position, is_over):
                    yield from self._read_row(row, read)

    def _windows(self, facts: SessionRow) -> ModelWindows:
        return windows_for(Path(self.path).parent, facts.directory)

    def _readers(self, owner: EventOwner, database: OpenCodeDatabase) -> dict[RowidTable, _TableReader]:
        read_message = partial(_read_message, owner=owner, database=database)
        read_part = partial(_read_part, owner=owner)
        read_step = partial(steps.read_step, owner=owner)
        return {
            MESSAGES: (self.position.messages, read_message, messages.is_message_over),
            PARTS: (self.position.parts, read_part, messages.is_part_over),
            STEPS: (self.position.steps, read_step, steps.is_step_over),
        }

    def _facts_changed(self, row: SessionRow) -> bool:
        before = self.position.facts
        self.position.facts = digest(*map(str, row._replace(updated=0)))
        return self.position.facts != before

    def _changed_rows(
        self,
        database: OpenCodeDatabase,
        table: RowidTable,
        session: str,
        position: TablePosition,
        is_over: Callable[[OpenCodeRow], bool],
    ) -> Iterator[OpenCodeRow]:
        """Yield the rows that are new or have changed."""
        position.rowid = database.resume_rowid(table, session, position.rowid, position.last)
        unfinished = database.rows_by_id(table, position.open)
        before = None if table is STEPS else database.first_step(session)
        following = database.rows_after(table, session, position.rowid, PAGE_ROWS, before)
        self.rows += len(following)
        for row in (*unfinished, *following):
            content = digest(row.data, row.message)
            if position.has_changed(row.id, content):
                yield row
            position.mark_read(row.rowid, row.id, content, is_over=_is_over(is_over, row))

    def _read_row(self, row: OpenCodeRow, read: Callable[[OpenCodeRow], Iterable[Event]]) -> Iterator[Event]:
        """Yield the events of a row; an unreadable one is counted and skipped."""
        try:
            implausible = ""
            for event in read(row):
                if reason := implausibility(event):
                    implausible = implausible or reason
                else:
                    yield event
            if implausible:
                raise UnreadableRecord(implausible)
            self.health += Health(lines=1)
        except UnknownRecord:
            self.health += Health(lines=1, unknown=1)
        except Exception as error:  # whatever a row may hold
            message = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            reason = " ".join(message.split())[:MAX_ERROR_LENGTH]
            self.health += Health(lines=1, skipped=1, errors=(f"{self.path}: {reason} in {row.id}",))


def _read_message(row: OpenCodeRow, owner: EventOwner, database: OpenCodeDatabase) -> Iterator[Event]:
    if row.agent:
        yield messages.agent_of(row, owner)
    yield from messages.read_message(row, owner.of(row.agent), database)


def _read_part(row: OpenCodeRow, owner: EventOwner) -> Iterable[Event]:
    return messages.read_part(row, owner.of(row.agent))


def _is_over(is_over: Callable[[OpenCodeRow], bool], row: OpenCodeRow) -> bool:
    try:
        return is_over(row)
    except Exception:  # one that cannot be read is not looked at again
        return True
