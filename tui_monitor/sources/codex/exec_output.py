"""What ``codex exec --json`` prints: turns and items without times, and after each turn the thread's tokens so far.

A thread that is resumed prints into another run, whose items are numbered from 0 again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import (
    AgentMessage,
    Change,
    ChangeKind,
    Event,
    LogLine,
    PlanUpdate,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, items, tools
from tui_monitor.sources.codex.calls import Calls
from tui_monitor.sources.codex.items import Told
from tui_monitor.sources.codex.lines import SOURCE, Line, digest, first_text
from tui_monitor.sources.codex.messages import retry
from tui_monitor.sources.codex.usage import counts
from tui_monitor.sources.shared.fields import table, tables, text

_ITEM_TYPES = ("item.started", "item.updated", "item.completed")
PRINTED = frozenset(("thread.started", "turn.started", "turn.completed", "turn.failed", "error", *_ITEM_TYPES))

_SAME_AS = {
    "command_execution": "CommandExecution",
    "mcp_tool_call": "McpToolCall",
    "web_search": "WebSearch",
    "collab_tool_call": "CollabAgentToolCall",
}
_CHANGES = {"add": ChangeKind.CREATE, "delete": ChangeKind.DELETE, "update": ChangeKind.MODIFY}


class ExecParser:
    """Turns the printed lines into events; no line tells a time."""

    def __init__(self, path: Path, state: str) -> None:
        told: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._thread: str = told.get("thread", path.stem)
        self._run: int = told.get("run", 0)
        self._calls = Calls(told.get("calls", {}))

    def state(self) -> str:
        """The thread, the run in this file, the open calls."""
        return orjson.dumps({"thread": self._thread, "run": self._run, "calls": self._calls.state()}).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one line (see `base.Parser`)."""
        if record["type"] == "thread.started":
            self._thread, self._run = str(record["thread_id"]), self._run + 1
        yield from self._read(record, Line(SessionKey(SOURCE, self._thread), 0, ref))

    def _read(self, record: Record, line: Line) -> Iterator[Event]:
        match record["type"]:
            case "thread.started":
                yield SessionUpdate(session=line.session, path=str(self._path), client="codex_exec")
            case "turn.started":
                yield TurnUpdate(session=line.session, turn=Turn.STARTED)
            case "turn.completed":
                yield SessionTotalUpdate(session=line.session, tokens=counts(record["usage"]).tokens)
                yield TurnUpdate(session=line.session, turn=Turn.DONE)
            case "turn.failed":
                reason = text(table(record.get("error")).get("message"))
                yield TurnUpdate(session=line.session, turn=Turn.FAILED, reason=reason)
            case "error":
                yield retry(record, line, tried_again=text(record.get("message")).startswith("Reconnecting"))
            case _:
                yield from self._item(record["item"], line, over=record["type"] == "item.completed")

    def _item(self, item: Record, line: Line, *, over: bool) -> Iterator[Event]:
        kind, words = text(item.get("type")), first_text([item.get("text"), item.get("message")])
        call = f"{digest(f'{self._thread} {self._path.stem} {self._run}')}-{item['id']}"
        if kind in _SAME_AS:
            told = items.of_item({"item": {**item, "id": call, "type": _SAME_AS[kind]}}, "")
            yield from self._call(told, line, over=over)
            yield from agents.of_event(item, line)
        elif kind == "file_change":
            yield from self._call(_patch(call, item), line, over=over)
        elif kind == "todo_list":
            yield _plan(item, line)
        elif kind in ("agent_message", "reasoning"):
            if over and words:
                yield AgentMessage(session=line.session, text=words, thinking=kind == "reasoning")
        elif kind == "error":
            yield LogLine(session=line.session, uid=call, text=words, level="warning")
        else:
            raise UnknownRecord(f"item {kind}")

    def _call(self, told: Told | None, line: Line, *, over: bool) -> Iterator[Event]:
        if told:
            yield from self._calls.tell(told if over else told._replace(outcome=None), line)


def _patch(call: str, item: Record) -> Told:
    """Files are named without what was changed in them."""
    changes = tuple(
        Change(_CHANGES.get(text(change.get("kind")), ChangeKind.MODIFY), text(change.get("path")))
        for change in tables(item.get("changes"))
    )
    return Told(call, tools.changed(changes), items.patched(item, changes))


def _plan(item: Record, line: Line) -> PlanUpdate:
    steps = list(tables(item.get("items")))
    done = sum(bool(step.get("completed")) for step in steps)
    now = first_text(step.get("text") for step in steps if not step.get("completed"))
    return PlanUpdate(session=line.session, done=done, total=len(steps), now=now)
