"""The files that a session changed, the one changed last first."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.totals import FileTotal
from tui_monitor.tui.alignment import table
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Span, Spans, Tone, one_line
from tui_monitor.units import pluralize

NONE = "No file has been changed yet."
UNKNOWN = "…"
"""Until the sums have come."""


def files_lines(state: SessionState, width: int, height: int) -> list[Spans]:
    """At most ``height`` lines: path, how often, lines added and removed."""
    files = state.totals.files
    if not files:
        return [(Span(NONE if state.totals_loaded else UNKNOWN, Tone.DIM),)]
    shown = files if len(files) <= height else files[: max(1, height - 1)]
    lines = table([_row(file, state.cwd) for file in shown], width, paths=True)
    more = state.totals.files_changed - len(shown)
    return [*lines, *([(Span(f"and {pluralize(more, 'more file')}", Tone.DIM),)] if more > 0 else [])]


def _row(file: FileTotal, cwd: str) -> list[Spans]:
    times = f"{file.changes}×" if file.changes > 1 else ""
    added = f"+{file.added:,}" if file.added else ""
    removed = f"−{file.removed:,}" if file.removed else ""
    return [
        (Span(relative(one_line(file.path), cwd)),),
        (Span(times, Tone.DIM),),
        (Span(added, Tone.ADDED),),
        (Span(removed, Tone.REMOVED),),
    ]
