"""Codex: its rollouts (one file of lines per thread, versions 0.60 to 0.171) and the output of ``codex exec --json``.

The file of a forked thread begins with its own ``session_meta`` and may go on with a copy of the parent's history, with
the parent's ``session_meta`` first: only the first ``session_meta`` names the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import orjson

from tui_monitor.events import CompactionRule, Event, SourceRef
from tui_monitor.regular_files import open_binary
from tui_monitor.sources.base import AgentTraits, Head, Parser, Record, SearchContext, UnknownRecord
from tui_monitor.sources.codex import agents, event_messages, lines, response_items
from tui_monitor.sources.codex.agents import parent_thread
from tui_monitor.sources.codex.exec_output import EXEC_TYPES, ExecOutputParser
from tui_monitor.sources.codex.facts import THREAD_IN_NAME
from tui_monitor.sources.codex.lines import SOURCE, CodexLine
from tui_monitor.sources.codex.thread import ThreadState
from tui_monitor.sources.codex.thread_database import is_database, rollouts_below
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.shared.fields import table, text, to_epoch_ms

_MAX_META_LENGTH = 1024 * 1024
_HEAD_LENGTH = 4096


class Codex(LineAdapter):
    """Sessions of the Codex command line and of programs built on it."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 2
    # It compacts at nine tenths of the model's window, of which it reports 95 %: inferred from real compactions.
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Codex", provider="openai", compaction_rule=CompactionRule(numerator=18, denominator=19)
    )

    def recognises(self, head: Head) -> bool:
        if any(_is_rollout(record) or record.get("type") == "thread.started" for record in head.records):
            return True
        return not head.records and b'"session_meta"' in head.raw[:_HEAD_LENGTH]

    def parser(self, path: Path, state: str) -> Parser:
        return _CodexParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        home = Path(context.env.get("CODEX_HOME") or context.home / ".codex")
        return [home / "sessions", home / "archived_sessions"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        for root in self.roots(context):
            yield from root.rglob("*.jsonl")

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Return the exec outputs of threads whose rollouts are among ``paths``."""
        exec_threads: dict[Path, str] = {}
        rollout_threads: set[str] = set()
        for path in paths:
            if path.stem.startswith("rollout-") and (match := THREAD_IN_NAME.search(path.stem)):
                rollout_threads.add(match[0])
                continue
            first = _first_line(path)
            rollout_threads.add(text(table(first.get("payload")).get("id")))
            exec_threads[path] = text(first.get("thread_id"))
        return [path for path, thread in exec_threads.items() if thread and thread in rollout_threads]

    def is_sidecar(self, path: Path) -> bool:
        """Return True for the database of all threads, which is read along with the rollouts."""
        return is_database(path)

    def related_files(self, path: Path) -> Iterable[Path]:
        """Return the rollouts of the sub-agents, which are threads and sessions of their own."""
        match = THREAD_IN_NAME.search(path.stem)
        return rollouts_below(path, match[0]) if match else ()

    def start_directory(self, path: Path) -> str | None:
        """Return the folder in which a person started the thread; None for a sub-agent."""
        meta = table(_first_line(path).get("payload"))
        return None if parent_thread(meta) else text(meta.get("cwd")) or None


class _CodexParser:
    """Reads a rollout or exec output; each line shows which."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._rollout = RolloutParser(path, saved.get("rollout", ""))
        self._exec_output = ExecOutputParser(path, saved.get("exec_output", ""))

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        parser: Parser = self._exec_output if text(record.get("type")) in EXEC_TYPES else self._rollout
        return parser.parse(record, ref)

    def state(self) -> str:
        return orjson.dumps({"rollout": self._rollout.state(), "exec_output": self._exec_output.state()}).decode()


def _first_line(path: Path) -> Record:
    """Return the first record of a file; empty when it cannot be read."""
    try:
        with open_binary(path) as file:
            return table(orjson.loads(file.readline(_MAX_META_LENGTH)))
    except (OSError, ValueError):
        return {}


def _is_rollout(record: Record) -> bool:
    return (
        text(record.get("type")) in ROLLOUT_TYPES and isinstance(record.get("payload"), dict) and "timestamp" in record
    )


ROLLOUT_TYPES = frozenset(
    ("session_meta", "turn_context", "response_item", "event_msg", "compacted", "token_usage_record")
)
"""Line types that are read."""

_TURN_EVENTS = ("task_started", "turn_started", "task_complete", "turn_complete", "turn_aborted")


class RolloutParser:
    """Turns the lines of one rollout into events."""

    def __init__(self, path: Path, state: str) -> None:
        self._thread = ThreadState(path, state)

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind in lines.IGNORED_LINES:
            return
        if kind not in ROLLOUT_TYPES:
            raise UnknownRecord(kind)
        payload, thread = record["payload"], self._thread
        at = to_epoch_ms(record.get("timestamp")) or thread.messages.last_at
        if kind == "session_meta":
            if thread.facts.apply_meta(payload):
                yield from self._read_meta(payload, CodexLine(thread.facts.session, at, ref))
        elif not thread.facts.is_copy(record):
            line = CodexLine(thread.facts.session, at, ref, thread.facts.model)
            yield from self._read(kind, payload, line)
            if payload.get("type") in _TURN_EVENTS:
                yield from thread.database.updates(line)
        thread.messages.last_at = at

    def state(self) -> str:
        """Return the state of the thread as JSON text."""
        return self._thread.state()

    def _read_meta(self, meta: Record, line: CodexLine) -> Iterator[Event]:
        yield from self._thread.facts.session_updates(meta, line)
        yield from agents.own_agent_updates(meta, line)
        yield from self._thread.database.updates(line)

    def _read(self, kind: str, payload: Record, line: CodexLine) -> Iterable[Event]:
        thread = self._thread
        match kind:
            case "event_msg":
                return event_messages.read_event(thread, payload, line)
            case "response_item":
                return response_items.read_response_item(thread, payload, line)
            case "turn_context":
                return thread.facts.apply_settings(payload, line)
            case "token_usage_record":
                return thread.usage.read_record(payload, line)
        thread.usage.has_response_ids |= bool(payload.get("latest_token_usage_record"))
        return event_messages.compaction(thread, "line", line)
