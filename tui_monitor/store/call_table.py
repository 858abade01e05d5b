"""The calls of a batch: loaded together, merged, and written together with the totals they move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import add, sub

from tui_monitor.events import CallFinished, CallProgress, CallStarted
from tui_monitor.merge.calls import CallEvent, CallRecord
from tui_monitor.store.bodies import BodyTable, CallTexts
from tui_monitor.store.calls import COLUMNS, CallCounts, CallRow, decode, encode
from tui_monitor.store.changes import ChangeTable
from tui_monitor.store.intern import digest
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import chunks, insert_rows, placeholders

_LOAD = f"SELECT {', '.join(COLUMNS)} FROM calls"
_SAVE = f"REPLACE INTO calls ({', '.join(COLUMNS)}) VALUES ({placeholders(COLUMNS)})"
_SAVE_UID = "INSERT OR IGNORE INTO call_uids (uid, call) VALUES (?, ?)"
_ADD_TO_SESSION = "UPDATE sessions SET calls = calls + ?, failed = failed + ?, rejected = rejected + ? WHERE id = ?"
_ADD_TO_AGENT = "UPDATE agents SET calls = calls + ? WHERE number = ?"
_CHUNK = 400


class CallTable(Projection[CallEvent]):
    """Calls with their texts and file changes. ``line_uids`` are the digests of the lines that issued those written."""

    reads = (CallStarted, CallProgress, CallFinished)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._bodies = BodyTable(context.connection, context.keep_bodies)
        self._changes = ChangeTable(context.connection, context.interned, context.keep_bodies)
        self._pruned = context.pruned
        self._next_id: int = context.connection.execute("SELECT 1 + coalesce(max(id), 0) FROM calls").fetchone()[0]
        self.reset()

    def reset(self) -> None:
        """Drop the rows held for the batch, which has been flushed."""
        self._rows: dict[int, CallRow] = {}
        self._ids: dict[tuple[int, str], int] = {}
        self._counted: dict[int, tuple[int, CallCounts]] = {}
        self._unsaved: dict[int, CallRow] = {}
        self._uid_rows: list[tuple[int, int]] = []
        self._sessions: set[int] = set()
        self.line_uids: list[int] = []

    def prefetch(self, events: Sequence[CallEvent]) -> None:
        """Load the calls of these events."""
        ids: dict[int, set[str]] = {}
        for event in events:
            ids.setdefault(self._interned.sessions.id_of(event.session), set()).add(event.call)
        for session, calls in ids.items():
            ordered = sorted(calls)
            for begin in range(0, len(ordered), _CHUNK):
                chunk = ordered[begin : begin + _CHUNK]
                self._load(f"{_LOAD} WHERE session = ? AND call IN ({placeholders(chunk)})", (session, *chunk))

    def apply(self, event: CallEvent, order: int) -> None:
        """Merge an event into its call."""
        row = self._row_of(event, order)
        was_started, change_count, finished = row.record.is_started, row.record.change_count, row.record.finished
        fields = row.record.apply(event)
        match event:
            case CallStarted():
                if "input_chars" in fields and self._pruned.keeps_body(event):
                    self._bodies.put(row.id, CallTexts(input=event.input))
                if event.uid:
                    self._uid_rows.append((digest(event.uid), row.id))
                row.agent = self._interned.agent(event.session, row.record.agent)
                row.order = row.order if was_started else order
            case CallFinished():
                output = event.output if "output_chars" in fields else ""
                error = event.error if "error_chars" in fields else ""
                metadata = event.metadata if "metadata_chars" in fields else ""
                keeps_body = self._pruned.keeps_body(event)
                if keeps_body and (output or error or metadata):
                    self._bodies.put(row.id, CallTexts("", output, error, metadata))
                if "change_count" in fields:
                    self._changes.put(row.session, row.id, event.changes, change_count, keeps_body)
                elif change_count and row.record.finished != finished:
                    self._changes.recount(row.id)
            case CallProgress():
                pass

    def id_of(self, session: int, call: str) -> int:
        """Return the id of a call of this batch."""
        return self._ids[session, call]

    def by_id(self, ids: Collection[int]) -> list[CallRow]:
        """Return the rows with these ids."""
        for chunk in chunks(number for number in ids if number not in self._rows):
            self._load(f"{_LOAD} WHERE id IN ({chunk})")
        return [self._rows[number] for number in ids]

    def set_counted(self, row: CallRow, counted: bool) -> None:
        """Set whether a call that sessions share counts here."""
        row.shared, row.counted = 1, int(counted)
        self._touch(row)

    def flush(self, earlier: Effects) -> Effects:
        """Write the calls that have changed, their texts and changes. The effects are their sessions."""
        rows = [encode(row, self._interned) for row in self._unsaved.values()]
        insert_rows(self._connection, _SAVE, rows)
        insert_rows(self._connection, _SAVE_UID, sorted(self._uid_rows))
        self._move_totals()
        self._bodies.flush()
        self._changes.flush()
        self.line_uids += [uid for uid, _ in self._uid_rows]
        self._unsaved.clear()
        self._uid_rows.clear()
        return Effects(frozenset(map(self._interned.sessions.value_of, self._sessions)))

    def _row_of(self, event: CallEvent, order: int) -> CallRow:
        key = (self._interned.sessions.id_of(event.session), event.call)
        if key not in self._ids:
            number, self._next_id = self._next_id, self._next_id + 1
            agent = self._interned.agent(event.session, event.agent)
            self._add(CallRow(number, *key, agent, order, CallRecord()))
        row = self._rows[self._ids[key]]
        self._touch(row)
        return row

    def _add(self, row: CallRow) -> None:
        self._rows[row.id] = row
        self._ids[row.session, row.call] = row.id
        self._counted[row.id] = (row.agent, row.counts)

    def _touch(self, row: CallRow) -> None:
        self._unsaved[row.id] = row
        self._sessions.add(row.session)

    def _load(self, query: str, values: tuple[int | str, ...] = ()) -> None:
        for values_of_row in self._connection.execute(query, values).fetchall():
            if values_of_row[0] not in self._rows:
                self._add(decode(values_of_row, self._interned))

    def _move_totals(self) -> None:
        sessions: dict[int, CallCounts] = {}
        agents: dict[int, int] = {}
        for row in self._unsaved.values():
            (agent, before), after = self._counted[row.id], row.counts
            if agent == row.agent and before == after:
                continue
            self._counted[row.id] = (row.agent, after)
            if row.record.change_count and after.calls != before.calls:
                self._changes.recount(row.id)
            delta = CallCounts._make(map(sub, after, before))
            sessions[row.session] = CallCounts._make(map(add, sessions.get(row.session, CallCounts()), delta))
            agents[agent] = agents.get(agent, 0) - before.calls
            agents[row.agent] = agents.get(row.agent, 0) + after.calls
        self._connection.executemany(_ADD_TO_SESSION, [(*delta, session) for session, delta in sessions.items()])
        self._connection.executemany(_ADD_TO_AGENT, [(delta, agent) for agent, delta in agents.items() if delta])
