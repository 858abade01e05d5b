"""``watch --plain``: one line for each event, and for each state that somebody should know of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui_monitor.cli.alert_caller import AlertCaller
from tui_monitor.cli.follow import follow
from tui_monitor.cli.follower import SessionFollower
from tui_monitor.cli.output import write_at_once
from tui_monitor.cli.plain_text import budget_line, entry_line, state_line
from tui_monitor.cli.run_context import RunContext
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.terminal import is_ascii_only
from tui_monitor.events import (
    MAIN,
    CallFinished,
    CompactionUpdate,
    Event,
    Prompt,
    RetryUpdate,
    SessionKey,
    Turn,
    TurnUpdate,
)
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.entries import Entry, Mark
from tui_monitor.live.liveness import SECOND
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord, status
from tui_monitor.sources.discovery.expand import STANDARD_INPUT
from tui_monitor.tui.tones import to_ascii

MAX_PRINTED = 1000
"""Calls of a session that are remembered as printed, the last ones."""

_PATIENCE_MS = {
    StatusWord.WAITS: 0,
    StatusWord.STUCK: 0,
    StatusWord.FAILED: 0,
    StatusWord.RATE_LIMITED: 0,
    StatusWord.HELD: 10 * SECOND,
    StatusWord.COMPACTING: 0,
    StatusWord.WORKING: 5 * SECOND,
    StatusWord.INTERRUPTED: 0,
    StatusWord.DONE: 0,
    StatusWord.ENDED: 0,
}
"""How long a state must last before it is worth a line; the others are none."""
_NEEDING = (StatusWord.WAITS, StatusWord.STUCK, StatusWord.FAILED, StatusWord.RATE_LIMITED, StatusWord.HELD)
"""States whose end is worth a line."""
_GOING_ON = (StatusWord.WORKING, StatusWord.THINKING)
_BEHIND = (StatusWord.BEHIND, StatusWord.READING)
_ENDS = {
    Turn.DONE: StatusWord.DONE,
    Turn.INTERRUPTED: StatusWord.INTERRUPTED,
    Turn.FAILED: StatusWord.FAILED,
    Turn.SESSION_ENDED: StatusWord.ENDED,
}


def print_events(paths: Sequence[str], store: str, no_store: bool, interval: float | None) -> int:
    """Print what happens in the sessions at ``paths``, else in all live ones, at most once in ``interval`` seconds.

    Return the exit status. Raises as `follow` does.
    """
    return follow(paths, store, no_store, interval, lambda context: PlainWriter(context, paths, now_ms()))


def is_worth_a_line(current: Status, before: Status | None, now: int) -> bool:
    """Return True if a state should be said, given the one that was said last (None: none yet)."""
    if current.word in _BEHIND:
        return False
    if before is None:
        return True
    if current.word is before.word:
        is_other_call = current.word is StatusWord.WORKING and current.call is not before.call
        is_other_wait = current.word is StatusWord.WAITS and current.since > before.since
        if not (is_other_call or is_other_wait):
            return False
    if before.word in _NEEDING and current.word in _GOING_ON:
        return True
    patience = _PATIENCE_MS.get(current.word)
    return patience is not None and now - current.since >= patience


class PlainWriter:
    """Writes a line for each event since ``started`` (epoch ms), and for each state.

    With paths it is each event that comes after what was there at the start; from a pipe it is every one.
    """

    def __init__(self, context: RunContext, paths: Sequence[str], started: int) -> None:
        self._is_ascii = context.config.display.ascii or is_ascii_only()
        self._has_paths = bool(paths)
        self._reads_pipe = str(STANDARD_INPUT) in paths
        self._started = started
        self._lines: list[str] = []
        self._printed: dict[SessionKey, dict[str, None]] = {}
        self._said: dict[SessionKey, Status] = {}
        self._caller = AlertCaller(AlertSettings.of(context.config), started)

    def note(self, follower: SessionFollower, events: Iterable[Event], *, is_backlog: bool) -> None:
        """Take note of events that were just applied; of those in the backlog they were there at the start."""
        now = now_ms()
        for event in events:
            state = follower.live.sessions.get(event.session)
            if state and self._is_new(event, is_backlog=is_backlog):
                self._lines.extend(entry_line(entry, state, now) for entry in self._entries(event, state))
                self._note_turn(event, state, now)

    def write(self, follower: SessionFollower) -> None:
        """Write the lines of the events since the last call, and of the states that have changed."""
        now = now_ms()
        for state in follower.sessions():
            current = status(state, now, follower.lag(state.key))
            if is_worth_a_line(current, self._said.get(state.key), now):
                self._say(current, state, now)
        self._lines.extend(budget_line(alert, now) for alert in self._caller.update(follower, now))
        text = "".join(f"{line}\n" for line in self._lines)
        self._lines = []
        if text:
            write_at_once(to_ascii(text) if self._is_ascii else text)

    def close(self) -> None:
        """Wait a moment for alerts that are being sent."""
        self._caller.close()

    def _is_new(self, event: Event, *, is_backlog: bool) -> bool:
        if self._reads_pipe:
            return True
        return not is_backlog if self._has_paths else event.at >= self._started

    def _entries(self, event: Event, state: SessionState) -> Iterator[Entry]:
        """Yield what an event is a line of: a call that it ended, a mark that it made."""
        if isinstance(event, CallFinished):
            call = state.log.get(event.call)
            printed = self._printed.setdefault(state.key, {})
            if call and call.state.ended and call.id not in printed:
                printed[call.id] = None
                if len(printed) > MAX_PRINTED:
                    del printed[next(iter(printed))]
                yield call
        elif event.agent == MAIN and isinstance(event, Prompt | CompactionUpdate | RetryUpdate):
            marks = (entry for entry in reversed(state.log.entries) if isinstance(entry, Mark) and entry.at == event.at)
            yield from [mark for mark in [next(marks, None)] if mark]

    def _note_turn(self, event: Event, state: SessionState, now: int) -> None:
        """Say the end of a turn, or of the session, at once: the next one may begin before the state is looked at."""
        if isinstance(event, Prompt) and event.agent == MAIN:
            self._said[state.key] = Status(StatusWord.THINKING, event.at, "")
        if not isinstance(event, TurnUpdate) or event.agent != MAIN or event.turn not in _ENDS:
            return
        word = _ENDS[event.turn]
        before = self._said.get(state.key)
        if before is None or before.word is not word or before.since != event.at:
            self._say(Status(word, event.at, "", subject=event.reason), state, event.at)

    def _say(self, current: Status, state: SessionState, at: int) -> None:
        self._said[state.key] = current
        self._lines.append(state_line(current, state, at))
