"""Alerts about what an agent does: the thresholds of each, its end, and that it fires once."""

from __future__ import annotations

import pytest

from tests.live.alerts.alerts_builder import SECOND, AlertBench
from tests.live.events_builder import SESSION, T0, finished, started
from tui_monitor.config import AlertsConfig
from tui_monitor.events import (
    Activity,
    AgentMessage,
    CallProgress,
    CallState,
    Prompt,
    RetryUpdate,
    SessionProcess,
    ToolKind,
    Turn,
    TurnUpdate,
)
from tui_monitor.live.alerts import AlertKind, AlertSettings

WAITING, DONE, SILENT, FAILING = AlertKind.WAITING, AlertKind.DONE, AlertKind.SILENT, AlertKind.FAILING
QUESTION = started("q", 0, ToolKind.ASK, subject="Which port?")
PROMPT = Prompt(session=SESSION, at=T0, text="do it")


def process(activity: Activity | None, since: float) -> SessionProcess:
    return SessionProcess(session=SESSION, pid=7, activity=activity, since=T0 + round(since * SECOND))


def turn(at: float, kind: Turn = Turn.DONE) -> TurnUpdate:
    return TurnUpdate(session=SESSION, at=T0 + round(at * SECOND), turn=kind)


class TestWaiting:
    """An agent waits for a person."""

    def test_certain_wait_fires_once_after_five_seconds_and_ends_with_the_answer(self) -> None:
        bench = AlertBench()
        bench.apply(QUESTION)
        assert [bench.fired(at) for at in (0, 4.9, 5, 6, 600)] == [[], [], [WAITING], [], []]
        (alert,) = bench.active(601)
        assert (alert.text, alert.since, alert.certain, alert.call) == (
            "Which port?",
            T0,
            True,
            bench.state.log.get("q"),
        )
        bench.apply(finished("q", 602_000))
        assert bench.kinds(602) == []

    def test_next_question_fires_again(self) -> None:
        bench = AlertBench()
        bench.apply(QUESTION)
        assert bench.fired(10) == [WAITING]
        bench.apply(finished("q", 11_000), started("r", 12_000, ToolKind.ASK))
        assert [bench.fired(at) for at in (13, 17, 18)] == [[], [WAITING], []]

    def test_next_question_fires_even_if_the_screen_slept_between_them(self) -> None:
        bench = AlertBench()
        bench.apply(QUESTION)
        assert bench.fired(10) == [WAITING]
        bench.apply(finished("q", 11_000), started("r", 12_000, ToolKind.ASK))
        assert bench.fired(100) == [WAITING]

    def test_likely_wait_fires_after_fifteen_seconds(self) -> None:
        bench = AlertBench()
        bench.apply(started("e", 0, ToolKind.EDIT, approval_after_ms=5000))
        assert [bench.fired(at) for at in (6, 14.9, 15, 16)] == [[], [], [WAITING], []]
        assert not bench.active(17)[0].certain

    def test_likely_wait_that_becomes_certain_does_not_fire_again(self) -> None:
        bench = AlertBench()
        bench.apply(started("e", 0, ToolKind.EDIT, approval_after_ms=5000))
        assert bench.fired(20) == [WAITING]
        bench.state.process = process(Activity.WAITING, 2)
        assert [bench.fired(at) for at in (20.5, 21, 40)] == [[], [], []]
        assert bench.active(41)[0].certain

    @pytest.mark.parametrize(("doing", "threshold"), [("", 30), ("hook PreToolUse:Bash", 240)])
    def test_call_that_does_not_run_fires_later_where_a_hook_may_hold_it(self, doing: str, threshold: int) -> None:
        bench = AlertBench()
        bench.apply(started("b", 0, held_after_ms=6000))
        if doing:
            bench.apply(CallProgress(session=SESSION, at=T0, call="b", doing=doing))
        assert [bench.fired(at) for at in (threshold - 1, threshold, threshold + 1)] == [[], [WAITING], []]

    def test_flickering_state_of_one_call_fires_once(self) -> None:
        bench = AlertBench()
        bench.apply(started("b", 0, held_after_ms=6000))
        assert bench.fired(31) == [WAITING]
        bench.apply(CallProgress(session=SESSION, at=T0 + 32_000, call="b"))
        assert bench.kinds(33) == []
        assert [bench.fired(at) for at in (45, 100)] == [[], []]

    def test_thresholds_are_settings(self) -> None:
        bench = AlertBench(AlertSettings(AlertsConfig(waiting=60)))
        bench.apply(QUESTION)
        assert [bench.fired(at) for at in (59, 60)] == [[], [WAITING]]


