"""The complete bodies of a call: from the store, and where they are cut there, from the transcript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from tui_monitor.events import CallFinished, CallStarted, Event, SessionKey, SourceRef
from tui_monitor.feed.deliveries import CallBodies, FileHistoryLoaded
from tui_monitor.merge.file_history import HistoryChange
from tui_monitor.sources.base import Parser
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.compressed_file import open_file
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.store import Store, StoredBody

MAX_LINE_BYTES = 64 << 20
"""The longest line that is read again."""


def load_call_bodies(store: Store, registry: Registry, session: SessionKey, call: str) -> CallBodies:
    """Load a call's bodies from the store, and read cut ones and its proposal again from the transcript.

    ``complete``: nothing was cut, or everything that was cut could be read again.
    """
    body = store.body(session, call)
    if body is None:
        return CallBodies(session, call, "", "", "", "", (), complete=False)
    has_text = bool(body.input or body.output or body.error)  # a store can be told to keep no bodies
    stored = CallBodies(
        session,
        call,
        body.input,
        body.output,
        body.error,
        body.metadata,
        body.changes,
        complete=has_text and not body.is_truncated,
    )
    adapter = registry.by_name(session.source)
    if (stored.complete and not body.may_propose) or not isinstance(adapter, LineAdapter):
        return stored
    return _completed(stored, body, _parse_again(adapter, body))


def load_file_history(store: Store, registry: Registry, session: SessionKey, path: str) -> FileHistoryLoaded:
    """Load the changes of a file from the store, and read again from the transcript what is cut there."""
    history = store.file_history(session, path)
    changes = tuple(_whole(store, registry, session, change) for change in history.changes)
    return FileHistoryLoaded(replace(history, changes=changes))


def _whole(store: Store, registry: Registry, session: SessionKey, change: HistoryChange) -> HistoryChange:
    """Return a change with all of its diff, if that can be read again. A store can be set to keep no diffs."""
    if change.is_whole and (change.change.diff or not (change.change.added or change.change.removed)):
        return change
    bodies = load_call_bodies(store, registry, session, change.call)
    again = [each for each in bodies.changes if (each.path, each.kind) == (change.change.path, change.change.kind)]
    if bodies.complete and len(again) == 1:
        return replace(change, change=again[0], is_whole=True)
    return replace(change, is_whole=False)


def _completed(stored: CallBodies, body: StoredBody, events: Iterator[Event]) -> CallBodies:
    """Return the bodies with those of the events in place of the stored ones, if these are cut, and with all that is
    not stored."""
    missing = {body.input_ref, body.output_ref} - {None}
    read: set[SourceRef | None] = set()
    for event in events:
        if isinstance(event, CallStarted) and event.call == stored.call:
            stored = replace(stored, proposal=event.proposal)
            stored = stored if stored.complete else replace(stored, input=event.input)
            read.add(body.input_ref)
        elif isinstance(event, CallFinished) and event.call == stored.call:
            stored = replace(stored, answers=event.answers)
            if not stored.complete:
                stored = replace(stored, output=event.output, error=event.error, changes=event.changes)
            read.add(body.output_ref)
    return replace(stored, complete=stored.complete or (bool(missing) and missing <= read))


def _parse_again(adapter: LineAdapter, body: StoredBody) -> Iterator[Event]:
    """Yield the events of the lines that hold the call and its result, if they can still be read."""
    refs = [ref for ref in (body.input_ref, body.output_ref) if ref and ref.length <= MAX_LINE_BYTES]
    if not refs:
        return
    parser = adapter.parser(Path(refs[0].path), "")
    for ref in dict.fromkeys(refs):
        with suppress(Exception):  # the file may hold anything by now, and a plug-in may raise anything
            yield from _parse_line(parser, ref)


def _parse_line(parser: Parser, ref: SourceRef) -> Iterator[Event]:
    with closing(open_file(Path(ref.path))) as file:
        line = file.read(ref.offset, ref.length)
    for record in decode(line):
        yield from parser.parse(record, ref)
