"""Codex: its rollouts, and the output of ``codex exec --json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import orjson

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Head, Parser, Record, SearchContext, UnknownRecord
from tui_monitor.sources.codex import agents, event_messages, lines, response_items
from tui_monitor.sources.codex.agents import parent
from tui_monitor.sources.codex.exec_output import PRINTED, ExecParser
from tui_monitor.sources.codex.facts import THREAD_IN_NAME
from tui_monitor.sources.codex.lines import SOURCE, Line
from tui_monitor.sources.codex.thread import Thread
from tui_monitor.sources.codex.thread_database import is_database, rollouts_below
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.shared.fields import table, text, to_epoch_ms

_META_WITHIN = 1024 * 1024
_BEGINNING = 4096


class Codex(LineAdapter):
    """The sessions of the Codex command line and of the programs built on it."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 1

    def recognises(self, head: Head) -> bool:
        if any(_is_rollout(record) or record.get("type") == "thread.started" for record in head.records):
            return True
        return not head.records and b'"session_meta"' in head.raw[:_BEGINNING]

    def parser(self, path: Path, state: str) -> Parser:
        return _EitherParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        home = Path(context.env.get("CODEX_HOME") or context.home / ".codex")
        return [home / "sessions", home / "archived_sessions"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        for root in self.roots(context):
            yield from root.rglob("*.jsonl")

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What was printed of threads whose rollouts are there."""
        printed: dict[Path, str] = {}
        kept: set[str] = set()
        for path in paths:
            if path.stem.startswith("rollout-") and (named := THREAD_IN_NAME.search(path.stem)):
                kept.add(named[0])
                continue
            first = _first_line(path)
            kept.add(text(table(first.get("payload")).get("id")))
            printed[path] = text(first.get("thread_id"))
        return [path for path, thread in printed.items() if thread and thread in kept]

    def is_sidecar(self, path: Path) -> bool:
        """The database of all threads is read along with their rollouts."""
        return is_database(path)

    def related_files(self, path: Path) -> Iterable[Path]:
        """The rollouts of its sub-agents: threads, and so sessions, of their own."""
        named = THREAD_IN_NAME.search(path.stem)
        return rollouts_below(path, named[0]) if named else ()

    def start_directory(self, path: Path) -> str | None:
        """The folder in which a person started it; None for a sub-agent."""
        meta = table(_first_line(path).get("payload"))
        return None if parent(meta) else text(meta.get("cwd")) or None


class _EitherParser:
    """Reads a rollout or what ``codex exec --json`` prints, whichever the lines turn out to be."""

    def __init__(self, path: Path, state: str) -> None:
        told: dict[str, Any] = orjson.loads(state) if state else {}
        self._rollout = RolloutParser(path, told.get("rollout", ""))
        self._printed = ExecParser(path, told.get("printed", ""))

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        parser: Parser = self._printed if text(record.get("type")) in PRINTED else self._rollout
        return parser.parse(record, ref)

    def state(self) -> str:
        return orjson.dumps({"rollout": self._rollout.state(), "printed": self._printed.state()}).decode()


def _first_line(path: Path) -> Record:
    """The first record of a file; empty where there is none."""
    try:
        with path.open("rb") as file:
            return table(orjson.loads(file.readline(_META_WITHIN)))
    except (OSError, ValueError):
        return {}


def _is_rollout(record: Record) -> bool:
    return text(record.get("type")) in TYPES and isinstance(record.get("payload"), dict) and "timestamp" in record


TYPES = frozenset(("session_meta", "turn_context", "response_item", "event_msg", "compacted", "token_usage_record"))
"""The types of lines that tell something."""

_TURNS = ("task_started", "turn_started", "task_complete", "turn_complete", "turn_aborted")


class RolloutParser:
    """Turns the lines of one rollout into event_messages."""

    def __init__(self, path: Path, state: str) -> None:
        self._thread = Thread(path, state)

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind in lines.IGNORED_LINES:
            return
        if kind not in TYPES:
            raise UnknownRecord(kind)
        payload, thread = record["payload"], self._thread
        at = to_epoch_ms(record.get("timestamp")) or thread.talk.last_at
        if kind == "session_meta":
            if thread.facts.meet(payload):
                yield from self._introduce(payload, Line(thread.facts.session, at, ref))
        elif not thread.facts.is_copy(record):
            line = Line(thread.facts.session, at, ref, thread.facts.model)
            yield from self._read(kind, payload, line)
            if payload.get("type") in _TURNS:
                yield from thread.tree.look(line)
        thread.talk.last_at = at

    def state(self) -> str:
        """What the thread remembers."""
        return self._thread.state()

    def _introduce(self, meta: Record, line: Line) -> Iterator[Event]:
        yield from self._thread.facts.introduce(meta, line)
        yield from agents.itself(meta, line)
        yield from self._thread.tree.look(line)

    def _read(self, kind: str, payload: Record, line: Line) -> Iterable[Event]:
        thread = self._thread
        match kind:
            case "event_msg":
                return event_messages.read(thread, payload, line)
            case "response_item":
                return response_items.read(thread, payload, line)
            case "turn_context":
                return thread.facts.settle(payload, line)
            case "token_usage_record":
                return thread.meter.record(payload, line)
        thread.meter.told_by_id |= bool(payload.get("latest_token_usage_record"))
        return event_messages.compacted(thread, "line", line)
