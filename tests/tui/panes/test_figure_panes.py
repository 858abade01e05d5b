"""Models, operations, tools, requests and metrics, cost, plan windows, health: their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.tui.harbour_figures import FIGURES, NOW, SERVICE
from tests.tui.harbour_totals import MODEL, SMALL, working_afternoon
from tests.tui.live_builder import LiveBuilder
from tests.tui.pane_text import content_text
from tui_monitor.events import Health, HookFailure, HookSuccess, RateLimitUpdate
from tui_monitor.figures import NO_FIGURES, ServiceFigures, SessionFigures, Spending, ToolFigures
from tui_monitor.live.apply import apply
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Lag
from tui_monitor.tui.app_context import MonitorSetup
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.plan_line import plan_windows_short
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.panes.content import CallTarget, FilterTarget, MomentTarget, PaneContext, PaneRow
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.panes.registry import PANES, pane_of
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.units import DAY, HOUR, MINUTE

BUDGETS = {"daily": 20.0, "weekly": 100.0, "session": 9.0}


@pytest.fixture
def state() -> SessionState:
    state = working_afternoon().state
    state.figures = FIGURES
    return state


def limit(name: str, used: float, resets_in: int, minutes: int | None = None, at: int = NOW) -> RateLimitUpdate:
    session = working_afternoon().state.key
    return RateLimitUpdate(
        session=session, at=at, name=name, used_percent=used, window_minutes=minutes, resets_at=NOW + resets_in
    )


def shown(name: str, state: SessionState, width: int = 120, **more: object) -> list[str]:
    context = PaneContext(state, NOW, width, **more)  # type: ignore[arg-type]
    return content_text(pane_of(name).content(context), width)


def rows(name: str, state: SessionState) -> Iterator[PaneRow]:
    for section in pane_of(name).content(PaneContext(state, NOW)):
        yield from section.rows


def words(line: str) -> str:
    return " ".join(line.split())


@pytest.mark.parametrize("pane", [pane.name for pane in PANES if pane.figures and pane.name != "Health"])
def test_every_pane_has_a_sentence_where_there_is_nothing(pane: str) -> None:
    state = LiveBuilder().state
    state.totals_loaded = True
    empty = SessionFigures({}, (), ToolFigures(), (), ServiceFigures(), Spending(), None)
    for figures in (NO_FIGURES, empty):
        state.figures = figures
        for width in (38, 76):
            lines = shown(pane, state, width)
            assert lines, pane
            assert not any(line.endswith("…") and len(line) > 1 for line in lines), lines


class TestModels:
    def test_the_most_telling_columns_come_first(self, state: SessionState) -> None:
        head, large, small, whole = map(words, shown("Models", state, 160))
        assert head.startswith("model cost share requests p50 1st token tok/s cache context in out")
        assert large.startswith(f"{MODEL} ≥$8.87 95 % 120 6.4s 1.4s 62 96 % 131k · 66 % 2.1k ≥26k")
        assert small.startswith(f"{SMALL} $0.45 5 % 26 — — — 97 % — 400 2.4k")
        assert whole.startswith("all ≥$9.32 100 % 146")

    def test_times_of_which_nothing_is_known_come_last(self, state: SessionState) -> None:
        state.figures = NO_FIGURES
        head = words(shown("Models", state, 190)[0])
        assert head.startswith("model cost share requests cache context")
        assert head.endswith("max out p50 1st token tok/s")

    def test_order(self, state: SessionState) -> None:
        state.figures = SessionFigures({(SMALL, ""): replace(FIGURES.latencies[MODEL, "anthropic"], p50_ms=9_000)})  # type: ignore[index]
        assert [line.split()[0] for line in shown("Models", state, order="latency")[1:]] == [SMALL, MODEL, "all"]

    def test_lines_of_a_frame(self, state: SessionState) -> None:
        assert len(models_lines(state, 60)) == 4


class TestOperations:
    def test_conversation_sub_agents_and_named_operations(self, state: SessionState) -> None:
        lines = list(map(words, shown("Operations", state)))
        assert [line.split(" $")[0].split(" ≥")[0] for line in lines[1:]] == [
            "conversation",
            "sub-agents",
            "compaction",
            "title",
            "beyond responses",
        ]
        assert lines[3] == "compaction $0.14 1 % 1 164k 3 900 164k $0.14 61s 61s".replace("61s", "1m01s")
        assert lines[5].startswith("beyond responses $0.05 1 % — 0")

    def test_rows_of_agents_lead_to_the_log(self, state: SessionState) -> None:
        targets = [row.target for row in rows("Operations", state)]
        assert targets[:3] == [FilterTarget("agent:main"), FilterTarget("-agent:main"), None]


class TestRankedCalls:
    def test_the_longest_are_first_and_lead_to_their_rows(self, state: SessionState) -> None:
        head, *lines = map(words, shown("Ranked calls", state))
        assert head == "call ran output + − at"
        assert lines == [
            "✗ Bash make test 26.8s 6.3k 20:05",
            "Bash make lint 9.1s 120 19:05",
            "Edit tides/clock.py 12ms 80 +61 −9 4 Jan",
        ]
        assert [row.target for row in rows("Ranked calls", state)][:2] == [CallTarget("b-9"), CallTarget("b-2")]

    @pytest.mark.parametrize(("order", "first", "count"), [("output", "Read", 4), ("lines changed", "Edit", 1)])
    def test_orders(self, state: SessionState, order: str, first: str, count: int) -> None:
        lines = shown("Ranked calls", state, order=order)[1:]
        assert (lines[0].split()[0], len(lines)) == (first, count)


class TestTools:
    def test_run_time_and_waiting_are_apart(self, state: SessionState) -> None:
        lines = list(map(words, shown("Tools", state)))
        assert lines[0] == "tool calls failed rejected p50 p95 waited output chars largest"
        assert lines[1] == "Bash 11 3 1 1.4s 26.8s 1m 54k 6.3k"
        assert lines[4] == "AskUserQuestion 1 0 0 — — 1m 245 245"

    def test_failures_that_read_the_same_are_one(self, state: SessionState) -> None:
        assert state.figures.tools
        one, other = state.figures.tools.failures
        again = replace(one, subject="make test", failures=4)
        state.figures = SessionFigures(tools=replace(state.figures.tools, failures=(other, one, again)))
        lines = list(map(words, shown("Tools", state)))
        assert lines[lines.index("What failed") + 2 :] == [
            "Bash make test 6 20:04",
            "Bash git push --no-verify 1 4 Jan",
        ]

    def test_rows_filter_the_log(self, state: SessionState) -> None:
        targets = {row.key: row.target for row in rows("Tools", state)}
        assert targets["Bash"] == FilterTarget('tool:"Bash"')
        assert targets["failed", "Bash", "make test"] == FilterTarget(
            'is:error tool:"Bash" "cd /home/ada/harbour && make test"'
        )

    @pytest.mark.parametrize(("order", "first"), [("waited", "Edit"), ("output", "Read"), ("failed", "Bash")])
    def test_order(self, state: SessionState, order: str, first: str) -> None:
        assert shown("Tools", state, order=order)[1].split()[0] == first


class TestRequests:
    def test_endpoints_have_success_latency_and_last_error(self, state: SessionState) -> None:
        lines = list(map(words, shown("Requests", state)))
        assert lines[2] == "POST /v1/chat upstream timeout 1,240 99.0 % 13 420ms 2.1s 5.4M 20:05"
        assert lines[3] == "GET /v1/harbours 310 100 % 0 12ms 48ms — 20:04"
        assert lines[4] == "embed status 503 4 0.0 % 4 — — — 19:05"

    def test_one_failure_of_many_is_not_rounded_away(self, state: SessionState) -> None:
        busy = replace(SERVICE.endpoints[0], requests=1_000_000, failed=1)
        state.figures = SessionFigures(service=ServiceFigures((busy,)))
        assert "99.9 %" in shown("Requests", state)[2]

    def test_metrics_are_series_with_a_trend(self, state: SessionState) -> None:
        lines = list(map(words, shown("Requests", state)))
        at = lines.index("Metrics")
        assert lines[at + 2] == "queue.length lane=slow 31 ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███ 12.25 0 31 600"
        assert lines[at + 3] == "water.temperature 4.50 ▇▁█ 4 3.25 4.50 3"

    def test_what_is_left_out_is_said(self, state: SessionState) -> None:
        state.figures = SessionFigures(service=replace(SERVICE, left_out=7))
        assert shown("Requests", state)[-1].strip().startswith("7 more requests and values")


class TestCost:
    def test_periods_with_this_session_and_pace(self, state: SessionState) -> None:
        lines = list(map(words, shown("Cost", state)))
        assert lines[1:7] == [
            "last hour ≥$9.32 ≥$9.32 ≥12.4M tok ≥$9.32/h",
            "today ≥$18.64 ≥$9.32 ≥24.8M tok ~$22.28 by its end",
            "this week ≥$18.64 ≥$9.32 ≥24.8M tok ~$155.93 by its end",
            "this month ≥$83.88 ≥$9.32 ≥111M tok ~$537.60 by its end",
            "this session ≥$9.32 ≥12.4M tok",
            "Sun 4 Jan ≥$27.96 $0.00 ≥37.2M tok",
        ]
        assert not any("Sat 3 Jan" in line for line in lines)

    def test_budgets_are_bars_with_the_time_at_which_they_are_used_up(self, state: SessionState) -> None:
        lines = list(map(words, shown("Cost", state, setup=MonitorSetup(BUDGETS))))
        at = lines.index("Budgets")
        assert lines[at + 2 : at + 5] == [
            "daily █████████░ 93 % ≥$18.64 $20.00 in 9m · 20:13",
            "weekly ██░░░░░░░░ 19 % ≥$18.64 $100.00 in 9h · 6 Jan",
            "session ██████████ 104 % ≥$9.32 $9.00 used up",
        ]

    def test_without_budgets_it_says_how_to_set_one(self, state: SessionState) -> None:
        assert any("tui-monitor budget --help" in line for line in shown("Cost", state))

    def test_each_prompt_has_its_cost(self, state: SessionState) -> None:
        lines = list(map(words, shown("Cost", state)))
        at = lines.index("This session by prompt")
        assert lines[at + 2].startswith("› Make the tests pass, then push ≥$8.87 120 20 10.2M 20:01")
        assert lines[at + 3].startswith("› Summer time in the northern harbours $0.45 26 8 2.1M 20:00 6m45s")
        assert lines[at + 4].startswith("› before the first prompt $0.0000 1 0 15")
        targets = [row.target for row in rows("Cost", state) if isinstance(row.target, MomentTarget)]
        assert targets == [MomentTarget(NOW - 4 * MINUTE), MomentTarget(NOW - 5 * MINUTE)]


class TestPlan:
    def test_window_has_reset_forecast_and_share(self, state: SessionState) -> None:
        for event in (limit("five hour", 40, 3 * HOUR), limit("seven day", 20, 2 * DAY, 7 * 24 * 60, NOW - MINUTE)):
            state.rate_limits[event.name] = event
        _, short, long = map(words, shown("Plan", state)[:3])
        assert short == "week ██░░░░░░░░ 20 % in 2d00h · 7 Jan ~28 % — 1m ago" or short.startswith("5 h")
        assert "5 h ████░░░░░░ 40 % in 3h00m · 23:05 ~100 % ~20 % now" in (short, long)
        assert "week ██░░░░░░░░ 20 % in 2d00h · 7 Jan ~28 % — 1m ago" in (short, long)

    def test_window_that_will_be_full_says_when(self, state: SessionState) -> None:
        state.rate_limits["primary"] = limit("primary", 80, 3 * HOUR, 300)
        assert "full 20:35" in shown("Plan", state)[1]

    def test_window_that_has_begun_anew_is_not_known(self, state: SessionState) -> None:
        state.rate_limits["primary"] = limit("primary", 80, -HOUR, 300, NOW - 2 * HOUR)
        assert words(shown("Plan", state)[1]) == "5 h was 80 % was 19:05 — — 2h ago"
        assert plan_windows_short(state, NOW) == []

    def test_short_form(self, state: SessionState) -> None:
        state.rate_limits["primary"] = limit("primary", 25, 2 * HOUR + 10 * MINUTE, 300)
        (line,) = plan_windows_short(state, NOW)
        assert "".join(span.text for span in line) == "5 h ██░░░░ 25 % · 2h"

    @pytest.mark.parametrize(
        ("width", "classes", "windows"), [(200, True, True), (120, False, True), (80, False, False)]
    )
    def test_header_has_windows_rather_than_token_classes(
        self, state: SessionState, width: int, classes: bool, windows: bool
    ) -> None:
        state.rate_limits["primary"] = limit("primary", 25, 2 * HOUR + 10 * MINUTE, 300)
        state.rate_limits["secondary"] = limit("secondary", 20, 2 * DAY, 7 * 24 * 60)
        header = "".join(span.text for line in header_lines(StatusView(state, NOW), width) for span in line)
        assert ("cache 11.9M r" in header, "5 h ██░░░░ 25 % · 2h" in header) == (classes, windows)


class TestHealth:
    def test_facts(self, state: SessionState) -> None:
        setup = MonitorSetup(prices=lambda: "list 7", versions=(("tui-monitor", "1.2"),))
        lines = list(map(words, shown("Health", state, setup=setup)))
        assert lines[0] == "Reading"
        expected = [
            "behind by nothing",
            "read so far 74 sources, 184,223 lines",
            "unreadable 2 lines",
            "not understood 3 lines",
            "/srv/tides.jsonl: line 7 is no JSON",
            "file none: kept in memory until the monitor ends",
            "size 48.3 MB, 61 sessions",
            "tui-monitor 1.2",
            "prices list 7",
        ]
        assert [line for line in expected if line not in lines] == []

    def test_what_would_make_a_state_certain(self) -> None:
        setup = MonitorSetup(advice=lambda source: f"hooks of {source}")
        lines = list(map(words, shown("Health", LiveBuilder().state, setup=setup)))
        assert "to be sure hooks of claude-code" in lines

    def test_hooks_are_listed_with_their_failures(self, state: SessionState) -> None:
        at = NOW - MINUTE
        apply(
            HookFailure(session=state.key, at=at, hook="lint", occasion="Stop", error="3 bad\nmore", exit_code=2), state
        )
        apply(HookSuccess(session=state.key, at=at, hook="notify", occasion="Stop", duration_ms=1_500), state)
        hooks, heading, *rows = map(words, shown("Health", state)[:5])
        assert (hooks, heading) == ("Hooks", "hook failed exit took last")
        assert rows[0].startswith("✗ Stop lint failed 1 ✗ 2")
        assert rows[1] == "↳ 3 bad more"
        assert rows[2].startswith("✓ Stop notify ok 1s")

    def test_pane_says_where_hooks_will_appear(self, state: SessionState) -> None:
        assert "they appear here" in shown("Health", state)[-1]

    def test_what_is_wrong_comes_first(self, state: SessionState) -> None:
        feed = FeedStatus(health=Health(errors=("a: bad",)), faults={"store": "the disk is full"}, polling="no inotify")
        lines = list(map(words, shown("Health", state, feed_status=feed, lag=Lag(2_000))))
        assert lines[:2] == ["Wrong now", "store the disk is full"]
        assert "behind by 2s" in lines
        assert "changes polled: no inotify" in lines
        assert "state the disk is full" in lines
