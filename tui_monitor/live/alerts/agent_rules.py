"""Alerts about what an agent does: it waits, is stuck, has failed, is silent, is done."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import CallState, ToolKind, Turn
from tui_monitor.live.alerts.model import Alert, AlertKind, AlertSettings
from tui_monitor.live.liveness import SECOND, is_in_hook
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord
from tui_monitor.live.status.ending import IDLE_MS, SILENT_MS, SURE_MS
from tui_monitor.live.status.stuck import DEFAULT_TIMEOUT_MS, GRACE_MS, ended_newest_first

RECENT_CALLS = 10
"""Calls among which failures are counted."""
FEW_FAILURES = 1
"""Failures among them at which an agent no longer counts as failing."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A session at ``now`` (epoch ms), its status, and when a person looked at it last (0: never)."""

    state: SessionState
    status: Status
    now: int
    settings: AlertSettings
    looked_at: int = 0

    def has_lasted(self, seconds: int) -> bool:
        """Return True if the status is at least so old."""
        return self.now - self.status.since >= seconds * SECOND

    def alert(self, kind: AlertKind, since: int, text: str, level: int = 1) -> Alert:
        """Return an alert that is certain."""
        return Alert(kind, self.state.key, since, text, level=level)

    def status_alert(self, kind: AlertKind) -> Alert:
        """Return an alert about the status."""
        status = self.status
        text = status.subject or status.evidence
        return Alert(kind, self.state.key, status.since, text, status.certain, call=status.call)


def waiting(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to an agent that waits for a person, or likely does: a call that is held may wait for an approval."""
    status, thresholds = situation.status, situation.settings.thresholds
    if status.word is StatusWord.WAITS:
        patience = thresholds.waiting if status.certain else thresholds.waiting_likely
    elif status.word is StatusWord.HELD and status.call:
        patience = thresholds.held_in_hook if is_in_hook(status.call) else thresholds.held
    else:
        return None
    goes_on = before is not None and (status.since <= before.since or status.call is before.call is not None)
    return situation.status_alert(AlertKind.WAITING) if goes_on or situation.has_lasted(patience) else None


def stuck(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to an agent that gets nowhere."""
    return situation.status_alert(AlertKind.STUCK) if situation.status.word is StatusWord.STUCK else None


def api_error(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to a turn that ended with an error of the model's provider."""
    return situation.status_alert(AlertKind.API_ERROR) if situation.status.word is StatusWord.FAILED else None


def rate_limited(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to a used-up limit."""
    is_limited = situation.status.word is StatusWord.RATE_LIMITED
    return situation.status_alert(AlertKind.RATE_LIMITED) if is_limited else None


def silent(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to an agent without a sign of life, while it may still come back: later on it counts as ended."""
    status, now = situation.status, situation.now
    if status.word is not StatusWord.UNKNOWN or not status.since or now - situation.state.last_at > SILENT_MS:
        return None
    call = status.call
    if call is None:
        is_late = situation.has_lasted(situation.settings.thresholds.silent)
    else:
        timeout_ms = DEFAULT_TIMEOUT_MS if call.timeout_ms is None else call.timeout_ms + GRACE_MS
        is_late = call.kind is ToolKind.SHELL and now - max(call.started, call.progress_at) >= timeout_ms
    return situation.status_alert(AlertKind.SILENT) if is_late else None


def done(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to the end of a long turn, until somebody looks at the session. Its process may end with it."""
    status, state = situation.status, situation.state
    is_ended = status.word is StatusWord.ENDED
    ended_at = _turn_ended_at(situation) if is_ended else status.since
    is_over = status.word is StatusWord.DONE or (is_ended and _ended_at_work(situation, ended_at, before))
    is_over = is_over or (status.word is StatusWord.IDLE and before is not None)
    is_sure = status.certain or situation.now - status.since >= SURE_MS
    if not is_over or not is_sure or situation.looked_at >= ended_at:
        return None
    since = before.since if before else ended_at
    took_ms = since - (state.main_chain.last_prompt_at or state.started)
    if took_ms < situation.settings.thresholds.done * SECOND:
        return None
    return Alert(AlertKind.DONE, state.key, since, state.last_message, status.certain)


def _ended_at_work(situation: Situation, ended_at: int, before: Alert | None) -> bool:
    """Return True if the session's end is news, and no person has made it by an interruption."""
    is_news = before is not None or situation.now - ended_at <= IDLE_MS
    return situation.status.certain and is_news and situation.state.main_chain.turn_end is not Turn.INTERRUPTED


def _turn_ended_at(situation: Situation) -> int:
    """Return the end of the last turn of a session that has ended: its process may have lived on for long."""
    chain = situation.state.main_chain
    last_at = max(chain.last_prompt_at, chain.last_result_at, chain.last_output_at)
    if chain.turn_end_at >= last_at:
        return chain.turn_end_at or situation.status.since
    return last_at if chain.last_text_at == last_at else situation.status.since


def failing(situation: Situation, before: Alert | None) -> Alert | None:
    """Alert to many failures among the last calls of the main chain; what a person refused, and slips of the agent
    itself, do not count."""
    if situation.status.word in (StatusWord.ENDED, StatusWord.IDLE, StatusWord.UNKNOWN):
        return None
    calls = list(ended_newest_first(situation.state, RECENT_CALLS))
    failed = [call for call in calls if call.state is CallState.FAILED]
    least = FEW_FAILURES + 1 if before else situation.settings.thresholds.failures
    if len(failed) < max(least, 1):
        return None
    since = before.since if before else failed[0].ended
    text = f"{len(failed)} of the last {len(calls)} calls failed"
    return situation.alert(AlertKind.FAILING, since, text)
