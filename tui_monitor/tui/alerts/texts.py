"""Alerts in words: whose it is, what it is about, since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tui_monitor.events import SessionKey, ToolKind
from tui_monitor.live.alerts import Alert, AlertKind, BudgetAlert
from tui_monitor.live.session import SessionState
from tui_monitor.live.session_name import session_name
from tui_monitor.live.status import StatusWord, status
from tui_monitor.tui.prose import spoken_line
from tui_monitor.tui.rows.target import target_of
from tui_monitor.tui.spans import cut_end, one_line
from tui_monitor.units import duration_forms, pluralize

MAX_SENTENCE = 160
"""Cells of a sentence about an alert."""
SHORT_SENTENCE = 56
"""Cells of one on the screen."""

_NAMED_BY_TARGET = (ToolKind.SHELL, ToolKind.ASK, ToolKind.PLAN)
"""Calls whose tool is clear from what they are about."""
_PREDICATES = {
    AlertKind.WAITING: "waits for you",
    AlertKind.STUCK: "is stuck",
    AlertKind.API_ERROR: "has an API error",
    AlertKind.RATE_LIMITED: "has no limit left",
    AlertKind.SILENT: "gives no sign of life",
    AlertKind.DONE: "is done",
    AlertKind.FAILING: "keeps failing",
    AlertKind.BUDGET: "has a budget",
    AlertKind.CONTEXT: "is full soon",
    AlertKind.CONTEXT_LEVEL: "has a context",
}
_ACTIVITIES = {
    StatusWord.WAITS: "waits",
    StatusWord.STUCK: "stuck",
    StatusWord.FAILED: "API error",
    StatusWord.RATE_LIMITED: "rate limited",
    StatusWord.HELD: "held",
    StatusWord.RETRYING: "retries",
    StatusWord.COMPACTING: "works",
    StatusWord.WORKING: "works",
    StatusWord.THINKING: "works",
    StatusWord.INTERRUPTED: "interrupted",
    StatusWord.DONE: "done",
}
"""Of a session that is alive, in a word that does not change with every step."""


def predicate(alert: Alert) -> str:
    """Return what the session does: ``waits for you``; ``likely waits for you`` if that is not certain."""
    if alert.kind is AlertKind.WAITING and not alert.certain:
        return "likely waits for you"
    return _PREDICATES[alert.kind]


def subject(alert: Alert, state: SessionState) -> str:
    """Return what it is about in one line: a call as the log shows it, or the agent's words in quotation marks."""
    if alert.call:
        target = target_of(alert.call, state.folder)
        tool = "" if alert.call.kind in _NAMED_BY_TARGET else f"{alert.call.tool} "
        return one_line(f"{tool}{target.prefix}{target.text}{target.suffix}")
    if alert.kind is AlertKind.DONE:
        return f"“{words}”" if (words := spoken_line(alert.text)) else ""
    return one_line(alert.text)


def age(alert: Alert, now: int) -> str:
    """Return its exact age: ``3m40s``; empty below a second."""
    return next(iter(duration_forms(max(0, now - alert.since))), "")


def name_beside(state: SessionState, displayed: SessionState | None) -> str:
    """Return the name of a session in one line; if the displayed one has the same, with its agent or id."""
    name = one_line(session_name(state))
    if displayed is None or state.key == displayed.key or name != one_line(session_name(displayed)):
        return name
    other = state.key.source if state.key.source != displayed.key.source else state.key.id[:8]
    return f"{name} ({one_line(other)})"


def sentence(alert: Alert, state: SessionState) -> str:
    """Return an alert as one line that never begins with a dash: ``shop waits for you: Which port?``"""
    about = subject(alert, state)
    text = f"{one_line(session_name(state))} {predicate(alert)}" + (f": {about}" if about else "")
    return cut_end(f"⚠ {text}" if text.startswith("-") else text, MAX_SENTENCE)


def budget_sentence(alert: BudgetAlert) -> str:
    """Return an alert about a budget of many sessions as one line."""
    return cut_end(one_line(alert.text), MAX_SENTENCE)


def others_text(sessions: Iterable[SessionState], displayed: SessionState, now: int) -> str:
    """Return what the other living sessions do: ``docs works``, ``3 others: 2 works · 1 done``; empty without any."""
    activities: dict[SessionKey, tuple[SessionState, str]] = {}
    for state in sessions:
        word = _ACTIVITIES.get(status(state, now).word)
        if word and state.key != displayed.key:
            activities[state.key] = (state, word)
    if len(activities) == 1:
        ((state, word),) = activities.values()
        return f"{name_beside(state, displayed)}: {word}"
    words = [word for _, word in activities.values()]
    counts: Mapping[str, int] = {word: words.count(word) for word in _ACTIVITIES.values() if word in words}
    parts = " · ".join(f"{count} {word}" for word, count in counts.items())
    return f"{len(words)} others: {parts}" if words else ""


def summary(alerts: Sequence[Alert], states: Mapping[SessionKey, SessionState]) -> str:
    """Return the most urgent of several alerts as a sentence, and how many more there are."""
    first, *more = alerts
    text = cut_end(sentence(first, states[first.session]), SHORT_SENTENCE)
    return f"{text} (and {pluralize(len(more), 'more alert')})" if more else text
