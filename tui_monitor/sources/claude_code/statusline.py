"""What Claude Code hands to a statusline command: the cost of the session, and how full its context is, exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import PICO, ContextUpdate, Event, RateLimitUpdate, SessionTotalUpdate, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.context import compaction_rule
from tui_monitor.sources.claude_code.line import Line, in_transcripts
from tui_monitor.sources.claude_code.session import Facts
from tui_monitor.sources.shared.fields import as_json, count, number, put_bounded, seconds_to_epoch_ms, table, text

_TELLER = "statusline"
_MAX_SESSIONS = 64
_MAX_DOLLARS = 1_000_000
_MINUTES = {"five_hour": 5 * 60, "seven_day": 7 * 24 * 60}
"""The windows of the person's plan, with their lengths."""


def is_status(record: Record) -> bool:
    """Whether a record is the payload of a statusline."""
    return "session_id" in record and "type" not in record and isinstance(record.get("cost"), dict)


@dataclass(slots=True)
class Known:
    """What was told last of a session: so many processes, and what the present one has cost (picodollars)."""

    run: int = 1
    cost: int = -1
    context: list[int | None] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)


class StatuslineParser:
    """Reads payloads of a statusline, of any number of sessions; only news is told."""

    def __init__(self, path: Path, state: str) -> None:
        kept: Record = json.loads(state) if state else {}
        self._facts = Facts(**kept.get("facts", {}))
        self._known = {session: Known(**known) for session, known in kept.get("known", {}).items()}

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one payload; see `tui_monitor.sources.base.Parser`."""
        line = self._facts.receive(record, ref, agent="")
        known = self._known.get(line.where["session"].id) or Known()
        put_bounded(self._known, line.where["session"].id, known, _MAX_SESSIONS)
        yield from self._facts.tell(
            line,
            path=record.get("transcript_path"),
            cwd=record.get("cwd"),
            version=record.get("version"),
            title=record.get("session_name"),
        )
        yield from _total(line, known)
        yield from _context(line, known)
        yield from _limits(line, known)

    def state(self) -> str:
        """What is needed to go on from here."""
        return as_json({"facts": self._facts, "known": self._known})


def _total(line: Line, known: Known) -> Iterator[SessionTotalUpdate]:
    """What the process has cost so far: a total that falls is that of another one."""
    dollars = line.record["cost"].get("total_cost_usd")
    if not isinstance(dollars, int | float) or not 0 <= dollars < _MAX_DOLLARS:
        return
    cost = round(dollars * PICO)
    if cost != known.cost:
        known.run += cost < known.cost
        known.cost = cost
        yield SessionTotalUpdate(**line.where, cost=cost, run=f"{_TELLER}:{known.run}")


def _context(line: Line, known: Known) -> Iterator[ContextUpdate]:
    """How full the window is; where nothing is in it by this, it is not known until the next response."""
    window = table(line.record.get("context_window"))
    sent = table(window.get("current_usage"))
    tokens = sum(
        count(sent.get(name)) for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    )
    told = [tokens, number(window.get("context_window_size"))]
    if tokens and told != known.context:
        known.context = told
        model = in_transcripts(text(table(line.record.get("model")).get("id")))
        rule = compaction_rule(text(line.record.get("version")))
        yield ContextUpdate(**line.where, tokens=tokens, limit=told[1], model=model, compaction_rule=rule)


def _limits(line: Line, known: Known) -> Iterator[RateLimitUpdate]:
    for name, minutes in _MINUTES.items():
        told = table(table(line.record.get("rate_limits")).get(name))
        used, resets = told.get("used_percentage"), number(told.get("resets_at"))
        if used is not None and number(used) is not None and used != known.limits.get(name):
            known.limits[name] = used
            yield RateLimitUpdate(
                **line.where,
                name=name.replace("_", " "),
                used_percent=float(used),
                window_minutes=minutes,
                resets_at=resets and seconds_to_epoch_ms(resets),
            )
