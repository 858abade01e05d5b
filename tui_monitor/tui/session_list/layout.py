"""The columns of the list of sessions at any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui_monitor.live.urgency import Urgency
from tui_monitor.tui.session_list.entries import SessionEntry
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, flush_right, to_width

HEADINGS = {
    Urgency.NEEDS_YOU: "Need you",
    Urgency.WORKING: "Working",
    Urgency.DONE: "Done since you looked",
    Urgency.IDLE: "Idle",
    Urgency.ENDED: "Ended",
}
WITH_BRANCH, WITH_AGENT, WITH_COST, WITH_CONTEXT = 120, 90, 72, 64
"""Cells from which there is a column; with fewer than for agents their names are short."""
MAX_BRANCH, MAX_SHORT_AGENT = 20, 8
LEAST_WORDS = 12
"""Cells for what an agent does or says, below which the agents' names are left out."""
_MARK = "› "


@dataclass(frozen=True, slots=True)
class SessionColumns:
    """The width of each column in cells, 0 if it is left out. ``words`` take the rest."""

    state: int
    age: int
    project: int
    agent: int
    branch: int
    context: int
    cost: int
    words: int
    is_narrow: bool = False

    @property
    def gap(self) -> str:
        """What stands between two columns."""
        return gap_of(self.is_narrow)


def gap_of(is_narrow: bool) -> str:
    """Return what stands between two columns."""
    return " " if is_narrow else "  "


def columns_for(entries: Sequence[SessionEntry], width: int) -> SessionColumns:
    """Return the columns of these entries in lines of ``width`` cells: the name of a project is whole if it can be."""
    state = max((cell_len(entry.state.text) for entry in entries), default=0)
    age = max((cell_len(entry.age) for entry in entries), default=0)
    project = max([len("project"), *(cell_len(entry.project) for entry in entries)])
    is_narrow = width < WITH_AGENT
    gap = len(gap_of(is_narrow))
    agent = max([len("agent"), *map(cell_len, {_agent_text(entry.agent, is_narrow) for entry in entries})])
    branch = min(MAX_BRANCH, max((cell_len(entry.branch) for entry in entries), default=0))
    branch = max(branch, len("branch")) if width >= WITH_BRANCH and branch else 0
    context = 4 if width >= WITH_CONTEXT else 0
    cost = max([len("cost"), *(cell_len(entry.cost) for entry in entries)]) if width >= WITH_COST else 0
    used = len(_MARK) + state + 1 + age + sum(gap + cells for cells in (branch, context, cost) if cells)
    room = width - used - gap
    if is_narrow and room - gap - agent - gap - min(project, room // 3) < LEAST_WORDS:
        agent = 0
    room -= gap + agent if agent else 0
    project = min(project, max(8, room // 2))
    words = max(0, room - project - gap)
    return SessionColumns(state, age, project, agent, branch, context, cost, words, is_narrow)


def _agent_text(agent: str, is_narrow: bool) -> str:
    """Return the name of an agent; in a narrow list its first word."""
    return cut_end(agent.partition("-")[0], MAX_SHORT_AGENT) if is_narrow else agent


def heading_line(columns: SessionColumns) -> Spans:
    """Return the names of the columns."""
    cells = [
        to_width((TextSpan("state"),), columns.state + 1 + columns.age),
        *_optional((TextSpan("project"),), columns.project),
        *_optional((TextSpan("agent"),), columns.agent),
        *_optional((TextSpan("branch"),), columns.branch),
        *_optional(flush_right((TextSpan("ctx"),), columns.context), columns.context),
        *_optional(flush_right((TextSpan("cost"),), columns.cost), columns.cost),
        (TextSpan("does or says"),),
    ]
    return _line(cells, columns.gap, " " * len(_MARK), Tone.DIM)


def group_line(urgency: Urgency, count: int) -> Spans:
    """Return ``Need you 2``."""
    return (TextSpan(HEADINGS[urgency], Tone.KEY), TextSpan(f" {count:,}", Tone.DIM))


def entry_line(entry: SessionEntry, columns: SessionColumns, is_displayed: bool) -> Spans:
    """Return the row of an entry; the one of the displayed session is marked."""
    state = (*to_width((entry.state,), columns.state), TextSpan(" "), *flush_right((TextSpan(entry.age),), columns.age))
    cells = [
        state,
        *_optional(to_width((TextSpan(cut_end(entry.project, columns.project)),), columns.project), columns.project),
        *_optional((TextSpan(_agent_text(entry.agent, columns.is_narrow), Tone.DIM),), columns.agent),
        *_optional((TextSpan(cut_end(entry.branch, columns.branch), Tone.DIM),), columns.branch),
        *_optional(flush_right((entry.context,), columns.context), columns.context),
        *_optional(flush_right((TextSpan(entry.cost),), columns.cost), columns.cost),
        to_width(entry.words, columns.words),
    ]
    return _line(cells, columns.gap, _MARK if is_displayed else " " * len(_MARK))


def _optional(cell: Spans, width: int) -> list[Spans]:
    return [to_width(cell, width)] if width else []


def _line(cells: Sequence[Spans], gap: str, mark: str, tone: Tone | None = None) -> Spans:
    spans = [TextSpan(mark, Tone.FOCUS)]
    for number, cell in enumerate(cells):
        spans += [TextSpan(gap)] * bool(number) + list(cell)
    return tuple(span if tone is None else TextSpan(span.text, tone) for span in spans)
