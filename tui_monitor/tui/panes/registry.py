"""The side panes: a pane is a function from live state to lines, and one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.live.session import SessionState
from tui_monitor.tui.panes.agents import agents_lines
from tui_monitor.tui.panes.files import files_lines
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.spans import Spans

MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Pane:
    """A side pane: its key, its name, a sentence about it, its title, and the function that returns its lines for a
    session, a width in cells and a time (epoch ms)."""

    key: str
    name: str
    description: str
    title: str
    lines: Callable[[SessionState, int, int], list[Spans]]


PANES = (
    Pane(
        "f",
        "Files",
        "Show the files changed in this session",
        "Files changed",
        lambda state, width, now: files_lines(state, width, MAX_LINES),
    ),
    Pane("m", "Models", "Show the cost of each model", "Models", lambda state, width, now: models_lines(state, width)),
    Pane(
        "t",
        "Agents",
        "Show the agents of this session",
        "Agents",
        lambda state, width, now: agents_lines(state, width, MAX_LINES, now),
    ),
)


def pane_of(name: str) -> Pane:
    """Return the pane of this name."""
    return next(pane for pane in PANES if pane.name == name)
