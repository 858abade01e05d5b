"""What belongs to an entry besides its own texts: the calls of an agent, what a turn changed and what failed in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tui_monitor.events import Change, ChangeKind, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alignment import table
from tui_monitor.tui.detail.turn import turn_calls
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.lines.spans_section import spans_section
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.layout import columns_for, compose, compose_below
from tui_monitor.tui.rows.outcome import bound_count
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import SECOND, pluralize

MAX_CALLS = 200
"""Calls that are listed, the last ones."""
MAX_FILES = 50
EDGE = 1
"""Cells left free before the bar at the edge of the view."""
LEAST_WIDTH = 20
"""Cells of a line, however narrow the view is."""


@dataclass(frozen=True, slots=True)
class Related:
    """Sections for a view of a width in cells; equal while ``version`` is."""

    version: Hashable = None
    sections: Callable[[int], list[TextSection]] = lambda width: []


NOTHING_RELATED = Related()


def related(entry: Entry | None, state: SessionState, context: RowContext) -> Related:
    """Return what belongs to an entry of the log of ``state``."""
    version = (state.key, state.log.version)
    match entry:
        case Call(kind=ToolKind.AGENT):
            second = context.now // SECOND if state.log.open else 0  # the rows of open calls have their ages
            return Related(
                (*version, second), lambda width: _agent_calls(entry, state, context, max(width - EDGE, LEAST_WIDTH))
            )
        case Mark(kind=MarkKind.AWAY, at=at):
            return Related(version, lambda width: _since(at, state, context, max(width - EDGE, LEAST_WIDTH)))
        case Mark():
            return Related(version, lambda width: _turn(entry, state, context, max(width - EDGE, LEAST_WIDTH)))
    return NOTHING_RELATED


def _agent_calls(call: Call, state: SessionState, context: RowContext, width: int) -> list[TextSection]:
    """Return the last calls of the agents that a call started, in the order of the log."""
    agents = {agent.id for agent in state.agents.values() if agent.call == call.id}
    calls = [each for each in state.log.calls() if each.agent in agents]
    if not calls:
        return [TextSection.of("No call of it is known yet: they appear here as it makes them.", "note")]
    more = len(calls) - MAX_CALLS
    note = f"⋯ {pluralize(more, 'call')} before" if more > 0 else ""
    return [TextSection.of(note, "note"), _rows(calls[-MAX_CALLS:], context, width)]


def _turn(mark: Mark, state: SessionState, context: RowContext, width: int) -> list[TextSection]:
    """Return what the turn that a mark is in changed, and what failed in it."""
    return _work(list(turn_calls(mark, state)), "in this turn", context, width)


def _since(at: int, state: SessionState, context: RowContext, width: int) -> list[TextSection]:
    """Return what was changed, and what failed, after a time (epoch ms)."""
    return _work([call for call in state.log.calls() if call.at > at], "since then", context, width)


def _work(calls: Sequence[Call], when: str, context: RowContext, width: int) -> list[TextSection]:
    """Return the files that calls changed, and those of the calls that failed."""
    failed = [call for call in calls if call.state.failed or call.suspicious]
    files = _files(calls, context)
    parts = [
        (f"changed {when}", spans_section(table(files[:MAX_FILES], width, paths=True))),
        (f"failed {when}", _rows(failed[-MAX_CALLS:], context, width)),
    ]
    return [
        section for name, lines in parts if lines.lines for section in (TextSection.of(f"\n{name}", "heading"), lines)
    ]


def _files(calls: Iterable[Call], context: RowContext) -> list[Sequence[Spans]]:
    """Return path, number of changes, lines added and removed of each file, the last one first."""
    changes: dict[str, list[Change]] = {}
    for call in calls:
        for change in call.changes:
            if change.kind is not ChangeKind.READ:
                changes[change.path] = [*changes.pop(change.path, []), change]
    return [_file(path, of_file, context) for path, of_file in reversed(changes.items())]


def _file(path: str, changes: Sequence[Change], context: RowContext) -> Sequence[Spans]:
    added, removed = sum(change.added for change in changes), sum(change.removed for change in changes)
    uncounted = sum(change.is_uncounted for change in changes)
    return (
        (TextSpan(relative(one_line(path), context.cwd)),),
        (TextSpan(f"{len(changes)}×" if len(changes) > 1 else "", Tone.DIM),),
        (TextSpan(bound_count("+", added, uncounted), Tone.ADDED),),
        (TextSpan(bound_count("−", removed, uncounted), Tone.REMOVED),),
    )


def _rows(calls: Iterable[Call], context: RowContext, width: int) -> TextSection:
    return spans_section(line for call in calls for line in _row(call, context, width))


def _row(call: Call, context: RowContext, width: int) -> Iterator[Spans]:
    row, columns = row_of(LogItem((call,)), context), columns_for(width)
    yield compose(row, columns)
    if row.below:
        yield compose_below(row, columns)
