"""A source for the sessions of an invented agent, as somebody else's package would bring it.

The agent writes ``~/.acme/*.jsonl``, lines of three kinds:

    {"acme": "begin", "run": "r1", "at": 1772359200000, "cwd": "/home/ada/engine"}
    {"acme": "answer", "run": "r1", "at": 1772359201000, "id": "a1", "model": "gpt-5.4", "in": 100, "out": 20}
    {"acme": "tool", "run": "r1", "at": 1772359202000, "id": "t1", "name": "sh", "what": "make", "ok": true}

The package names the adapter in its pyproject.toml, and that is all:

    [project.entry-points."tui_monitor.sources"]
    acme = "acme_agent.source:Acme"
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import (
    CallFinished,
    CallStarted,
    CallState,
    CompactionRule,
    ContextUpdate,
    Event,
    SessionKey,
    SessionUpdate,
    SourceRef,
    Tokens,
    ToolKind,
    Usage,
    WindowPolicy,
)
from tui_monitor.sources.base import AgentTraits, Head, Parser, Record, SearchContext, UnknownRecord
from tui_monitor.sources.files.line_source import LineAdapter


class Acme(LineAdapter):
    """Sessions of the agent."""

    name: ClassVar[str] = "acme"
    version: ClassVar[int] = 1
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Acme",
        model_family="gpt",
        provider="openai",
        windows=WindowPolicy(assumed=64_000, sizes=(64_000, 512_000)),
        compaction_rule=CompactionRule(numerator=3, denominator=4),
    )

    def recognises(self, head: Head) -> bool:
        return any("acme" in record for record in head.records)

    def parser(self, path: Path, state: str) -> Parser:
        return AcmeParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        return [context.home / ".acme"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (context.home / ".acme").glob("*.jsonl")


class AcmeParser:
    """Parser of its lines. Its state is the number of answers without an id."""

    def __init__(self, path: Path, state: str) -> None:
        self._path = path
        self._nameless: int = json.loads(state) if state else 0

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        session, at = SessionKey("acme", record["run"]), record["at"]
        match record["acme"]:
            case "begin":
                yield SessionUpdate(session=session, at=at, cwd=record["cwd"], path=str(self._path))
            case "answer":
                tokens = Tokens(input=record["in"], output=record["out"])
                yield Usage(
                    session=session, at=at, strong_ids=(self._name(record),), model=record["model"], tokens=tokens
                )
                yield ContextUpdate(session=session, at=at, tokens=tokens.prompt, model=record["model"])
            case "tool":
                call = record["id"]
                yield CallStarted(
                    session=session,
                    at=at,
                    call=call,
                    uid=f"{session.id}/{call}",
                    tool=record["name"],
                    kind=ToolKind.SHELL,
                    subject=record["what"],
                    ref=ref,
                )
                state = CallState.OK if record["ok"] else CallState.FAILED
                yield CallFinished(session=session, at=at, call=call, state=state)
            case kind:
                raise UnknownRecord(kind)

    def state(self) -> str:
        return json.dumps(self._nameless)

    def _name(self, record: Record) -> str:
        """Return the id by which lines of one response are merged."""
        self._nameless += "id" not in record
        return f"acme:{record['run']}/{record.get('id', self._nameless)}"
