"""Whether everything works: hooks, reading, the store, the program, prices, and what would make states certain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tui_monitor.figures import StoreFacts
from tui_monitor.live.status import status
from tui_monitor.tui.panes.content import PaneContent, PaneContext, PaneRow, Section
from tui_monitor.tui.panes.hooks import hooks_section
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import duration_forms, pluralize

LOADING = "…"
DEFAULT_ADVICE = "Nothing that this agent writes makes its states certain."
_STORE = "store"


def health_content(context: PaneContext) -> PaneContent:
    """Return what is wrong, if anything is, the hooks, then the facts; hooks of which none ran come last."""
    feed, hooks = context.feed_status, hooks_section(context)
    faults = [_row(("fault", where), where, text, Tone.FAILED) for where, text in feed.faults.items()]
    return [
        *([Section(faults, title="Wrong now")] if faults else []),
        *([hooks] if hooks.rows else []),
        Section(list(_reading(context)), title="Reading"),
        Section(list(_store(context)), title="Store"),
        Section(list(_program(context)), title="Program"),
        Section(list(_certainty(context)), title="States"),
        *([] if hooks.rows else [hooks]),
    ]


def _reading(context: PaneContext) -> Iterable[PaneRow]:
    feed, facts = context.feed_status, context.state.figures.store
    yield _row("lag", "behind by", _lag(context), Tone.DOUBT if context.lag.ms else Tone.OK)
    if facts:
        yield _row("read", "read so far", f"{pluralize(facts.files, 'source')}, {facts.lines:,} lines")
    yield _row("polling", "changes", f"polled: {feed.polling}" if feed.polling else "notified at once")
    skipped, unknown = (facts.skipped, facts.unknown) if facts else (feed.health.skipped, feed.health.unknown)
    yield _count("skipped", "unreadable", skipped)
    yield _count("unknown", "not understood", unknown)
    errors = facts.errors if facts else feed.health.errors
    for number, error in enumerate(dict.fromkeys((*errors, *feed.health.errors))):
        yield _row(("error", number), "", error, Tone.DIM)
    for number, text in enumerate(feed.notes):
        yield _row(("note", number), "note", text, Tone.DOUBT)


def _lag(context: PaneContext) -> str:
    if context.lag.ms:
        return duration_forms(context.lag.ms)[0] if duration_forms(context.lag.ms) else f"{context.lag.ms}ms"
    return "nothing"


def _count(key: str, name: str, count: int) -> PaneRow:
    return _row(key, name, pluralize(count, "line") if count else "nothing", Tone.DOUBT if count else Tone.OK)


def _store(context: PaneContext) -> Iterable[PaneRow]:
    facts, fault = context.state.figures.store, context.feed_status.faults.get(_STORE, "")
    state = fault or "written as it is read"
    yield _row("state", "state", state, Tone.FAILED if fault else Tone.OK)
    if facts is None:
        yield _row("path", "file", LOADING)
        return
    yield _row("path", "file", _path(facts))
    yield _row("size", "size", f"{facts.size / 1e6:,.1f} MB, {pluralize(facts.sessions, 'session')}")
    yield _row("version", "schema", f"version {facts.version}")


def _path(facts: StoreFacts) -> str:
    path: Path | None = facts.path
    return str(path) if path else "none: kept in memory until the monitor ends"


def _program(context: PaneContext) -> Iterable[PaneRow]:
    for name, version in context.setup.versions:
        yield _row(("version", name), name, version)
    yield _row("prices", "prices", context.setup.prices() or "none: costs are unknown")
    if context.state.version:
        yield _row("agent", context.state.key.source, context.state.version)


def _certainty(context: PaneContext) -> Iterable[PaneRow]:
    current = status(context.state, context.now, context.lag)
    yield _row("state now", str(current.word), "certain" if current.certain else "likely: no one states it")
    yield _row("evidence", "evidence", current.evidence)
    if not current.certain:
        yield _row("advice", "to be sure", context.setup.advice(context.state.key.source) or DEFAULT_ADVICE)


def _row(key: object, name: str, text: str, tone: Tone = Tone.TEXT) -> PaneRow:
    """Return a fact as one cell: the text may be long."""
    cell: Spans = (TextSpan(f"{one_line(name):<16}", Tone.DIM), TextSpan(one_line(text), tone))
    return PaneRow(key, (cell,), None, one_line(text))
