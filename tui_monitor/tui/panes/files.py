"""The files changed in a session, the latest first."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.totals import FileTotal
from tui_monitor.tui.alignment import table
from tui_monitor.tui.panes.content import FileTarget, PaneContent, PaneContext, PaneRow, RecordRows, Section, note
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import pluralize

NONE = "No file changed yet."
UNSTATED = ": the agent's files do not say of what."
UNKNOWN = "…"
"""Shown until the totals are loaded."""


def files_content(context: PaneContext) -> PaneContent:
    """Return the changed files, the latest first."""
    state, files = context.state, context.state.totals.files
    if not files:
        return note(_none(state))
    rows = RecordRows(files, lambda file: PaneRow(file.path, tuple(_row(file, state.folder)), FileTarget(file.path)))
    return [Section(rows, ("file", "times", "added", "removed"), paths=True)]


def files_lines(state: SessionState, width: int, height: int) -> list[Spans]:
    """Return at most ``height`` lines: path, number of changes, lines added and removed."""
    files = state.totals.files
    if not files:
        return [(TextSpan(_none(state), Tone.DIM),)]
    visible = files if len(files) <= height else files[: max(1, height - 1)]
    lines = table([_row(file, state.folder) for file in visible], width, paths=True)
    more = state.totals.files_changed - len(visible)
    return [*lines, *([(TextSpan(f"and {pluralize(more, 'more file')}", Tone.DIM),)] if more > 0 else [])]


def _none(state: SessionState) -> str:
    """Return why there is no file."""
    edits = state.unstated_changes
    none = f"{pluralize(edits, 'edit')}{UNSTATED}" if edits else NONE
    return none if state.totals_loaded else UNKNOWN


def _row(file: FileTotal, cwd: str) -> list[Spans]:
    times = f"{file.changes}×" if file.changes > 1 else ""
    added = f"+{file.added:,}" if file.added else ""
    removed = f"−{file.removed:,}" if file.removed else ""
    return [
        (TextSpan(relative(one_line(file.path), cwd)),),
        (TextSpan(times, Tone.DIM),),
        (TextSpan(added, Tone.ADDED),),
        (TextSpan(removed, Tone.REMOVED),),
    ]
