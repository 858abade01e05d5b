"""A chat: each line is a prompt, a response, a result, or a ``system`` record of the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini.lines import GeminiLine, text_of
from tui_monitor.sources.gemini.qwen import background, files, usage
from tui_monitor.sources.gemini.qwen.calls import QwenCalls, agent_facts, event_outcome
from tui_monitor.sources.gemini.qwen.line import SOURCE
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, number, path_text, table, tables, text
from tui_monitor.sources.shared.open_calls import OpenCalls

_MAX_LENGTH = 4096
_NOT_PROMPTS = ("notification",)
_AGENT_OF_REQUEST = re.compile(r"[^#]+#(?P<agent>[^#]+)#\d+")
_WITHOUT_EVENTS = (
    *("at_command", "attribution_snapshot", "background_task_completed", "branch_checkpoint", "file_history_snapshot"),
    *("goal_runtime", "goal_state", "goal_turn_end", "omni_recall", "parent_session", "realtime_message"),
    *("session_artifact_event", "session_artifact_snapshot", "session_model", "session_source"),
    *("session_sources_snapshot", "slash_command", "user_text_elements", "agent_bootstrap", "agent_launch_prompt"),
    *("agent_retry", "agent_session_ready"),
)
_TURNS = {"completed": Turn.DONE, "cancelled": Turn.INTERRUPTED, "error": Turn.FAILED}


class QwenParser:
    """Turns the lines of one chat into events; ``state`` is the saved state."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._agent = files.agent_of_file(path)
        self._facts: dict[str, str] = saved.get("facts", {})
        self._last_at: int = saved.get("last_at", 0)
        self._ids = usage.WeakIds(saved.get("numbers", {}))
        self._calls: OpenCalls[Record] = OpenCalls(saved.get("open"), saved.get("answered"))
        self._tools = QwenCalls(self._calls)

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {"facts": self._facts, "last_at": self._last_at, "numbers": self._ids.numbers}
        return orjson.dumps({**parts, **self._calls.state()}).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind not in _READERS:
            raise UnknownRecord(kind)
        self._last_at = iso_to_epoch_ms(record.get("timestamp")) or self._last_at
        session = SessionKey(SOURCE, str(record["sessionId"]))
        line = GeminiLine(session, self._agent, self._last_at, ref, text(record.get("model")))
        yield from self._session_facts(record, line)
        yield from _READERS[kind](self, record, line)

    def _session_facts(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        """Yield facts about the session, or about the sub-agent of the file, when they are new."""
        if self._agent:
            if not self._facts:
                self._facts = {"agent": self._agent}
                yield agent_facts(files.read_metadata(self._path), line)
            return
        facts = {
            "cwd": text(record.get("cwd"))[:_MAX_LENGTH],
            "branch": text(record.get("gitBranch"))[:_MAX_LENGTH],
            "version": text(record.get("version"))[:_MAX_LENGTH],
            "forked_from": text(table(record.get("forkedFrom")).get("sessionId"))[:_MAX_LENGTH],
        }
        new = {name: value for name, value in facts.items() if value and self._facts.get(name) != value}
        if not self._facts:
            # Requests for titles, summaries and side questions are in no chat.
            yield SessionTotalUpdate(session=line.session, at=line.at, is_partial=True)
        if new or not self._facts:
            self._facts = {"path": path_text(self._path), **self._facts, **new}
            yield SessionUpdate(session=line.session, at=line.at, path=self._facts["path"], **new)

    def _user(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        sent = text_of(table(record.get("message")).get("parts"))
        if record.get("subtype") in _NOT_PROMPTS:
            yield from background.end(sent, line)
            return
        content = (text(table(record.get("systemPayload")).get("displayText")) or sent).strip()
        if not content:
            return
        yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=Turn.STARTED)
        yield Prompt(session=line.session, agent=line.agent, at=line.at, text=content)

    def _assistant(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        yield from usage.response_usage(record, line, self._ids)
        has_call = False
        for part in tables(table(record.get("message")).get("parts")):
            if isinstance(part.get("functionCall"), dict):
                has_call = True
                yield from self._tools.start(part["functionCall"], str(record["uuid"]), line)
            elif content := text(part.get("text")).strip():
                is_thought = part.get("thought") is True
                yield AgentMessage(
                    session=line.session, agent=line.agent, at=line.at, text=content, thinking=is_thought
                )
        if not has_call and "usageMetadata" in record and line.agent == MAIN:
            yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=Turn.DONE)

    def _tool_result(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        yield from self._tools.finish(record, line)

    def _system(self, record: Record, line: GeminiLine) -> Iterator[Event]:
        payload = table(record.get("systemPayload"))
        match record.get("subtype"):
            case "custom_title":
                yield from self._title(text(payload.get("customTitle"))[:_MAX_LENGTH], line)
            case "chat_compression":
                yield from _compaction(table(payload.get("info")), line)
            case "rewind":
                yield ContextUpdate(session=line.session, agent=line.agent, at=line.at, tokens=None)
            case "turn_result" if turn := _TURNS.get(text(payload.get("state"))):
                reason = text(table(payload.get("error")).get("message"))
                yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=turn, reason=reason)
            case "ui_telemetry":
                yield from self._telemetry(record, table(payload.get("uiEvent")), line)
            case subtype if subtype not in _WITHOUT_EVENTS:
                raise UnknownRecord(f"system {subtype}")

    def _title(self, title: str, line: GeminiLine) -> Iterator[Event]:
        if title and title != self._facts.get("title"):
            self._facts["title"] = title
            yield SessionUpdate(session=line.session, at=line.at, title=title)

    def _telemetry(self, record: Record, event: Record, line: GeminiLine) -> Iterator[Event]:
        """Yield what an event adds to the lines; the request of a sub-agent names it."""
        if match := _AGENT_OF_REQUEST.fullmatch(text(event.get("prompt_id"))):
            line = replace(line, agent=files.name_of_agent(match["agent"]))
        elif text(event.get("subagent_name")):
            line = replace(line, agent=text(event["subagent_name"]))
        match text(event.get("event.name")).rpartition(".")[2]:
            case "api_response":
                yield from usage.event_usage(str(record["uuid"]), event, line, self._ids)
            case "api_error":
                yield usage.failed_request(event, line)
            case "tool_call":
                yield event_outcome(event, line)


_READERS: Mapping[str, Callable[[QwenParser, Record, GeminiLine], Iterable[Event]]] = {
    "user": QwenParser._user,
    "assistant": QwenParser._assistant,
    "tool_result": QwenParser._tool_result,
    "system": QwenParser._system,
}


def _compaction(info: Record, line: GeminiLine) -> Iterator[Event]:
    before, after = number(info.get("originalTokenCount")), number(info.get("newTokenCount"))
    yield CompactionUpdate(session=line.session, agent=line.agent, at=line.at, before=before, after=after)
    yield ContextUpdate(session=line.session, agent=line.agent, at=line.at, tokens=after)
