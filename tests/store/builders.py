"""Events and batches of an invented agent, with short parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_monitor.events import (
    Batch,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Checkpoint,
    Event,
    Health,
    Rank,
    Rates,
    SessionKey,
    Tokens,
    ToolKind,
    Usage,
)
from tui_monitor.merge.calls import CallEvent, CallRecord
from tui_monitor.merge.history import RecordedCall
from tui_monitor.store import IngestResult, Store, private_store

APPLE = SessionKey("demo", "apple")
BIRCH = SessionKey("demo", "birch")
PRICE = Rates(input=2_000_000, output=10_000_000, cache_read=200_000, cache_creation=2_500_000)
NOON = 1_750_000_000_000
"""A time within a quarter of an hour."""
QUARTER = 15 * 60 * 1000


def usage(name: str, session: SessionKey = APPLE, at: int = NOON, agent: str = "", output: int = 5) -> Usage:
    """Return a complete response with 100 tokens of input."""
    return Usage(
        session=session,
        agent=agent,
        at=at,
        strong_ids=(name,),
        model="model-a",
        provider="acme",
        tokens=Tokens(input=100, output=output, cache_read=20, cache_creation=3),
        rank=Rank.FINAL,
        rates=PRICE,
    )


def started(call: str, session: SessionKey = APPLE, at: int = NOON, tool: str = "Bash", agent: str = "") -> CallStarted:
    """Return a call, with the same line id in every session."""
    return CallStarted(
        session=session,
        agent=agent,
        at=at,
        call=call,
        uid=f"line of {call}",
        tool=tool,
        kind=ToolKind.SHELL,
        subject=f"run {call}",
    )


def finished(
    call: str,
    session: SessionKey = APPLE,
    at: int = NOON + 1000,
    state: CallState = CallState.OK,
    changes: tuple[Change, ...] = (),
    output: str = "",
) -> CallFinished:
    """Return the result of a call."""
    return CallFinished(session=session, at=at, call=call, state=state, changes=changes, output=output)


def change(path: str, added: int = 2, removed: int = 1, kind: ChangeKind = ChangeKind.MODIFY) -> Change:
    """Return a change of a file."""
    return Change(kind, path, "@@ -1 +1,2 @@\n-old\n+new\n+newer\n", added, removed)


def batch(
    events: Sequence[Event], before: str = "", after: str = "1", source: str = "file-1", version: int = 1
) -> Batch:
    """Return one batch of a source, from cursor to cursor."""
    checkpoint = Checkpoint(source, f"/logs/{source}", "demo", version, after, f'{{"at": "{after}"}}')
    return Batch(before, checkpoint, tuple(events), Health(lines=len(events)))


def batches(events: Sequence[Event], size: int, source: str = "file-1") -> Iterator[Batch]:
    """Yield the events of a source in batches; the cursors count events."""
    for begin in range(0, len(events), size):
        some = events[begin : begin + size]
        yield batch(some, str(begin) if begin else "", str(begin + len(some)), source)


def ingest(store: Store, *events: Event) -> IngestResult:
    """Ingest the events as the next batch of a source, at the stored cursor."""
    checkpoints = store.checkpoints("file-1")
    before = checkpoints[0].cursor if checkpoints else ""
    return store.ingest(batch(events, before, str(int(before or 0) + 1)))


def filled(*events: Event, bodies: bool = True) -> Store:
    """Return a private store with these events."""
    store = private_store(bodies=bodies)
    ingest(store, *events)
    return store


def recorded_call(store: Store, call: str = "c1", session: SessionKey = APPLE) -> RecordedCall:
    """A call as the history has it."""
    return next(recorded for recorded in store.history(session).calls if recorded.id == call)


def record_of(*events: CallEvent) -> CallRecord:
    """The record of a call with these events."""
    record = CallRecord()
    for event in events:
        record.apply(event)
    return record


def events_of(store: Store, session: SessionKey = APPLE, calls: int = 1000) -> list[Event]:
    """The events in the history."""
    return [recorded.event for recorded in store.history(session, calls).events]


def read_on(store: Store, events: Sequence[Event], size: int, source: str = "file-1") -> None:
    """Read a source to its end as the feed does: from the stored cursor, and from there again after a refusal."""
    checkpoints = store.checkpoints(source)
    cursor = checkpoints[0].cursor if checkpoints else ""
    while (begin := int(cursor or 0)) < len(events):
        some = events[begin : begin + size]
        cursor = store.ingest(batch(some, cursor, str(begin + len(some)), source)).cursor


def database(store: Store) -> Path:
    """Return the file of a store."""
    assert store.path
    return store.path
