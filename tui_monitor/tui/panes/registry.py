"""The side panes: a pane is a function from live state to its content, and one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.figures import FigureKind
from tui_monitor.tui.panes.agents import agents_content
from tui_monitor.tui.panes.content import PaneContent, PaneContext
from tui_monitor.tui.panes.context import context_content
from tui_monitor.tui.panes.cost import ORDERS as COST_ORDERS
from tui_monitor.tui.panes.cost import cost_content
from tui_monitor.tui.panes.files import ORDERS as FILE_ORDERS
from tui_monitor.tui.panes.files import files_content
from tui_monitor.tui.panes.health import health_content
from tui_monitor.tui.panes.limits import limits_content
from tui_monitor.tui.panes.models import ORDERS as MODEL_ORDERS
from tui_monitor.tui.panes.models import models_content
from tui_monitor.tui.panes.operations import ORDERS as OPERATION_ORDERS
from tui_monitor.tui.panes.operations import operations_content
from tui_monitor.tui.panes.ranked_calls import ORDERS as RANKS
from tui_monitor.tui.panes.ranked_calls import ranked_calls_content
from tui_monitor.tui.panes.service import ORDERS as SERVICE_ORDERS
from tui_monitor.tui.panes.service import service_content
from tui_monitor.tui.panes.tools import ORDERS as TOOL_ORDERS
from tui_monitor.tui.panes.tools import tools_content


@dataclass(frozen=True, slots=True)
class Pane:
    """A side pane: its key (may be empty), its name, a sentence about it, its title, the function that returns its
    content, the names of the orders in which its rows can be shown, the usual one first, the figures that it needs, and
    whether the line of keys names it."""

    key: str
    name: str
    description: str
    title: str
    content: Callable[[PaneContext], PaneContent]
    orders: tuple[str, ...] = ()
    figures: FigureKind | None = None
    is_main: bool = False


FILES = "Files"
"""The name of the pane with the changed files."""
PANES = (
    Pane(
        "f",
        FILES,
        "Show the files changed in this session",
        "Files changed",
        files_content,
        FILE_ORDERS,
        is_main=True,
    ),
    Pane(
        "m",
        "Models",
        "Show cost, speed and context of each model",
        "Models",
        models_content,
        MODEL_ORDERS,
        FigureKind.LATENCIES,
        is_main=True,
    ),
    Pane(
        "c",
        "Context",
        "Show what fills the context and at what price, its compactions and its cache",
        "Context",
        context_content,
        is_main=True,
    ),
    Pane("t", "Agents", "Show the agents of this session", "Agents", agents_content, is_main=True),
    Pane(
        "p",
        "Operations",
        "Show what the requests of this session were for",
        "Operations",
        operations_content,
        OPERATION_ORDERS,
        FigureKind.OPERATIONS,
    ),
    Pane(
        "T",
        "Tools",
        "Show the tools: calls, failures, times, and what failed",
        "Tools",
        tools_content,
        TOOL_ORDERS,
        FigureKind.TOOLS,
    ),
    Pane(
        "dollar_sign",
        "Cost",
        "Show what was spent when and by which prompt, and the budgets",
        "Cost",
        cost_content,
        COST_ORDERS,
        FigureKind.SPENDING,
    ),
    Pane(
        "L",
        "Plan",
        "Show the windows of your plan: used, reset, forecast",
        "Plan windows",
        limits_content,
        figures=FigureKind.SPENDING,
    ),
    Pane(
        "r",
        "Requests",
        "Show the requests and metrics that a program records",
        "Requests and metrics",
        service_content,
        SERVICE_ORDERS,
        FigureKind.SERVICE,
    ),
    Pane(
        "C",
        "Ranked calls",
        "Show the calls that ran longest, returned most, or changed most",
        "Largest calls",
        ranked_calls_content,
        RANKS,
        FigureKind.CALLS,
    ),
    Pane(
        "H",
        "Health",
        "Show failed hooks, and whether all is read, stored and understood",
        "Health",
        health_content,
        figures=FigureKind.STORE,
    ),
)


def pane_of(name: str) -> Pane:
    """Return the pane of this name."""
    return next(pane for pane in PANES if pane.name == name)
