"""The side panes: a pane is a function from live state to its content, and one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.tui.panes.agents import agents_content
from tui_monitor.tui.panes.content import PaneContent, PaneContext, text_section
from tui_monitor.tui.panes.context import context_content
from tui_monitor.tui.panes.files import files_content
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.spans import Spans


@dataclass(frozen=True, slots=True)
class Pane:
    """A side pane: its key (may be empty), its name, a sentence about it, its title, the function that returns its
    content, and the names of the orders in which its rows can be shown, the usual one first."""

    key: str
    name: str
    description: str
    title: str
    content: Callable[[PaneContext], PaneContent]
    orders: tuple[str, ...] = ()


def _lines(lines: Callable[[PaneContext], list[Spans]]) -> Callable[[PaneContext], PaneContent]:
    """Return the content of a pane of lines to read."""
    return lambda context: [text_section(lines(context))]


PANES = (
    Pane("f", "Files", "Show the files changed in this session", "Files changed", files_content),
    Pane(
        "m",
        "Models",
        "Show the cost of each model",
        "Models",
        _lines(lambda context: models_lines(context.state, context.width)),
    ),
    Pane(
        "c",
        "Context",
        "Show what fills the context and at what price, its compactions and its cache",
        "Context",
        context_content,
    ),
    Pane("t", "Agents", "Show the agents of this session", "Agents", agents_content),
)


def pane_of(name: str) -> Pane:
    """Return the pane of this name."""
    return next(pane for pane in PANES if pane.name == name)
