"""Turns: their ends, and failed requests to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import FINAL_AFTER_MS, RetryUpdate, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.prompts import passages
from tui_monitor.sources.shared.announcements import announces, introduces, is_english
from tui_monitor.sources.shared.fields import count, number, table, text
from tui_monitor.sources.shared.reset_time import reset_time

_CONCLUDING_MS = 3_000
"""An English text that announces nothing was the last one if nothing follows so soon: of 90 such texts 70 were, and
what followed 15 of the others came sooner."""
_QUICK_FINAL_MS = 5_000
_STATED_END_MS = 120_000
_LONG_TURN_MS = 30_000
_SEPARATE_UNTIL = (2,)
"""Up to this version what follows a text comes within seconds: of 28 texts none was followed later than that."""
_STATES_END_FROM, _STATES_END_UNTIL = (2, 1, 36), (2, 1, 196)
"""Versions that write the end of each turn of more than 30 s, a second after its last text. Later ones state it in the
answer itself."""
_LIMIT = re.compile(r"\b(?:usage |session |weekly )?limit reached\b|\bhit your \S* ?limit\b", re.IGNORECASE)


@dataclass(slots=True)
class TurnTracker:
    """The state of the main chain's turn, whose end may be written on several lines, as that of the session may be
    (``is_left``). It began at ``began_at`` (epoch ms)."""

    is_busy: bool = False
    is_left: bool = False
    began_at: int = 0

    def activity(self, line: ClaudeLine) -> None:
        """Record a prompt, an answer or a result."""
        if line.is_main and not self.is_busy:
            self.is_busy, self.began_at = True, line.at
        self.is_left = False

    def final_after_ms(self, line: ClaudeLine, block: Record, version: tuple[int, ...]) -> int | None:
        """Return the silence after which a text or thought was likely the last one of its turn; see `AgentMessage`."""
        words = text(block.get("text")).rstrip()
        is_stated = line.message.get("stop_reason") == "tool_use"
        if not words or introduces(words) or is_stated:
            return None
        states_end = _STATES_END_FROM <= version <= _STATES_END_UNTIL
        if states_end and self.is_busy and line.at - self.began_at > _LONG_TURN_MS:
            return _STATED_END_MS
        if not is_english(words):
            return _QUICK_FINAL_MS if () < version < _SEPARATE_UNTIL else FINAL_AFTER_MS
        return FINAL_AFTER_MS if announces(words) else _CONCLUDING_MS

    def go_on(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """Go on with the turn after its answer: a hook asks for more."""
        if line.is_main:
            self.activity(line)
            yield TurnUpdate(**line.fields, turn=Turn.STARTED)

    def finish(
        self, line: ClaudeLine, duration_ms: int | None = None, pending: int | None = None
    ) -> Iterator[TurnUpdate]:
        """End the turn: the agent has answered, and ``pending`` agents and workflows run on in the background; None if
        the line does not say."""
        if line.is_main and (self.is_busy or duration_ms is not None):
            self.is_busy = False
            yield TurnUpdate(**line.fields, turn=Turn.DONE, duration_ms=duration_ms, pending=pending)

    def fail(self, line: ClaudeLine, reason: str) -> TurnUpdate:
        """End the turn without an answer."""
        self.is_busy = False
        return TurnUpdate(**line.fields, turn=Turn.FAILED, reason=reason)

    def interrupt(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the turn: a person stopped it."""
        self.is_busy = self.is_busy and not line.is_main
        yield TurnUpdate(**line.fields, turn=Turn.INTERRUPTED)

    def end_session(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the session: a person left the program."""
        self.is_busy, self.is_left = False, True
        yield TurnUpdate(**line.fields, turn=Turn.SESSION_ENDED)

    def leave(self, line: ClaudeLine) -> Iterator[TurnUpdate]:
        """End the session, unless its last lines have said so: the program saves what it knows when it leaves it."""
        if not self.is_left:
            yield from self.end_session(line)


def retry(line: ClaudeLine) -> RetryUpdate:
    """Return the update for a failed request that is repeated."""
    error = table(line.record.get("error"))
    return RetryUpdate(
        **line.fields,
        reason=_reason(error) or _reason(table(line.record.get("cause"))) or "API error",
        attempt=count(line.record.get("retryAttempt")),
        attempts=count(line.record.get("maxRetries")),
        wait_ms=count(line.record.get("retryInMs")),
        status=number(error.get("status")),
    )


def abandoned_request(line: ClaudeLine) -> RetryUpdate:
    """Return the update for a request that failed finally; the error is written in place of the answer."""
    answer = "\n".join(passages(line.message.get("content")))
    kind = text(line.record.get("error"))
    reason = answer or kind or "API error"
    is_rate_limit = kind == "rate_limit" or bool(_LIMIT.search(answer))
    return RetryUpdate(
        **line.fields,
        reason=reason,
        status=number(line.record.get("apiErrorStatus")),
        is_rate_limit=is_rate_limit,
        resets_at=reset_time(answer, line.at) if is_rate_limit else 0,
    )


def _reason(error: Record) -> str:
    """Return the innermost message of nested errors, else the code."""
    reason = ""
    while error:
        reason = text(error.get("message")) or text(error.get("code")) or reason
        error = table(error.get("error"))
    return reason
