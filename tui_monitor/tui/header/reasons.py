"""Why a state: what it is judged by, how certain it is, and what would make it so."""

from __future__ import annotations

from datetime import tzinfo
from typing import TypeAlias

from tui_monitor.events import Activity
from tui_monitor.live.liveness import is_in_hook
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.tui.header.labels import state_spans
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import duration_forms

Fact: TypeAlias = tuple[TextSpan, str | Spans]
"""The name of a fact, and what is known of it."""

DEFAULT_ADVICE = "Nothing that this agent writes says so for certain."
"""What would make a state certain, of an agent of which nothing is known."""
BEHIND = (StatusWord.BEHIND, StatusWord.READING)

_ACTIVITIES = {
    Activity.BUSY: "states that it works",
    Activity.COMPACTING: "states that it works: it compacts",
    Activity.WAITING: "states that it waits for you",
    Activity.BACKGROUND: "states that a command runs in the background",
    Activity.IDLE: "states that it is idle",
}


def reasons(state: SessionState, status: Status, now: int, advice: str, tz: tzinfo | None = None) -> list[Fact]:
    """Return the facts of a state at ``now`` (epoch ms) by their names; ``advice`` says what makes states of this agent
    certain. Dates are in ``tz`` (None: local)."""
    facts: list[tuple[str, str | Spans]] = [
        ("state", state_spans(status, now, tz)),
        ("evidence", one_line(status.evidence[:1].upper() + status.evidence[1:] + ".")),
        ("certain", one_line(_certainty(status))),
        ("last event", one_line(_ago(state.last_at, now))),
        ("permissions", one_line(state.mode or "unknown: not reported")),
        ("hooks", one_line(_hooks(state, now))),
        ("process", one_line(_process(state))),
        ("terminal", one_line(_terminal(state))),
        ("folder", one_line(state.folder or "unknown")),
    ]
    if not status.certain and status.word not in BEHIND:
        facts.append(("to be sure", one_line(advice or DEFAULT_ADVICE)))
    return [(TextSpan(name, Tone.DIM), fact) for name, fact in facts]


def _certainty(status: Status) -> str:
    if status.word in BEHIND:
        return "not yet: not everything has been read"
    if status.certain:
        return "yes: the process, a hook or the agent's files state it"
    return "no: it is what the evidence makes likely" if status.word is not StatusWord.UNKNOWN else "no"


def _ago(at: int, now: int) -> str:
    """Return how long ago something was."""
    if not at:
        return "none yet"
    return next((f"{form} ago" for form in duration_forms(max(0, now - at))), "just now")


def _hooks(state: SessionState, now: int) -> str:
    """Return what hooks of the agent have reported."""
    if (wait := state.main_chain.wait) and wait.certain:
        return f"reported last that it {'waits' if wait.waiting else 'no longer waits'}, {_ago(wait.at, now)}"
    if any(is_in_hook(call) for call in state.log.open):
        return "one was started before its open call; its end is not recorded"
    return "have not reported that it waits"


def _process(state: SessionState) -> str:
    process = state.process
    if process is None:
        return "gone" if state.process_gone else "unknown: none was found on this machine"
    if process.activity is None:
        return f"{process.pid}; it does not state what it does"
    waits_for = f": {process.waits_for}" if process.waits_for else ""
    return f"{process.pid}; {_ACTIVITIES[process.activity]}{waits_for}"


def _terminal(state: SessionState) -> str:
    """Return where the process is shown, and how to go there."""
    process = state.process
    if process is None or not (process.terminal or process.pane):
        return "unknown"
    pane = f"tmux pane {process.pane}" if process.pane else ""
    return f"{', '.join(filter(None, (process.terminal, pane)))}; A goes there"
