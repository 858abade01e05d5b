"""Totals and context of the made-up afternoon."""

from __future__ import annotations

from tests.tui.harbour import afternoon
from tests.tui.live_builder import CWD, EIGHT_PM, LiveBuilder
from tui_monitor.events import MAIN, AgentMessage, ContextUpdate, PlanUpdate, SessionKey, SessionUpdate
from tui_monitor.feed.deliveries import Delivery, EventsRead, TotalsUpdated
from tui_monitor.ledger import Amount
from tui_monitor.totals import AgentTotal, FileTotal, ModelTotal, SessionTotals

MODEL = "claude-opus-9-1-20260101"
SMALL = "claude-haiku-9"
PICO = 10**12
MAIN_AMOUNT = Amount(120, 2_100, 26_400, 9_800_000, 410_000, cost=8_870_000_000_000, lower_bound=3)
SIDE_AMOUNT = Amount(26, 400, 2_400, 2_100_000, 64_000, cost=450_000_000_000)


def totals(session: SessionKey) -> SessionTotals:
    """Return the totals as the store would."""
    return SessionTotals(
        session,
        MAIN_AMOUNT.plus(SIDE_AMOUNT),
        calls=28,
        failed=3,
        rejected=1,
        files_changed=3,
        lines_added=79,
        lines_removed=14,
        models=(ModelTotal(MODEL, "anthropic", MAIN_AMOUNT, 168_000, 4_100), ModelTotal(SMALL, "", SIDE_AMOUNT)),
        agents=(AgentTotal(MAIN, MAIN_AMOUNT, 24), AgentTotal("a-1", SIDE_AMOUNT, 3), AgentTotal("a-2", calls=2)),
        files=(
            FileTotal(f"{CWD}/harbour/zones.py", 1, 0, 9, EIGHT_PM + 3),
            FileTotal(f"{CWD}/tests/test_summer_time_in_the_northern_harbours.py", 1, 64, 0, EIGHT_PM + 2),
            FileTotal(f"{CWD}/harbour/tides.py", 2, 15, 5, EIGHT_PM + 1),
        ),
    )


def working_afternoon() -> LiveBuilder:
    """Return the afternoon with facts, a plan, a message, and a context that is two thirds full."""
    live = afternoon()
    key, now = live.state.key, live.now
    live.apply(SessionUpdate(session=key, at=now, version="2.1.39", branch="summer-time", mode="acceptEdits"))
    for second, tokens in enumerate((36_000, 90_000, 131_000)):
        live.apply(
            ContextUpdate(
                session=key,
                at=now - 3_000 + 1_000 * second,
                tokens=tokens,
                limit=200_000,
                limit_source="assumed",
                model=MODEL,
            )
        )
    live.apply(PlanUpdate(session=key, at=now, completed=2, total=5, now="Run the tests"))
    live.apply(AgentMessage(session=key, at=now, text="Clean. The tests run once more, then I push."))
    live.state.totals, live.state.totals_loaded = totals(live.state.key), True
    return live


def deliveries(live: LiveBuilder) -> tuple[Delivery, ...]:
    """Return the deliveries of a feed for it."""
    return EventsRead(tuple(live.events)), TotalsUpdated((live.state.totals,))
