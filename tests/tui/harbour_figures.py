"""Figures of the made-up afternoon, as the store would answer."""

from __future__ import annotations

from collections.abc import Mapping

from tests.tui.harbour_totals import MAIN_AMOUNT, MODEL, SIDE_AMOUNT
from tests.tui.live_builder import EIGHT_PM
from tui_monitor.events import CallState, ToolKind
from tui_monitor.figures import (
    EndpointTotal,
    FailureTotal,
    FigureKind,
    Latency,
    MetricSeries,
    OperationTotal,
    Period,
    PeriodTotal,
    PromptTotal,
    RankedCall,
    ServiceFigures,
    SessionFigures,
    Spending,
    StoreFacts,
    ToolFigures,
)
from tui_monitor.ledger import UNATTRIBUTED, ZERO, Amount
from tui_monitor.live.spending import LAST_HOUR, THIS_MONTH, THIS_WEEK, TODAY, WINDOW
from tui_monitor.totals import ToolTotal
from tui_monitor.units import DAY, HOUR, MINUTE

NOON = EIGHT_PM - 8 * HOUR
MIDNIGHT = NOON - 12 * HOUR
NOW = EIGHT_PM + 5 * MINUTE
BOTH = MAIN_AMOUNT.plus(SIDE_AMOUNT)


def times(amount: Amount, factor: int) -> Amount:
    """Return a multiple of an amount."""
    return Amount._make(factor * figure for figure in amount)


LATENCIES = {(MODEL, "anthropic"): Latency(118, 6_400, 21_800, 1_350, 61.7)}
OPERATIONS = (
    OperationTotal("", False, MAIN_AMOUNT, Latency(118, 6_400, 21_800, 1_350, 61.7)),
    OperationTotal("", True, SIDE_AMOUNT),
    OperationTotal("compact", False, Amount(1, 3, 900, 164_000, cost=140_000_000_000), Latency(1, 61_000, 61_000)),
    OperationTotal("title", False, Amount(3, 900, 60, cost=1_200_000_000), Latency(3, 640, 900)),
    OperationTotal(UNATTRIBUTED, False, Amount(cost=50_000_000_000)),
)
TOOLS = ToolFigures(
    (
        ToolTotal("Bash", 11, 3, 1, 1_400, 26_800, 1, 62_000, 54_000, 6_300),
        ToolTotal("Read", 9, 0, 0, 5, 240, output_chars=439_000, largest_output=30_000),
        ToolTotal("Edit", 3, 0, 0, 81, 219, 2, 195_000, 4_100, 209),
        ToolTotal("AskUserQuestion", 1, 0, 0, None, None, 1, 83_000, 245, 245),
    ),
    (
        FailureTotal("Bash", "cd /home/ada/harbour && make test", 2, NOW - MINUTE),
        FailureTotal("Bash", "git push --no-verify", 1, NOW - DAY),
    ),
)
SERVICE = ServiceFigures(
    (
        EndpointTotal("/v1/chat", "POST", 1_240, 13, 420.0, 2_150.0, 5_400_000, NOW, "upstream timeout"),
        EndpointTotal("/v1/harbours", "GET", 310, 0, 12.5, 48.0, 0, NOW - MINUTE),
        EndpointTotal("embed", "", 4, 4, None, None, 0, NOW - HOUR, "status 503"),
    ),
    (
        MetricSeries("queue.length", (("lane", "slow"),), 600, 0, 31, 12.25, tuple(map(float, range(32))), NOW),
        MetricSeries("water.temperature", (), 3, 3.25, 4.5, 4.0, (4.25, 3.25, 4.5), NOW),
    ),
)
PROMPTS = (
    PromptTotal(EIGHT_PM + MINUTE, "Make the tests pass, then push", MAIN_AMOUNT, 20),
    PromptTotal(EIGHT_PM, "Summer time in the northern harbours", SIDE_AMOUNT, 8),
    PromptTotal(0, "", Amount(1, 10, 5, cost=10_000_000), 0),
)
SPENDING = Spending(
    (
        PeriodTotal(Period(LAST_HOUR, NOW - HOUR, NOW + 1), BOTH, BOTH),
        PeriodTotal(Period(TODAY, MIDNIGHT, MIDNIGHT + DAY), times(BOTH, 2), BOTH),
        PeriodTotal(Period(THIS_WEEK, MIDNIGHT, MIDNIGHT + 7 * DAY), times(BOTH, 2), BOTH),
        PeriodTotal(Period(THIS_MONTH, MIDNIGHT - 4 * DAY, MIDNIGHT + 27 * DAY), times(BOTH, 9), BOTH),
        PeriodTotal(Period("Sun 4 Jan", MIDNIGHT - DAY, MIDNIGHT), times(BOTH, 3), ZERO),
        PeriodTotal(Period("Sat 3 Jan", MIDNIGHT - 2 * DAY, MIDNIGHT - DAY)),
        PeriodTotal(Period(f"{WINDOW}five hour", NOW - 2 * HOUR, NOW + 1, "claude-code"), times(BOTH, 2), BOTH),
    ),
    PROMPTS,
)
STORE = StoreFacts(None, 48_300_000, 2, 61, 74, 184_223, 2, 3, ("/srv/tides.jsonl: line 7 is no JSON",))
CALLS = (
    RankedCall(
        "b-9", "Bash", ToolKind.SHELL, "cd /home/ada/harbour && make test", CallState.FAILED, NOW, 26_800, 6_300
    ),
    RankedCall("b-2", "Bash", ToolKind.SHELL, "make lint", CallState.OK, NOW - HOUR, 9_100, 120),
    RankedCall(
        "e-1", "Edit", ToolKind.EDIT, "/home/ada/harbour/tides/clock.py", CallState.OK, NOW - DAY, 12, 80, 61, 9
    ),
    RankedCall("r-1", "Read", ToolKind.READ, "/srv/tides/2026.csv", CallState.OK, NOW - MINUTE, None, 30_000),
)
FIGURES = SessionFigures(LATENCIES, OPERATIONS, TOOLS, CALLS, SERVICE, SPENDING, STORE)


def figures(kind: str) -> SessionFigures:
    """Return the figures of one kind."""
    own: Mapping[str, object] = {FigureKind(kind).value: getattr(FIGURES, kind)}
    return SessionFigures(**own)  # type: ignore[arg-type]
