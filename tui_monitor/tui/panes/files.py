"""The files changed in a session, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import ChangeKind, ToolKind
from tui_monitor.live.session import SessionState
from tui_monitor.totals import FileTotal
from tui_monitor.tui.alignment import table
from tui_monitor.tui.git import TreeFile
from tui_monitor.tui.header.labels import agent_name
from tui_monitor.tui.panes.content import (
    FileTarget,
    PaneContent,
    PaneContext,
    PaneRow,
    RecordRows,
    Section,
    note,
    text_section,
)
from tui_monitor.tui.rows.outcome import bound_count
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line
from tui_monitor.units import duration_forms, pluralize

LAST, SIZE, NAME = "last change", "size", "name"
ORDERS = (LAST, SIZE, NAME)
_ORDERS: Mapping[str, Callable[[FileTotal], tuple[float, str]]] = {
    LAST: lambda file: (-file.changed_at, ""),
    SIZE: lambda file: (-file.added - file.removed, file.path),
    NAME: lambda file: (0, file.path),
}
_COLUMNS = ("file", "times", "+", "−", "kind", "last", "by")
_FATES = {ChangeKind.CREATE: "new", ChangeKind.DELETE: "deleted", ChangeKind.RENAME: "renamed"}
MAX_AGENTS = 20
"""Cells of the names of the agents that changed a file."""

OTHERS = "Others that differ from the last commit"
NONE = "No file changed yet."
UNSTATED = ": the agent's files do not say of what."
UNKNOWN = "…"
"""Shown until the totals are loaded."""


def files_content(context: PaneContext) -> PaneContent:
    """Return the changed files: in order of their last change, of the lines changed, or of their names."""
    state = context.state
    others = _others(context)
    if not state.totals.files:
        return [*note(_none(state)), *others]
    traces = _traces(state)
    files = sorted(state.totals.files, key=_ORDERS.get(context.order, _ORDERS[LAST]))
    columns = _COLUMNS if any(any(trace.agents) for trace in traces.values()) else _COLUMNS[:-1]
    rows = RecordRows(files, lambda file: _pane_row(file, traces.get(file.path, _Trace()), context, len(columns)))
    more = state.totals.files_changed - len(files)
    rest = [text_section([(TextSpan(f"and {pluralize(more, 'file')} changed before these", Tone.DIM),)])]
    return [Section(rows, columns, paths=True, left=(4, 6)), *(rest if more > 0 else []), *others]


def _others(context: PaneContext) -> list[Section]:
    """Return the files that differ from the last commit and are not among the changed ones: commands change files, and
    so do people."""
    state = context.state
    named = {str(Path(state.folder, file.path)) for file in state.totals.files}
    rows = [_other(file, state.folder) for file in context.tree if file.path not in named]
    return [Section(rows, ("file", "+", "−", ""), OTHERS, paths=True, left=(3,))] if rows else []


def _other(file: TreeFile, folder: str) -> PaneRow:
    return PaneRow(
        ("other", file.path),
        (
            (TextSpan(relative(one_line(file.path), folder), Tone.DIM),),
            (TextSpan(f"+{file.added:,}" if file.added else "", Tone.ADDED),),
            (TextSpan(f"−{file.removed:,}" if file.removed else "", Tone.REMOVED),),
            (TextSpan(file.fate, Tone.DIM),),
        ),
        None if file.path.endswith("/") else FileTarget(file.path),
        file.path,
    )


@dataclass(slots=True)
class _Trace:
    """What the held calls say of a file: what it went through, and by which agents."""

    kinds: list[ChangeKind] = field(default_factory=list)
    agents: dict[str, None] = field(default_factory=dict)
    by_command: bool = False


def _traces(state: SessionState) -> dict[str, _Trace]:
    traces: dict[str, _Trace] = {}
    for call in state.log.calls():
        for change in call.changes:
            if change.kind is not ChangeKind.READ:
                trace = traces.setdefault(change.path, _Trace())
                trace.kinds.append(change.kind)
                trace.agents[call.agent] = None
                trace.by_command = trace.by_command or call.kind is ToolKind.SHELL
    return traces


def _pane_row(file: FileTotal, trace: _Trace, context: PaneContext, columns: int) -> PaneRow:
    state = context.state
    age = next(reversed(duration_forms(max(0, context.now - file.changed_at))), "now") if file.changed_at else ""
    agents = ", ".join(agent_name(state.agents[agent]) for agent in trace.agents if agent in state.agents)
    is_outside = bool(state.folder) and relative(file.path, state.folder) == file.path and file.path.startswith("/")
    marks = [_FATES.get(kind, "") for kind in trace.kinds[:1] + trace.kinds[-1:]]
    marks = list(dict.fromkeys([*marks, "outside" if is_outside else "", "command" if trace.by_command else ""]))
    cells = (
        *_row(file, state.folder),
        (TextSpan(" ".join(filter(None, marks)), Tone.REJECTED if is_outside else Tone.DIM),),
        (TextSpan(age, Tone.DIM),),
        (TextSpan(cut_end(agents, MAX_AGENTS), Tone.DIM),),
    )
    return PaneRow(file.path, cells[:columns], FileTarget(file.path))


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
    return [
        (TextSpan(relative(one_line(file.path), cwd)),),
        (TextSpan(times, Tone.DIM),),
        (TextSpan(bound_count("+", file.added, file.uncounted), Tone.ADDED),),
        (TextSpan(bound_count("−", file.removed, file.uncounted), Tone.REMOVED),),
    ]
