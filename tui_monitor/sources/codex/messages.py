"""The course of a Codex thread apart from its calls: prompts, words, turns, compactions, plans, failed requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tui_monitor.events import AgentMessage, CompactionUpdate, Event, PlanUpdate, Prompt, RetryUpdate, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import Line, Twice, digest, first_text, text_of
from tui_monitor.sources.shared.fields import number, table, tables

_ATTEMPT = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_LONGEST_ERROR = 1000
_WRAPPERS = ("environment_context", "user_instructions")


class Talk:
    """What is said and decided in one thread, each thing once. ``last_at`` is the time of the last line: there a turn
    ended whose end is not written."""

    def __init__(self, twice: Twice, state: dict[str, Any]) -> None:
        self._twice = twice
        self._open: bool = state.get("open", False)
        self._marked: bool = state.get("marked", False)
        self._error: str = state.get("error", "")
        self.last_at: int = state.get("last_at", 0)

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            "open": self._open,
            "marked": self._marked,
            "error": self._error,
            "last_at": self.last_at,
        }

    def prompt(self, teller: str, payload: Record, line: Line) -> Iterator[Event]:
        """A person's message. Files that do not mark turns begin one with it."""
        text = first_text([payload.get("message")]) or text_of(payload.get("content"))
        text = text or ("[image]" if payload.get("images") or payload.get("local_images") else "")
        if not text or payload.get("kind") in _WRAPPERS or not self._twice.is_news(teller, digest(text)):
            return
        if not self._marked:
            yield from self._begin(line)
        yield Prompt(session=line.session, at=line.at, text=text)

    def said(self, teller: str, text: str, line: Line, *, thinking: bool = False) -> Iterator[Event]:
        """The agent's words."""
        if text.strip() and self._twice.is_news(teller, digest(text)):
            yield AgentMessage(session=line.session, at=line.at, text=text, thinking=thinking)

    def began(self, line: Line) -> Iterator[Event]:
        """A turn begins."""
        self._marked = True
        self._twice.turn()
        yield from self._begin(line)

    def done(self, payload: Record, line: Line) -> Iterator[Event]:
        """A turn ended by itself; one that ended in an error and without a word failed."""
        error, self._error = self._error, ""
        failed = bool(error) and not payload.get("last_agent_message")
        yield from self._end(Turn.FAILED if failed else Turn.DONE, error if failed else "", payload, line)

    def aborted(self, payload: Record, line: Line) -> Iterator[Event]:
        """A turn was stopped; a review that is over stops its turn, too."""
        reason = str(payload.get("reason") or "")
        turn = Turn.DONE if reason == "review_ended" else Turn.INTERRUPTED
        yield from self._end(turn, reason, payload, line)

    def compacted(self, teller: str, before: int | None, line: Line) -> Iterator[Event]:
        """The context was compacted: a line and an event tell it."""
        if self._twice.is_news(teller, ""):
            yield CompactionUpdate(session=line.session, at=line.at, before=before)

    def failed(self, payload: Record, line: Line, *, tried_again: bool) -> Iterator[Event]:
        """A request to the model failed."""
        told = retry(payload, line, tried_again=tried_again)
        self._error = self._error if tried_again else told.reason[:_LONGEST_ERROR]
        yield told

    def _begin(self, line: Line) -> Iterator[Event]:
        if self._open:
            yield TurnUpdate(session=line.session, at=self.last_at, turn=Turn.DONE, reason="no end was written")
        self._open, self._error = True, ""
        yield TurnUpdate(session=line.session, at=line.at, turn=Turn.STARTED)

    def _end(self, turn: Turn, reason: str, payload: Record, line: Line) -> Iterator[Event]:
        self._open = False
        duration_ms = number(payload.get("duration_ms"))
        yield TurnUpdate(session=line.session, at=line.at, turn=turn, duration_ms=duration_ms, reason=reason)


def retry(payload: Record, line: Line, *, tried_again: bool) -> RetryUpdate:
    """A failed request; how long is waited until it is tried again is not told."""
    reason = str(payload.get("message") or "")
    attempt = _ATTEMPT.search(reason) if tried_again else None
    return RetryUpdate(
        session=line.session,
        at=line.at,
        reason=reason,
        attempt=int(attempt[1]) if attempt else 0,
        attempts=int(attempt[2]) if attempt else 0,
        wait_ms=0 if tried_again else None,
        status=_status(payload.get("codex_error_info")),
    )


def plan(told: object, line: Line) -> Iterator[Event]:
    """The agent's list of steps: ``[{"step": …, "status": "pending" | "in_progress" | "completed"}]``."""
    if isinstance(told, list):
        steps = list(tables(told))
        done = sum(step.get("status") == "completed" for step in steps)
        now = first_text(step.get("step") for step in steps if step.get("status") == "in_progress")
        yield PlanUpdate(session=line.session, at=line.at, done=done, total=len(steps), now=now)


def _status(info: object) -> int | None:
    """The HTTP status in ``{"<kind of error>": {"http_status_code": …}}``."""
    found = (number(table(kind).get("http_status_code")) for kind in table(info).values())
    return next((status for status in found if status), None)
