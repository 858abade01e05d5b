"""Panes whose figures are asked of the store while they are open."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.harbour_figures import FIGURES, figures
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import SESSION, LiveBuilder
from tests.tui.monitor_bench import MonitorBench, monitor, monitor_of
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import FiguresLoaded, TotalsUpdated
from tui_monitor.figures import FigureKind, PromptTotal, SessionFigures, Spending
from tui_monitor.ledger import Amount
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.spending import TODAY
from tui_monitor.tui.app_context import MonitorSetup
from tui_monitor.tui.figure_requests import AMOUNTS_MS, LEAST_MS
from tui_monitor.tui.panes.registry import PANES


def asked(at: MonitorBench) -> list[tuple[str, ...]]:
    """Return the figures that were asked for by panes."""
    return [request for request in all_asked(at) if request[1] != FigureKind.PROMPT_AMOUNTS]


def all_asked(at: MonitorBench) -> list[tuple[str, ...]]:
    """Return the figures that were asked for."""
    return [request[1:] for request in at.source.requests if request[0] == "figures"]


async def test_cost_of_prompts_is_asked_for_without_a_pane_and_shown_in_their_rows() -> None:
    live = working_afternoon()
    at_prompt = next(entry.at for entry in live.state.log.entries if isinstance(entry, Mark))
    async with monitor_of(live, size=(120, 40)) as at:
        await at.until(lambda: all_asked(at) == [(SESSION.id, FigureKind.PROMPT_AMOUNTS)])
        amount = Amount(requests=2, cost=123 * 10**10, lower_bound=1)
        await at.deliver(FiguresLoaded(SESSION, SessionFigures(prompt_amounts={at_prompt: amount})))
        await at.sees("17 calls ≥$1.23")


async def test_cost_of_a_prompt_is_asked_for_again_though_nothing_happens_after_its_end() -> None:
    live = working_afternoon()
    async with monitor_of(live, size=(120, 40)) as at:
        await at.until(lambda: len(all_asked(at)) == 1)
        await at.deliver(FiguresLoaded(SESSION, SessionFigures(prompt_amounts={})))
        await at.deliver(TotalsUpdated((replace(live.state.totals, calls=29),)))
        await at.until(lambda: (last := at.screen.model._prompt_requests._last) and last.is_answered)
        await at.until(lambda: at.screen.model.state and at.screen.model.state.totals.calls == 29)
        live.wait(AMOUNTS_MS / 1000)  # neither an event nor the end of a second: only time passes
        await at.until(lambda: len(all_asked(at)) == 2)


async def answered(at: MonitorBench, kind: FigureKind) -> None:
    await at.until(lambda: asked(at)[-1:] == [(SESSION.id, kind)])
    await at.deliver(FiguresLoaded(SESSION, figures(kind)))


async def test_open_pane_has_its_figures_asked_for_once_and_shows_them() -> None:
    async with monitor_of(working_afternoon()) as at:
        await at.sees("Push to origin")
        assert asked(at) == []
        await at.press("T")
        await answered(at, FigureKind.TOOLS)
        await at.sees("26.8s", "What failed")
        await at.press("p")
        await answered(at, FigureKind.OPERATIONS)
        await at.sees("compaction", "sub-agents")
        await at.press("f")
        await at.sees("Files changed")
        assert asked(at) == [(SESSION.id, FigureKind.TOOLS), (SESSION.id, FigureKind.OPERATIONS)]


async def test_figures_are_asked_for_again_when_totals_have_changed() -> None:
    live = working_afternoon()
    async with monitor_of(live) as at:
        await at.press("m")
        await answered(at, FigureKind.LATENCIES)
        await at.sees("6.4s")
        live.wait(LEAST_MS / 1000)
        await at.deliver(TotalsUpdated((replace(live.state.totals, calls=29),)))
        await at.until(lambda: len(asked(at)) > 1)


async def test_figures_of_a_session_that_is_gone_are_dropped() -> None:
    async with monitor_of(working_afternoon()) as at:
        other = SessionKey("demo", "gone")
        await at.deliver(FiguresLoaded(other, FIGURES))
        await at.sees("Push to origin")
        assert other not in at.screen.model.live.sessions


async def test_cost_asks_for_days_of_the_zone_and_shows_budgets() -> None:
    setup = MonitorSetup({"daily": 20.0})
    async with monitor(*deliveries(working_afternoon()), size=(120, 40), setup=setup) as at:
        await at.press("dollar_sign")
        await answered(at, FigureKind.SPENDING)
        today = next(period for period in at.source.periods if period.name == TODAY)
        assert today.since % 86_400_000 == 0
        await at.sees("daily", "93 %")


async def test_tool_filters_the_log() -> None:
    async with monitor_of(working_afternoon()) as at:
        await at.press("T")
        await answered(at, FigureKind.TOOLS)
        await at.sees("26.8s")
        await at.press("down", "enter")
        await at.until(lambda: at.view.activity.log_view.filter_text == 'tool:"Read"')
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)


async def test_prompt_leads_to_its_row() -> None:
    live = working_afternoon()
    mark = next(entry for entry in live.state.log.entries if isinstance(entry, Mark) and entry.kind is MarkKind.PROMPT)
    spending = Spending((), (PromptTotal(mark.at, mark.text), PromptTotal(1, "long ago")))
    async with monitor_of(live, size=(120, 40)) as at:
        await at.press("dollar_sign")
        await at.until(lambda: asked(at))
        await at.deliver(FiguresLoaded(SESSION, SessionFigures(spending=spending)))
        await at.sees("This session by prompt", "long ago")
        await at.press("G", "enter")
        await at.until(lambda: list(at.app._notifications))
        assert [notice.message for notice in at.app._notifications] == ["The log does not reach back to that time."]
        await at.press("dollar_sign", "G", "up", "enter")
        log = at.view.activity.log_view
        await at.until(lambda: at.screen.focused is log)
        await at.until(lambda: (item := log.selected) is not None and item.entry.at == mark.at)


async def test_every_pane_opens_by_its_key_and_by_the_palette() -> None:
    async with monitor_of(LiveBuilder(), size=(100, 30)) as at:
        for pane in PANES:
            await at.press(pane.key)
            await at.sees(f"━━ {pane.title} ━")
            await at.press("escape")
        await at.press("colon", *"plan")
        await at.sees("Show the windows of your plan")
