"""Payloads of a statusline command: the cost of the session, its exact context, and plan limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import ContextUpdate, Event, RateLimitUpdate, SessionTotalUpdate, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.context import context_update
from tui_monitor.sources.claude_code.line import ClaudeLine, transcript_model
from tui_monitor.sources.claude_code.session import SessionTracker
from tui_monitor.sources.claude_code.totals import continues, is_priced
from tui_monitor.sources.shared.fields import (
    as_json,
    count,
    number,
    put_bounded,
    reset_to_epoch_ms,
    table,
    text,
    to_picodollars,
)

_REPORTER = "statusline"
_MAX_SESSIONS = 64
_SENT_TOKENS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_LIMIT_MINUTES = {"five_hour": 5 * 60, "seven_day": 7 * 24 * 60}
"""Lengths of the rate-limit windows of the person's plan."""


def is_status(record: Record) -> bool:
    """Return True for the payload of a statusline."""
    return "session_id" in record and "type" not in record and isinstance(record.get("cost"), dict)


@dataclass(slots=True)
class StatuslineSession:
    """The last values of a session. ``run`` counts its processes, ``cost`` is that of the present one (picodollars)."""

    run: int = 1
    cost: int = -1
    context: list[int | None] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)


class StatuslineParser:
    """Parses payloads of a statusline, of any number of sessions; only changes are emitted."""

    def __init__(self, path: Path, state: str) -> None:
        saved: Record = json.loads(state) if state else {}
        self._tracker = SessionTracker(**saved.get("tracker", {}))
        self._sessions = {name: StatuslineSession(**last) for name, last in saved.get("sessions", {}).items()}

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one payload; see `tui_monitor.sources.base.Parser`."""
        line = self._tracker.payload_line(record, ref, agent="")
        session = self._sessions.get(line.session.id) or StatuslineSession()
        put_bounded(self._sessions, line.session.id, session, _MAX_SESSIONS)
        yield from self._tracker.update(
            line,
            path=record.get("transcript_path"),
            cwd=record.get("cwd"),
            version=record.get("version"),
            title=record.get("session_name"),
        )
        yield from _total(line, session, is_dated=self._tracker.is_dated)
        yield from _context(line, session)
        yield from _limits(line, session)

    def state(self) -> str:
        """Return everything needed to go on."""
        return as_json({"tracker": self._tracker, "sessions": self._sessions})


def _total(line: ClaudeLine, session: StatuslineSession, *, is_dated: bool) -> Iterator[SessionTotalUpdate]:
    """Yield the cost so far, of the process or (later versions) of all: a lower total than before is another's."""
    model = text(table(line.record.get("model")).get("id"))
    cost = to_picodollars(line.record["cost"].get("total_cost_usd"))
    if cost is None or (model and not is_priced(model)):
        return
    if cost != session.cost:
        session.run += cost < session.cost
        session.cost = cost
        yield SessionTotalUpdate(
            **line.fields,
            cost=cost,
            run=f"{_REPORTER}:{session.run}",
            until=line.at + 1 if is_dated else 0,
            inherits=continues(text(line.record.get("version"))),
        )


def _context(line: ClaudeLine, session: StatuslineSession) -> Iterator[ContextUpdate]:
    """Yield the occupancy of the window; zero tokens mean that it is unknown until the next response."""
    window = table(line.record.get("context_window"))
    usage = table(window.get("current_usage"))
    tokens, limit = sum(count(usage.get(name)) for name in _SENT_TOKENS), number(window.get("context_window_size"))
    if tokens and [tokens, limit] != session.context:
        session.context = [tokens, limit]
        model = transcript_model(text(table(line.record.get("model")).get("id")))
        yield context_update(line, tokens, limit, model)


def _limits(line: ClaudeLine, session: StatuslineSession) -> Iterator[RateLimitUpdate]:
    for name, minutes in _LIMIT_MINUTES.items():
        limit = table(table(line.record.get("rate_limits")).get(name))
        used = limit.get("used_percentage")
        if used is not None and number(used) is not None and used != session.limits.get(name):
            session.limits[name] = used
            yield RateLimitUpdate(
                **line.fields,
                name=name.replace("_", " "),
                used_percent=float(used),
                window_minutes=minutes,
                resets_at=reset_to_epoch_ms(limit.get("resets_at")),
            )
