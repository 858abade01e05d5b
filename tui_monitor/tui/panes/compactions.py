"""The ledger of compactions, for the pane of the context."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.live.compaction_ledger import CompactionEntry, Kept, compaction_ledger
from tui_monitor.tui.panes.content import CallTarget, PaneContext, PaneRow, Section
from tui_monitor.tui.panes.context_labels import call_name, estimate
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact, dollars, duration_forms, moment, pluralize

MAX_NAMES = 4
"""Things that a summary lacks which are named, the last ones."""


def compaction_sections(context: PaneContext) -> list[Section]:
    """Return a section for each compaction, the latest first."""
    return [
        Section(list(_rows(entry, context)), (_title(entry, context), "")) for entry in compaction_ledger(context.state)
    ]


def _title(entry: CompactionEntry, context: PaneContext) -> str:
    compaction = entry.compaction
    sizes = " → ".join("?" if size is None else compact(size) for size in (compaction.before, entry.after))
    took = duration_forms(compaction.duration_ms or 0)[:1]
    return " · ".join(
        filter(None, (f"compacted {moment(compaction.at, context.now, context.tz)}", sizes, compaction.trigger, *took))
    )


def _rows(entry: CompactionEntry, context: PaneContext) -> Iterator[PaneRow]:
    at = entry.compaction.at
    if entry.summary:
        size = f"{compact(len(entry.summary))} characters"
        yield PaneRow(("summary", at), ((TextSpan("summary"),), (TextSpan(size, Tone.DIM),)), copied=entry.summary)
    else:
        yield PaneRow(None, ((TextSpan("its summary is in no file", Tone.DIM),), ()))
    for kept in entry.kept:
        yield PaneRow(("kept", at, kept.name), (_kept(kept, context), _missing(kept)), copied="\n".join(kept.missing))
    yield from _reread(entry, context)


def _kept(kept: Kept, context: PaneContext) -> Spans:
    """Return ``names 3 of 14 files  not a.py, b.py``."""
    names = [one_line(relative(name, context.state.folder)) for name in kept.missing[:MAX_NAMES]]
    about = f"  not {', '.join(names)}" if kept.missing else ""
    return (
        TextSpan(f"names {kept.kept} of {pluralize(kept.total, kept.name)}"),
        TextSpan(about, Tone.DIM),
    )


def _missing(kept: Kept) -> Spans:
    return (TextSpan(f"{len(kept.missing)} gone" if kept.missing else "all", Tone.DOUBT if kept.missing else Tone.OK),)


def _reread(entry: CompactionEntry, context: PaneContext) -> Iterator[PaneRow]:
    reread = entry.reread
    if not reread.calls:
        return
    cost = "" if reread.cost is None else f" · {dollars(reread.cost)}"
    size: Spans = (TextSpan(f"{estimate(reread.tokens)}{cost}", Tone.DOUBT),)
    title: Spans = (TextSpan(f"read again: {pluralize(len(reread.calls), 'file')}"),)
    yield PaneRow(("reread", entry.compaction.at), (title, size))
    for call in reread.calls:
        name: Spans = (TextSpan(f"  {one_line(call_name(call, context.state.folder))}", Tone.DIM),)
        yield PaneRow(("again", call.id), (name, ()), CallTarget(call.id), call.subject)