class TestDone:
    """A turn has ended."""

    def test_end_of_a_long_turn_holds_until_somebody_looks(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, AgentMessage(session=SESSION, at=T0 + 60_000, text="All green."), turn(60))
        assert [bench.fired(at) for at in (60, 61, 1200)] == [[DONE], [], []]
        assert bench.active(1201)[0].text == "All green."
        bench.look(1202)
        assert bench.kinds(1203) == []

    def test_end_of_a_short_turn_is_no_alert(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(59))
        assert bench.kinds(70) == []

    def test_turn_that_ends_while_somebody_looks_is_no_alert(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90))
        bench.look(90)
        assert bench.kinds(90) == []

    def test_next_turn_fires_again(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90))
        assert bench.fired(91) == [DONE]
        bench.apply(Prompt(session=SESSION, at=T0 + 100_000, text="more"))
        assert bench.kinds(101) == []
        bench.apply(turn(200))
        assert bench.fired(201) == [DONE]

    def test_likely_end_fires_when_it_is_nearly_sure(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, AgentMessage(session=SESSION, at=T0 + 100_000, text="All green."))
        assert [bench.fired(at) for at in (130, 174, 175, 176)] == [[], [], [DONE], []]

    def test_session_that_was_idle_before_the_first_look_is_no_alert(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90))
        assert bench.kinds(3600) == []

    @pytest.mark.parametrize("turn_end", [(), (turn(90),)])
    def test_session_that_ends_with_its_process_at_once_after_its_work_fires_once(
        self, turn_end: tuple[TurnUpdate, ...]
    ) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, AgentMessage(session=SESSION, at=T0 + 90_000, text="All green."), *turn_end)
        bench.apply(turn(90.2, Turn.SESSION_ENDED))
        bench.state.process_gone = True
        assert [bench.fired(at) for at in (91, 92, 1800)] == [[DONE], [], []]
        bench.look(1801)
        assert bench.kinds(1802) == []

    def test_long_work_without_a_prompt_or_a_word_fires_at_the_end_of_its_process(self) -> None:
        bench = AlertBench()
        bench.apply(turn(0, Turn.STARTED), started("a", 1000), finished("a", 2000))
        bench.apply(turn(90, Turn.SESSION_ENDED))
        assert [bench.fired(at) for at in (91, 92)] == [[DONE], []]

    def test_end_of_the_process_after_the_end_of_the_turn_does_not_fire_again(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90))
        assert bench.fired(91) == [DONE]
        bench.state.process_gone = True
        assert [bench.fired(at) for at in (92, 93)] == [[], []]
        bench.look(94)
        bench.apply(turn(300, Turn.SESSION_ENDED))
        assert bench.kinds(301) == []

    def test_session_that_ended_long_ago_or_by_an_interruption_is_no_alert(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90), turn(91, Turn.SESSION_ENDED))
        assert bench.kinds(3600) == []
        bench = AlertBench()
        bench.apply(PROMPT, turn(90, Turn.INTERRUPTED), turn(91, Turn.SESSION_ENDED))
        assert bench.kinds(92) == []

    def test_interrupted_turn_is_no_alert(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, turn(90, Turn.INTERRUPTED))
        assert bench.kinds(91) == []


class TestTrouble:
    """An agent fails, or gives no sign of life."""

    def test_given_up_request_fires_once(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, RetryUpdate(session=SESSION, at=T0 + 1000, reason="overloaded", wait_ms=None))
        assert [bench.fired(at) for at in (2, 3)] == [[AlertKind.API_ERROR], []]
        assert bench.active(4)[0].text == "overloaded"

    def test_used_up_limit_fires_once_and_ends_with_it(self) -> None:
        bench = AlertBench()
        limit = RetryUpdate(
            session=SESSION, at=T0 + 1000, reason="limit", wait_ms=None, is_rate_limit=True, resets_at=T0 + 90_000
        )
        bench.apply(PROMPT, limit)
        assert [bench.fired(at) for at in (2, 3)] == [[AlertKind.RATE_LIMITED], []]
        assert AlertKind.RATE_LIMITED not in bench.kinds(91)

    def test_repeated_failure_fires_once(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT)
        for number in range(6):
            bench.apply(started(f"c{number}", 1000 * number, subject="make"))
            bench.apply(finished(f"c{number}", 1000 * number + 500, CallState.FAILED))
        assert bench.fired(6) == [AlertKind.STUCK, FAILING]
        bench.apply(started("d", 7000, subject="make"), finished("d", 7500, CallState.FAILED))
        assert bench.fired(8) == []
        assert bench.kinds(9) == [AlertKind.STUCK, FAILING]

    def test_many_failures_hold_until_few_are_left(self) -> None:
        bench = AlertBench()
        for number in range(10):
            state = CallState.FAILED if number % 3 == 0 else CallState.OK
            bench.apply(started(f"c{number}", number, subject=str(number)), finished(f"c{number}", number + 1, state))
        assert bench.fired(1) == [FAILING]
        for number in range(10, 16):
            bench.apply(started(f"c{number}", number), finished(f"c{number}", number + 1))
        assert bench.kinds(2) == [FAILING]
        bench.apply(started("last", 20), finished("last", 21))
        assert bench.kinds(3) == []

    @pytest.mark.parametrize("state", [CallState.REJECTED, CallState.SLIPPED, CallState.INTERRUPTED])
    def test_refusals_and_slips_are_no_failures(self, state: CallState) -> None:
        bench = AlertBench()
        for number in range(10):
            bench.apply(started(f"c{number}", number, subject=str(number)), finished(f"c{number}", number + 1, state))
        assert bench.kinds(1) == []

    def test_silence_of_the_model_fires_after_three_minutes_until_it_counts_as_ended(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT)
        assert [bench.fired(at) for at in (61, 179, 180, 181)] == [[], [], [SILENT], []]
        assert bench.kinds(31 * 60) == []

    def test_silent_command_has_its_timeout(self) -> None:
        bench = AlertBench()
        bench.apply(PROMPT, started("b", 0, timeout_ms=300_000))
        assert [bench.fired(at) for at in (181, 329, 330)] == [[], [], [SILENT]]
        other = AlertBench()
        other.apply(PROMPT, started("b", 0))
        assert [other.fired(at) for at in (599, 600)] == [[], [SILENT]]
