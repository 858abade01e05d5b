"""Gemini CLI: its chats of all versions, what it prints for programs, and its telemetry file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import (
    AgentTraits,
    Checkpoints,
    Head,
    Parser,
    Record,
    SearchContext,
    Source,
    no_checkpoints,
)
from tui_monitor.sources.files.document_source import DocumentSource
from tui_monitor.sources.files.head import MULTILINE_OBJECT, first_bytes
from tui_monitor.sources.files.line_buffer import LINE_END, OBJECT_END
from tui_monitor.sources.files.line_source import LineAdapter, LineSource
from tui_monitor.sources.gemini import files
from tui_monitor.sources.gemini.lines import SOURCE

_DOCUMENT = re.compile(rb'\s*\{\s*"sessionId":[^{]*"projectHash":')
_TELEMETRY = re.compile(rb'\s*\{\s*\n  "(?:hrTime|_spanContext|resource|traceId|name|descriptor)"')


class Gemini(LineAdapter):
    """Sessions of Gemini CLI."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 6
    programs: ClassVar[frozenset[str]] = frozenset({"gemini"})
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Gemini CLI",
        provider="google",
        exact_states="Chats record a call only once it has ended.",
        resume="gemini --resume {}",
    )

    def __init__(self) -> None:
        self._folder_by_hash: dict[str, str] = {}

    def recognises(self, head: Head) -> bool:
        from tui_monitor.sources.gemini.printed import is_start

        if any(_is_header(record) or is_start(record) for record in head.records):
            return True
        return bool(_DOCUMENT.match(head.raw)) or _is_telemetry(head.raw)

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        head = first_bytes(path)
        if not MULTILINE_OBJECT.match(head):
            return LineSource(self, path, checkpoints, LINE_END)
        if _DOCUMENT.match(head):
            return DocumentSource(self, path, checkpoints)
        return LineSource(self, path, checkpoints, OBJECT_END)

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.gemini.records import GeminiParser

        return GeminiParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        return files.agent_chats(path)

    def roots(self, context: SearchContext) -> list[Path]:
        return [files.root(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        self._folder_by_hash = files.folders_by_hash(context.cwd)
        return files.chats(context)

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Return the printed output of sessions whose chats are among ``paths``."""
        paths = list(paths)
        runs = {path: session for path in paths if (session := files.printed_session(path))}
        sessions = set(runs.values())
        chats = {files.chat_session(path, sessions) for path in paths} if runs else set()
        return [path for path, session in runs.items() if session in chats]

    def session_id_of(self, path: Path) -> str:
        return files.printed_session(path) or files.chat_session(path)

    def start_directory(self, path: Path) -> str | None:
        return files.project_folder(path) or self._folder_by_hash.get(files.project_name(path))


def _is_header(record: Record) -> bool:
    return "sessionId" in record and "projectHash" in record


def _is_telemetry(head: bytes) -> bool:
    return bool(_TELEMETRY.match(head)) and b"gemini" in head and (b'"hrTime"' in head or b'"_spanContext"' in head)
