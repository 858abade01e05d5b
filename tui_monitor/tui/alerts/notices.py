"""What stands at the left of the key line: a fault, who needs you, progress, or what the other sessions do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import USED_UP, Alert, AlertKind, BudgetAlert, recent_sessions
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.texts import age, budget_sentence, name_beside, others_text, predicate, subject
from tui_monitor.tui.header.labels import fault_text, history_text, progress_spans
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, to_width, width_of

SHORTEST_SUBJECT = 8
"""Cells below which a subject is left out instead of cut."""

_TONES = {
    AlertKind.STUCK: Tone.FAILED,
    AlertKind.API_ERROR: Tone.FAILED,
    AlertKind.RATE_LIMITED: Tone.FAILED,
    AlertKind.DONE: Tone.PROMPT,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that fits any width: the subject is cut first. ``action`` runs when it is clicked."""

    head: Spans = ()
    subject: str = ""
    tail: Spans = ()
    more: Spans = ()
    action: str = ""

    def __bool__(self) -> bool:
        return bool(self.head)

    def spans(self, width: int) -> Spans:
        """Return it in at most ``width`` cells."""
        if not self.head:
            return ()
        room = width - width_of((*self.head, *self.tail, *self.more)) - 1
        if self.subject and room >= min(SHORTEST_SUBJECT, cell_len(self.subject)):
            words = TextSpan(" " + cut_end(self.subject, room))
            return (*self.head, words, *self.tail, *self.more)
        for parts in ((*self.head, *self.tail, *self.more), (*self.head, *self.tail), self.head):
            if width_of(parts) <= width:
                return parts
        return to_width(self.head, width)


NO_NOTICE = Notice()


def most_important_notice(
    alerts: Sequence[Alert],
    states: Mapping[SessionKey, SessionState],
    displayed: SessionState,
    feed_status: FeedStatus,
    now: int,
    budgets: Sequence[BudgetAlert] = (),
) -> Notice:
    """Return the most important line that the status bar does not show at ``now`` (epoch ms); ``budgets`` are alerts of
    periods."""
    if fault := fault_text(feed_status):
        return fault_notice(fault)
    if notice := alert_notice(alerts, states, displayed, now) or terminal_notice(alerts, displayed):
        return notice
    if notice := budget_notice(budgets):
        return notice
    if progress := progress_spans(feed_status):
        return Notice(progress)
    history = (TextSpan(text, Tone.DIM),) if (text := history_text(feed_status)) else ()
    if text := others_text(recent_sessions(states.values(), now), displayed, now):
        more = (TextSpan("  "), *history) if history else ()
        return Notice((TextSpan(text, Tone.DIM),), tail=_key("s"), more=more, action="sessions")
    return Notice(history)


def budget_notice(budgets: Sequence[BudgetAlert]) -> Notice:
    """Return a notice about the first budget that is used up."""
    used_up = [alert for alert in budgets if alert.level >= USED_UP]
    more = (TextSpan(f" +{len(used_up) - 1}", Tone.DOUBT),) if len(used_up) > 1 else ()
    return Notice((TextSpan("⚠", Tone.DOUBT),), budget_sentence(used_up[0]), more=more) if used_up else NO_NOTICE


def fault_notice(text: str) -> Notice:
    """Return a notice about a fault."""
    return Notice((TextSpan("⚠", Tone.DOUBT),), text)


def terminal_notice(alerts: Sequence[Alert], displayed: SessionState) -> Notice:
    """Return the way to the terminal of the displayed session, if that needs somebody and its process is known."""
    if displayed.process is None or all(not a.needs_person or a.session != displayed.key for a in alerts):
        return NO_NOTICE
    return Notice((TextSpan("its terminal"),), tail=_key("A"), action="terminal")


def alert_notice(
    alerts: Sequence[Alert], states: Mapping[SessionKey, SessionState], displayed: SessionState, now: int
) -> Notice:
    """Return a notice about the most urgent alert that the displayed session does not show itself, how many other
    sessions need somebody, and the key that goes there."""
    shown = [alert for alert in alerts if _is_worth_a_line(alert, displayed.key)]
    if not shown:
        return NO_NOTICE
    first = shown[0]
    waiting = {alert.session for alert in shown if alert.needs_person} - {first.session}
    is_other = first.session != displayed.key
    name = name_beside(states[first.session], displayed) if is_other else "it"
    about = subject(first, states[first.session])
    head = f"⚠ {name} {predicate(first)}" + (":" if about else "")
    when = (TextSpan(f" {text}", Tone.TEXT),) if (text := age(first, now)) else ()
    key = _key("a") if is_other else ()
    more = (TextSpan(f" +{len(waiting)}", Tone.DOUBT),) if waiting else ()
    return Notice((TextSpan(head, _tone(first)),), about, (*when, *key), more, "attend" if is_other else "")


def _is_worth_a_line(alert: Alert, displayed: SessionKey) -> bool:
    if alert.kind is AlertKind.FAILING or (alert.kind is AlertKind.BUDGET and alert.level >= USED_UP):
        return True
    return alert.needs_person and alert.session != displayed


def _tone(alert: Alert) -> Tone:
    if alert.kind is AlertKind.WAITING and alert.certain:
        return Tone.WAITS
    return _TONES.get(alert.kind, Tone.DOUBT)


def _key(key: str) -> Spans:
    return (TextSpan(" ["), TextSpan(key, Tone.KEY), TextSpan("]"))
