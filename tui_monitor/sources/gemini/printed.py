"""The lines of ``gemini --output-format stream-json``: messages and calls as they come, at the end the tokens of the
process.

They have no response's counts; those at the end contain what chats leave out, of each process alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    ContextUpdate,
    Event,
    LogLine,
    Prompt,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Tokens,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini.lines import SOURCE, WINDOW, GeminiLine
from tui_monitor.sources.gemini.tools import call_outcome, call_request, proposed_changes
from tui_monitor.sources.shared.fields import as_json, count, iso_to_epoch_ms, number, path_text, table, text
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of

_TYPES = frozenset(("init", "message", "tool_use", "tool_result", "error", "result"))
_START_FIELDS = frozenset(("timestamp", "session_id", "model"))
_CLIENT = "gemini stream-json"
_MAX_TEXT = 1 << 18
_MAX_ARGUMENTS = 1 << 14
_PATHS = ("file_path", "absolute_path")


def is_start(record: Record) -> bool:
    """Return True for the first line of a run; other programs print lines that resemble it."""
    return record.get("type") == "init" and record.keys() >= _START_FIELDS and "uuid" not in record


def is_printed(record: Record) -> bool:
    """Return True for a printed line; messages of a chat have ids."""
    return record.get("type") in _TYPES and "id" not in record and "sessionId" not in record


class StreamJsonParser:
    """Turns printed lines into events. A text is printed in pieces, and emitted when something else follows."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._session: str = saved.get("session", path.stem)
        self._run: str = saved.get("run", "")
        self._text: str = saved.get("text", "")
        self._text_at: int = saved.get("text_at", 0)
        self._calls: OpenCalls[Record] = OpenCalls(saved.get("open"), saved.get("answered"))

    def state(self) -> str:
        """Return the session, the run, the text so far and the open calls as JSON text."""
        run = {"session": self._session, "run": self._run, "text": self._text, "text_at": self._text_at}
        return as_json(run | self._calls.state())

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        if record["type"] == "init":
            self._session, self._run = str(record["session_id"]), str(record["timestamp"])
        line = GeminiLine(SessionKey(SOURCE, self._session), at=iso_to_epoch_ms(record.get("timestamp")), ref=ref)
        if record["type"] == "message" and record.get("role") == "assistant":
            yield from self._add_text(record, line)
        else:
            yield from self._end_text(line)
            yield from self._read(record, line)

    def _read(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        match record["type"]:
            case "init":
                yield SessionUpdate(session=line.session, path=path_text(self._path), client=_CLIENT)
                model = text(record.get("model"))
                yield ContextUpdate(session=line.session, at=line.at, tokens=None, limit=WINDOW, model=model)
            case "message":
                yield TurnUpdate(session=line.session, at=line.at, turn=Turn.STARTED)
                yield Prompt(session=line.session, at=line.at, text=str(record["content"]))
            case "tool_use":
                yield self._started(record, line)
            case "tool_result":
                yield from self._finished(record, line)
            case "error":
                uid = f"{self._run}-{line.at}"
                level = "warning" if record.get("severity") == "warning" else "error"
                yield LogLine(session=line.session, at=line.at, uid=uid, text=str(record["message"]), level=level)
            case "result":
                yield from self._total(table(record.get("stats")), line)
                yield _end_of_turn(record, line)
            case _:
                raise UnknownRecord(str(record["type"]))

    def _add_text(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        if record.get("delta") is not True:
            yield from self._end_text(line)
        self._text_at = self._text_at or line.at
        self._text = (self._text + text(record.get("content")))[:_MAX_TEXT]
        if record.get("delta") is not True:
            yield from self._end_text(line)

    def _end_text(self, line: GeminiLine) -> Iterator[Event]:
        content, at = self._text, self._text_at
        self._text, self._text_at = "", 0
        if content.strip():
            yield AgentMessage(session=line.session, at=at, text=content)

    def _started(self, record: Record, line: GeminiLine) -> CallStarted:
        uid, name, arguments = str(record["tool_id"]), str(record["tool_name"]), table(record.get("parameters"))
        request, argument_text = call_request(name, arguments), as_json(arguments)
        kept = arguments if len(argument_text) <= _MAX_ARGUMENTS else _paths_in(arguments)
        self._calls.add(uid, {"name": name, "args": kept})
        return CallStarted(
            session=line.session,
            at=line.at,
            call=uid,
            uid=uid,
            tool=request.tool,
            kind=request.kind,
            subject=request.subject,
            note=request.note,
            input=argument_text,
            proposal=proposal_of(request.kind, arguments, proposed_changes(name, arguments)),
            ref=line.ref,
        )

    def _finished(self, record: Record, line: GeminiLine) -> Iterator[CallFinished]:
        uid = str(record["tool_id"])
        started = self._calls.answer(uid) or {}
        answer = {"error": text(table(record.get("error")).get("message"))}
        outcome = call_outcome(
            started
            | {
                "status": record.get("status"),
                "resultDisplay": record.get("output"),
                "result": [{"functionResponse": {"response": answer}}],
            }
        )
        if outcome:
            yield outcome.finished(uid, line.fields, line.ref)

    def _total(self, stats: Record, line: GeminiLine) -> Iterator[SessionTotalUpdate]:
        if stats:
            models = table(stats.get("models")).items()
            yield SessionTotalUpdate(
                session=line.session,
                at=line.at,
                tokens=_tokens(stats),
                list_priced=tuple((model, _tokens(table(counts))) for model, counts in models),
                run=f"print:{self._run}",
                until=line.at + 1 if line.at else 0,
            )


def _tokens(counts: Record) -> Tokens:
    """Read counts: the input includes cached tokens; only the total includes thoughts."""
    prompt, total = count(counts.get("input_tokens")), count(counts.get("total_tokens"))
    cached = min(prompt, count(counts.get("cached")))
    output = max(count(counts.get("output_tokens")), total - prompt)
    return Tokens(input=prompt - cached, output=output, cache_read=cached)


def _end_of_turn(record: Record, line: GeminiLine) -> TurnUpdate:
    duration_ms = number(table(record.get("stats")).get("duration_ms")) or None
    if record.get("status") == "success":
        return TurnUpdate(session=line.session, at=line.at, turn=Turn.DONE, duration_ms=duration_ms)
    reason = text(table(record.get("error")).get("message"))
    return TurnUpdate(session=line.session, at=line.at, turn=Turn.FAILED, duration_ms=duration_ms, reason=reason)


def _paths_in(arguments: Record) -> Record:
    return {name: arguments[name] for name in _PATHS if name in arguments}
