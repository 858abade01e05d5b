"""The texts of one call in full: from the store, and where they were cut there from the lines that told them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from tui_monitor.events import CallFinished, CallStarted, Event, SessionKey, SourceRef
from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.sources.base import Parser
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.files.open_file import OpenFile
from tui_monitor.store import CallBody, Store

LONGEST = 64 << 20


def load_call_bodies(store: Store, registry: Registry, session: SessionKey, call: str) -> CallBodies:
    """All that can still be had of a call's texts; ``complete`` if that is all there ever was."""
    body = store.body(session, call)
    if body is None:
        return CallBodies(session, call, "", "", "", "", (), complete=False)
    kept = bool(body.input or body.output or body.error)  # a store may keep no texts at all
    stored = CallBodies(
        session,
        call,
        body.input,
        body.output,
        body.error,
        body.metadata,
        body.changes,
        complete=kept and not body.is_truncated,
    )
    adapter = registry.by_name(session.source)
    if stored.complete or not isinstance(adapter, LineAdapter):
        return stored
    return _completed(stored, body, _told_again(adapter, body))


def _completed(stored: CallBodies, body: CallBody, events: Iterator[Event]) -> CallBodies:
    lacking = {body.input_ref, body.output_ref} - {None}
    found: set[SourceRef | None] = set()
    for event in events:
        if isinstance(event, CallStarted) and event.call == stored.call:
            stored = replace(stored, input=event.input)
            found.add(body.input_ref)
        elif isinstance(event, CallFinished) and event.call == stored.call:
            stored = replace(stored, output=event.output, error=event.error, changes=event.changes)
            found.add(body.output_ref)
    return replace(stored, complete=bool(lacking) and lacking <= found)


def _told_again(adapter: LineAdapter, body: CallBody) -> Iterator[Event]:
    """The events of the lines in which the call was asked for and answered, as long as these can be read."""
    refs = [ref for ref in (body.input_ref, body.output_ref) if ref and ref.length <= LONGEST]
    if not refs:
        return
    parser = adapter.parser(Path(refs[0].path), "")
    for ref in dict.fromkeys(refs):
        with suppress(Exception):  # whatever stands there by now, and whoever wrote the parser
            yield from _parsed(parser, ref)


def _parsed(parser: Parser, ref: SourceRef) -> Iterator[Event]:
    with closing(OpenFile(Path(ref.path))) as file:
        line = file.read(ref.offset, ref.length)
    for record in decode(line):
        yield from parser.parse(record, ref)
