"""The calls of a batch, loaded together, told what is new, and written together with the sums they move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import add, sub
from typing import TypeAlias

from tui_monitor.events import CallFinished, CallProgress, CallStarted
from tui_monitor.store.bodies import BodyTable, CallTexts
from tui_monitor.store.calls import COLUMNS, Call, CallCounts, row_of
from tui_monitor.store.changes import ChangeTable
from tui_monitor.store.intern import digest
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import chunks, placeholders

CallEvent: TypeAlias = CallStarted | CallProgress | CallFinished

_LOAD = f"SELECT {', '.join(COLUMNS)} FROM calls"
_SAVE = f"REPLACE INTO calls ({', '.join(COLUMNS)}) VALUES ({placeholders(COLUMNS)})"
_ADD_TO_SESSION = "UPDATE sessions SET calls = calls + ?, failed = failed + ?, rejected = rejected + ? WHERE id = ?"
_ADD_TO_AGENT = "UPDATE agents SET calls = calls + ? WHERE number = ?"
_MANY = 400


class CallTable(Projection[CallEvent]):
    """`prefetch` a batch's events, `tell` each, `flush`, then `reset`."""

    reads = (CallStarted, CallProgress, CallFinished)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._bodies = BodyTable(context.connection, context.keep_bodies)
        self._changes = ChangeTable(context.connection, context.interned, context.keep_bodies)
        self._next_id: int = context.connection.execute("SELECT 1 + coalesce(max(id), 0) FROM calls").fetchone()[0]
        self.reset()

    def reset(self) -> None:
        """Drop what is held of the last batch; it must have been flushed."""
        self._calls: dict[int, Call] = {}
        self._ids: dict[tuple[int, str], int] = {}
        self._before: dict[int, tuple[int, CallCounts]] = {}
        self._unsaved: dict[int, Call] = {}
        self._uid_rows: list[tuple[int, int]] = []
        self._sessions: set[int] = set()
        self.line_uids: list[int] = []

    def prefetch(self, events: Sequence[CallEvent]) -> None:
        """Look up at once the calls of which these events tell."""
        names: dict[int, set[str]] = {}
        for event in events:
            names.setdefault(self._interned.sessions.id_of(event.session), set()).add(event.call)
        for session, calls in names.items():
            wanted = sorted(calls)
            for begin in range(0, len(wanted), _MANY):
                some = wanted[begin : begin + _MANY]
                self._load(f"{_LOAD} WHERE session = ? AND call IN ({placeholders(some)})", (session, *some))

    def apply(self, event: CallEvent, order: int) -> None:
        """Learn what an event tells of its call."""
        call = self._call(event)
        match event:
            case CallStarted():
                stands = call.start(event, order, self._interned)
                self._bodies.tell(call.id, CallTexts(input=event.input), override=stands)
                if event.uid:
                    self._uid_rows.append((digest(event.uid), call.id))
            case CallProgress():
                call.go_on(event, order)
            case CallFinished():
                stands = call.finish(event, order, self._interned)
                self._bodies.tell(call.id, CallTexts("", event.output, event.error, event.metadata), override=stands)
                self._change(call, event)

    def by_id(self, ids: Collection[int]) -> list[Call]:
        """The calls with these numbers."""
        for some in chunks(number for number in ids if number not in self._calls):
            self._load(f"{_LOAD} WHERE id IN ({some})")
        return [self._calls[number] for number in ids]

    def count(self, call: Call, counted: bool) -> None:
        """Let a call that several sessions tell of count here, or not."""
        call.shared, call.counted = 1, int(counted)
        self._touch(call)

    def flush(self, earlier: Effects) -> Effects:
        """Write the calls that have changed, their bodies and changes. ``line_uids`` are the digests of their lines."""
        self._connection.executemany(_SAVE, map(row_of, self._unsaved.values()))
        self._connection.executemany("INSERT OR IGNORE INTO call_uids (uid, call) VALUES (?, ?)", self._uid_rows)
        self._move_sums()
        self._bodies.flush()
        self._changes.flush()
        self.line_uids += [uid for uid, _ in self._uid_rows]
        self._unsaved.clear()
        self._uid_rows.clear()
        return Effects(frozenset(map(self._interned.sessions.value_of, self._sessions)))

    def _call(self, event: CallEvent) -> Call:
        key = (self._interned.sessions.id_of(event.session), event.call)
        if key not in self._ids:
            number, self._next_id = self._next_id, self._next_id + 1
            self._ids[key] = number
            self._calls[number] = Call(number, *key, self._interned.agent(event.session, event.agent))
            self._before[number] = (0, CallCounts())
        call = self._calls[self._ids[key]]
        self._touch(call)
        return call

    def _touch(self, call: Call) -> None:
        self._unsaved[call.id] = call
        self._sessions.add(call.session)

    def _change(self, call: Call, told: CallFinished) -> None:
        if told.changes and call.takes_changes(told):
            self._changes.put(call.session, call.id, told.changes, call.changes)
            call.take_changes(told)

    def _load(self, question: str, values: tuple[int | str, ...] = ()) -> None:
        for row in self._connection.execute(question, values).fetchall():
            if row[0] not in self._calls:
                call = Call(*row)
                self._calls[call.id] = call
                self._ids[call.session, call.call] = call.id
                self._before[call.id] = (call.agent, call.counts)

    def _move_sums(self) -> None:
        sessions: dict[int, CallCounts] = {}
        agents: dict[int, int] = {}
        for call in self._unsaved.values():
            (agent, before), after = self._before[call.id], call.counts
            self._before[call.id] = (call.agent, after)
            if call.changes and after.calls != before.calls:
                self._changes.recount(call.id)
            moved = CallCounts._make(map(sub, after, before))
            sessions[call.session] = CallCounts._make(map(add, sessions.get(call.session, CallCounts()), moved))
            agents[agent] = agents.get(agent, 0) - before.calls
            agents[call.agent] = agents.get(call.agent, 0) + after.calls
        self._connection.executemany(_ADD_TO_SESSION, [(*moved, session) for session, moved in sessions.items()])
        self._connection.executemany(_ADD_TO_AGENT, [(moved, agent) for agent, moved in agents.items() if moved])
