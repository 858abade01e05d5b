"""Why a state: the facts, and what would make it certain."""

from __future__ import annotations

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import Activity, SessionProcess, SessionUpdate, ToolKind, WaitUpdate
from tui_monitor.live.status import Lag, status
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.tui.header.reasons import DEFAULT_ADVICE, reasons
from tui_monitor.tui.screens.card import explanations


def facts(live: LiveBuilder, advice: str = "", lag: int = 0) -> dict[str, str]:
    """Return the facts by their names."""
    state = live.state
    found = reasons(state, status(state, live.now, Lag(lag)), live.now, advice)
    return {name.text: fact if isinstance(fact, str) else "".join(span.text for span in fact) for name, fact in found}


def likely_waiting() -> LiveBuilder:
    live = LiveBuilder()
    live.prompt("mend the tide table")
    live.start("Edit", ToolKind.EDIT, "tides.py", approval_after_ms=5000)
    live.wait(40)
    return live


def test_likely_state_says_what_would_make_it_certain() -> None:
    known = facts(likely_waiting(), "Its hooks say so.")
    assert known["state"] == "? WAITS FOR YOU? 40s"
    assert known["evidence"].startswith("Edit takes no time")
    assert known["certain"].startswith("no")
    assert known["last event"] == "40s ago"
    assert (known["process"], known["terminal"]) == ("unknown: none was found on this machine", "unknown")
    assert known["hooks"] == "have not reported that it waits"
    assert known["folder"] == "/home/ada/harbour"
    assert known["to be sure"] == "Its hooks say so."
    assert facts(likely_waiting())["to be sure"] == DEFAULT_ADVICE


def test_process_that_states_what_it_does_is_certain() -> None:
    live = likely_waiting()
    live.apply(SessionUpdate(session=live.state.key, at=live.now, mode="acceptEdits"))
    live.state.process = SessionProcess(
        session=live.state.key,
        pid=77,
        activity=Activity.WAITING,
        since=live.now - 9000,
        waits_for="permission \x1b[31mprompt",
        terminal="/dev/pts/3",
        pane="%5",
    )
    known = facts(live)
    assert known["certain"].startswith("yes")
    assert known["process"] == "77; states that it waits for you: permission prompt"
    assert known["terminal"] == "/dev/pts/3, tmux pane %5; A goes there"
    assert known["permissions"] == "acceptEdits"
    assert "to be sure" not in known


@pytest.mark.parametrize(
    ("process", "is_gone", "words"),
    [
        (None, True, "gone"),
        (77, False, "77; it does not state what it does"),
    ],
)
def test_process_without_a_statement(process: int | None, is_gone: bool, words: str) -> None:
    live = likely_waiting()
    live.state.process_gone = is_gone
    if process:
        live.state.process = SessionProcess(session=live.state.key, pid=process)
    assert facts(live)["process"] == words


def test_hooks_say_when_they_reported_last() -> None:
    live = likely_waiting()
    live.apply(WaitUpdate(session=live.state.key, at=live.now - 5000, waiting=True, reason="permission"))
    assert facts(live)["hooks"] == "reported last that it waits, 5s ago"
    other = LiveBuilder()
    other.progress(other.start("Bash", ToolKind.SHELL, "make"), "hook PreToolUse:Bash")
    assert facts(other)["hooks"].startswith("one was started before its open call")


def test_state_of_a_session_that_is_still_read_is_not_certain_yet() -> None:
    known = facts(likely_waiting(), lag=20_000)
    assert known["certain"] == "not yet: not everything has been read"
    assert "to be sure" not in known


def test_session_without_events_has_facts_too() -> None:
    live = LiveBuilder()
    live.state.started = live.state.last_at = 0
    assert facts(live)["last event"] == "none yet"


@pytest.mark.parametrize("width", [30, 52, 80, 200])
def test_advice_of_each_agent_fits_the_card(width: int) -> None:
    live = likely_waiting()
    for adapter in default_registry().adapters:
        pairs = reasons(live.state, status(live.state, live.now), live.now, adapter.traits.exact_states)
        lines = explanations(pairs, width)
        assert all(len(line) <= 3 for line in lines)
        assert max(sum(len(span.text) for span in line) for line in lines) <= max(width, 40)
