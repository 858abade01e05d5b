"""The history that a thread inherits from another one: which lines of its file are copies.

A fork or a sub-agent may begin with a copy of its parent's lines, mostly under new times. From 0.150 on line numbers
say where the copy ends, from 0.154 on forks copy nothing. Before, the ids of turns do: their first bits are a time,
that of a copied turn is before the thread's own. Files whose ids have no time are judged by the times of their lines.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import first_text
from tui_monitor.sources.shared.fields import count, stated_time, table, text


class LineProvenance(StrEnum):
    """The thread that wrote a line first."""

    OWN = "own"
    COPIED = "copied"
    UNKNOWN = "unknown"


_UUID_7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_MAX_SKEW_MS = 60_000
"""The id of a thread is as old as its first line, give or take this much; else its time means nothing."""
_MAX_PAUSE_MS = {LineProvenance.COPIED: 60_000, LineProvenance.UNKNOWN: 1000}
"""A copy is written at once: a longer pause comes after it, if there is one."""
_BURST_MS = 50
"""No model answers twice in so short a time: such responses are copies."""
_TURN_ENDS = ("task_complete", "turn_complete", "turn_aborted")


@dataclass(slots=True)
class InheritedHistory:
    """Judges the lines of one file in their order. Times are epoch ms.

    ``origin`` is that of the last line, ``usual`` that of lines that do not show theirs, ``created`` the time of the
    thread and ``id_time`` that in its id (0: none), ``started`` and ``last_at`` the times of the first and the last
    line, ``start_ordinal`` the number of the first own line (0: unknown). ``keeps_times``: copies have the times of the
    originals. ``last_count``: time and sum of tokens of the last response.
    """

    origin: LineProvenance = LineProvenance.OWN
    usual: LineProvenance = LineProvenance.OWN
    created: int = 0
    id_time: int = 0
    started: int = 0
    last_at: int = 0
    start_ordinal: int = 0
    keeps_times: bool = False
    last_count: tuple[int, int] = (0, 0)

    @classmethod
    def restore(cls, state: dict[str, Any]) -> InheritedHistory:
        """Return the history saved in ``state``."""
        saved = {field.name: state[field.name] for field in fields(cls) if field.name in state}
        if saved:
            origins = {name: LineProvenance(saved[name]) for name in ("origin", "usual")}
            saved |= {**origins, "last_count": tuple(saved["last_count"])}
        return cls(**saved)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)

    @property
    def is_certain(self) -> bool:
        """True if numbers or ids show where the copy ends, not the times of lines alone."""
        return bool(self.start_ordinal or self.id_time)

    def begin(self, meta: Record, *, is_fork: bool, is_spawned: bool) -> None:
        """Begin with the thread's own ``session_meta``, the last line. A fork has the history of another thread, which
        a spawned one may have."""
        self.started = self.last_at
        self.created = stated_time(meta.get("timestamp")) or self.last_at
        self.start_ordinal = count(meta.get("subagent_history_start_ordinal"))
        time = _time_of_id(text(meta.get("id")))
        self.id_time = time if abs(time - self.created) <= _MAX_SKEW_MS else 0
        if meta.get("history_base") and not self.start_ordinal:
            self.usual = LineProvenance.OWN
        elif is_fork or self.start_ordinal:
            self.usual = LineProvenance.COPIED
        elif is_spawned:
            self.usual = LineProvenance.UNKNOWN

    def meet_parent(self) -> None:
        """Note the ``session_meta`` of another thread: its lines follow."""
        if self.usual is LineProvenance.UNKNOWN:
            self.usual = LineProvenance.COPIED

    def judge(self, record: Record, thread: str, stated_at: int) -> LineProvenance:
        """Return the origin of the next line, of the file of ``thread``; it states the time ``stated_at`` (0: none)."""
        last_at, at = self.last_at, stated_at or self.last_at
        self.last_at = at
        if self.usual is not LineProvenance.OWN:
            ordinal = record.get("ordinal")
            if self.start_ordinal and isinstance(ordinal, int):
                self.usual = LineProvenance.COPIED if ordinal < self.start_ordinal else LineProvenance.OWN
            elif at < self.created:
                self.keeps_times, self.origin = True, LineProvenance.COPIED
                return self.origin
            else:
                payload = table(record.get("payload"))
                self.usual = self._by_ids(payload, thread) or self._by_times(payload, at, last_at) or self.usual
        self.origin = self.usual
        return self.origin

    def _by_ids(self, payload: Record, thread: str) -> LineProvenance | None:
        """Judge a line by the ids of its turn and, if it reports a response, of its thread."""
        if "response_id" in payload and (owner := text(payload.get("thread_id"))):
            return LineProvenance.OWN if owner == thread else LineProvenance.COPIED
        passed_on = table(payload.get("internal_chat_message_metadata_passthrough"))
        time = _time_of_id(first_text([payload.get("turn_id"), passed_on.get("turn_id")])) if self.id_time else 0
        if not time:
            return None
        return LineProvenance.OWN if time >= self.id_time else LineProvenance.COPIED

    def _by_times(self, payload: Record, at: int, last_at: int) -> LineProvenance | None:
        """Judge a line by its time, and that of the line before it."""
        if self.keeps_times or (self.created <= at < last_at) or at - last_at > _MAX_PAUSE_MS[self.usual]:
            return LineProvenance.OWN
        if payload.get("type") in _TURN_ENDS and self.last_count[0] and at - self.started <= _BURST_MS:
            return LineProvenance.COPIED
        total = count(table(table(payload.get("info")).get("total_token_usage")).get("total_tokens"))
        (counted_at, counted), self.last_count = self.last_count, (at, total) if total else self.last_count
        is_burst = counted and total not in (0, counted) and at - counted_at <= _BURST_MS
        return LineProvenance.COPIED if is_burst else None


def _time_of_id(identifier: str) -> int:
    """Return the time (epoch ms) with which a UUID of version 7 begins; 0 for other ids."""
    match = _UUID_7.match(identifier)
    return int(match[1] + match[2], 16) if match else 0
