"""The output of ``codex exec --json``: turns and items without times, and after each turn the tokens of the thread so
far.

A resumed thread writes into another run, whose item numbers begin at 0 again.
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
from tui_monitor.sources.codex.calls import CodexCalls
from tui_monitor.sources.codex.items import CallReport
from tui_monitor.sources.codex.lines import SOURCE, CodexLine, digest, first_text
from tui_monitor.sources.codex.messages import retry_update
from tui_monitor.sources.codex.token_counters import read_counts
from tui_monitor.sources.shared.fields import table, tables, text

_ITEM_TYPES = ("item.started", "item.updated", "item.completed")
EXEC_TYPES = frozenset(("thread.started", "turn.started", "turn.completed", "turn.failed", "error", *_ITEM_TYPES))

_ROLLOUT_ITEMS = {
    "command_execution": "CommandExecution",
    "mcp_tool_call": "McpToolCall",
    "web_search": "WebSearch",
    "collab_tool_call": "CollabAgentToolCall",
}
_CHANGES = {"add": ChangeKind.CREATE, "delete": ChangeKind.DELETE, "update": ChangeKind.MODIFY}


class ExecOutputParser:
    """Turns output lines into events, which have no times."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._thread: str = saved.get("thread", path.stem)
        self._run: int = saved.get("run", 0)
        self._calls = CodexCalls(saved.get("calls", {}))

    def state(self) -> str:
        """Return the thread, the number of the run in this file, and the open calls as JSON text."""
        return orjson.dumps({"thread": self._thread, "run": self._run, "calls": self._calls.state()}).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        if record["type"] == "thread.started":
            self._thread, self._run = str(record["thread_id"]), self._run + 1
        yield from self._read(record, CodexLine(SessionKey(SOURCE, self._thread), 0, ref))

    def _read(self, record: Record, line: CodexLine) -> Iterator[Event]:
        match record["type"]:
            case "thread.started":
                yield SessionUpdate(session=line.session, path=str(self._path), client="codex_exec")
            case "turn.started":
                yield TurnUpdate(session=line.session, turn=Turn.STARTED)
            case "turn.completed":
                yield SessionTotalUpdate(session=line.session, tokens=read_counts(record["usage"]).tokens)
                yield TurnUpdate(session=line.session, turn=Turn.DONE)
            case "turn.failed":
                reason = text(table(record.get("error")).get("message"))
                yield TurnUpdate(session=line.session, turn=Turn.FAILED, reason=reason)
            case "error":
                yield retry_update(record, line, will_retry=text(record.get("message")).startswith("Reconnecting"))
            case _:
                yield from self._item(record["item"], line, is_completed=record["type"] == "item.completed")

    def _item(self, item: Record, line: CodexLine, *, is_completed: bool) -> Iterator[Event]:
        kind, content = text(item.get("type")), first_text([item.get("text"), item.get("message")])
        call = f"{digest(f'{self._thread} {self._path.stem} {self._run}')}-{item['id']}"
        if kind in _ROLLOUT_ITEMS:
            report = items.report_of_item({"item": {**item, "id": call, "type": _ROLLOUT_ITEMS[kind]}}, "")
            yield from self._call(report, line, is_completed=is_completed)
            yield from agents.activity_updates(item, line)
        elif kind == "file_change":
            yield from self._call(_patch(call, item), line, is_completed=is_completed)
        elif kind == "todo_list":
            yield _plan(item, line)
        elif kind in ("agent_message", "reasoning"):
            if is_completed and content:
                yield AgentMessage(session=line.session, text=content, thinking=kind == "reasoning")
        elif kind == "error":
            yield LogLine(session=line.session, uid=call, text=content, level="warning")
        else:
            raise UnknownRecord(f"item {kind}")

    def _call(self, report: CallReport | None, line: CodexLine, *, is_completed: bool) -> Iterator[Event]:
        if report:
            yield from self._calls.report(report if is_completed else report._replace(result=None), line)


def _patch(call: str, item: Record) -> CallReport:
    """Return the report of changed files, which are named without diffs."""
    changes = tuple(
        Change(_CHANGES.get(text(change.get("kind")), ChangeKind.MODIFY), text(change.get("path")))
        for change in tables(item.get("changes"))
    )
    return CallReport(call, tools.change_request(changes), items.patch_result(item, changes))


def _plan(item: Record, line: CodexLine) -> PlanUpdate:
    steps = list(tables(item.get("items")))
    completed = sum(bool(step.get("completed")) for step in steps)
    now = first_text(step.get("text") for step in steps if not step.get("completed"))
    return PlanUpdate(session=line.session, completed=completed, total=len(steps), now=now)
