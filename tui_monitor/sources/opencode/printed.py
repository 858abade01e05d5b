"""The lines of ``opencode run --format json``: the finished parts of one session, as the database has them.

Neither the prompt nor models are printed, and nothing of sub-agents and of the request for a title: the sum is a lower
bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import Event, SessionKey, SessionTotalUpdate, SessionUpdate, SourceRef, Turn, TurnUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.opencode.database import OpenCodeRow
from tui_monitor.sources.opencode.messages import end_of_error, is_unfinished, read_part
from tui_monitor.sources.opencode.owner import SOURCE, EventOwner
from tui_monitor.sources.shared.fields import as_json, path_text, table, text, to_epoch_ms

_CLIENT = "opencode run"
_PARTS = frozenset(("step_start", "step_finish", "tool_use", "text", "reasoning"))


def is_printed(record: Record) -> bool:
    """Return True for a printed line."""
    if not text(record.get("sessionID")) or "timestamp" not in record:
        return False
    return record.get("type") == "error" or (record.get("type") in _PARTS and "part" in record)


class RunOutputParser:
    """Turns printed lines into events."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._session: str = saved.get("session", "")
        self._is_working: bool = saved.get("is_working", False)

    def state(self) -> str:
        """Return the session, and whether it is in a turn, as JSON text."""
        return as_json({"session": self._session, "is_working": self._is_working})

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        owner, at = EventOwner(SessionKey(SOURCE, str(record["sessionID"]))), to_epoch_ms(record.get("timestamp"))
        if owner.session.id != self._session:
            self._session, self._is_working = owner.session.id, False
            yield SessionUpdate(session=owner.session, path=path_text(self._path), client=_CLIENT)
            yield SessionTotalUpdate(session=owner.session, at=at, is_partial=True)
        kind, part = record.get("type"), table(record.get("part"))
        if kind == "error":
            self._is_working = False
            yield end_of_error(table(record.get("error")), at, owner)
            return
        if kind not in _PARTS:
            raise UnknownRecord(str(kind))
        yield from self._begin(at, owner)
        yield from read_part(OpenCodeRow(0, str(part["id"]), at, as_json(part)), owner)
        if kind == "step_finish" and not is_unfinished(part.get("reason")):
            self._is_working = False
            yield TurnUpdate(**owner.fields, at=at, turn=Turn.DONE)

    def _begin(self, at: int, owner: EventOwner) -> Iterator[Event]:
        if not self._is_working:
            self._is_working = True
            yield TurnUpdate(**owner.fields, at=at, turn=Turn.STARTED)
