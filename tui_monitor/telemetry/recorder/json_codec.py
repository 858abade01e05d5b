"""Executions as JSON objects in the documents' form, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from os import PathLike

from tui_monitor.telemetry.recorder.executions import TokenCounts, ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange, FileChangeType

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

    from tui_monitor.telemetry.recorder.file_changes import Lines


_DEEPEST = 64
_LARGEST_INTEGER = 2**63
_LONGEST_WORDS = 4000


def plain(value: object, depth: int = 0) -> object:
    """``value`` as JSON values: never fails, ends in any depth (what lies below 64 levels is told by its type), and
    holds only text that can be encoded."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, int):
        return int(value) if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth == _DEEPEST:
        return f"<{type(value).__name__}>"
    return _container(value, depth + 1)


def _container(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        return {_name(key): plain(item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple | Set):
        return [plain(item, depth) for item in value]
    if isinstance(value, Enum):
        return plain(value.value, depth)
    if isinstance(value, PathLike):
        return plain(value.__fspath__(), depth)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name, None), depth) for each in fields(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return words(value)


def words(value: object) -> str:
    """An object of no known kind in its own words, or, when it has none, by its type."""
    try:
        return _encodable(str(value)[:_LONGEST_WORDS])
    except Exception:  # its own code runs here
        return f"<{type(value).__name__}>"


def output_of(result: object) -> str | None:
    """What a tool gave, as its output: text is whole, anything else in its own words, and None nothing."""
    return result if result is None or isinstance(result, str) else words(result)


def _name(key: object) -> str:
    return _encodable(key) if isinstance(key, str) else words(key)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return str.__str__(text)


def execution_to_json(execution: ToolExecution) -> dict[str, object]:
    """All 14 fields; what is not known is null."""
    tokens = execution.tokens
    return {
        "id": execution.id,
        "tool_name": execution.tool_name,
        "input": plain(execution.input),
        "output": plain(execution.output),
        "success": execution.success,
        "error": plain(execution.error),
        "started_at": execution.started_at,
        "duration_ms": execution.duration_ms,
        "files_affected": [change_to_json(change) for change in execution.files_affected],
        "tokens": {"input": tokens.input, "output": tokens.output} if tokens else None,
        "parent_id": execution.parent_id,
        "session_id": execution.session_id,
        "model": execution.model,
        "metadata": plain(execution.metadata),
    }


def change_to_json(change: FileChange, with_content: bool = True) -> dict[str, object]:
    """All 10 fields; a diff that was not given is null, and reckoned by who reads it."""
    return {
        "change_type": str(change.change_type),
        "path": change.path,
        "old_path": change.old_path,
        "lines_affected": change.lines_affected,
        "before": change.before if with_content else None,
        "after": change.after if with_content else None,
        "diff": change.given_diff if with_content else None,
        "size_before": change.size_before,
        "size_after": change.size_after,
        "timestamp": change.timestamp,
    }


def execution_from_json(told: Mapping[str, object]) -> ToolExecution:
    """The execution that an object tells of; fields that are missing or of another kind count as not told.

    Raises:
        ValueError: it is no execution, for want of a tool and a time.
    """
    tool, started_at = told.get("tool_name"), told.get("started_at")
    if not isinstance(tool, str) or not _is_number(started_at):
        raise ValueError("no execution")
    error, tokens, changes, metadata = (told.get(name) for name in ("error", "tokens", "files_affected", "metadata"))
    return ToolExecution(
        id=_number(told.get("id")) or 0,
        tool_name=tool,
        input=told.get("input"),
        output=_text(told.get("output")),
        success=told.get("success") is True or (told.get("success") is None and not error),
        error=_text(error),
        started_at=started_at,
        duration_ms=_number(told.get("duration_ms")) or 0,
        files_affected=[_change(each) for each in changes if _is_change(each)] if isinstance(changes, list) else [],
        tokens=_tokens(tokens) if isinstance(tokens, Mapping) else None,
        parent_id=_number(told.get("parent_id")),
        session_id=_text(told.get("session_id")),
        model=_text(told.get("model")),
        metadata=dict(metadata) if isinstance(metadata, Mapping) else {},
    )


def _change(told: Mapping[str, object]) -> FileChange:
    return FileChange(
        change_type=FileChangeType(str(told["change_type"])),
        path=_text(told.get("path")) or "",
        old_path=_text(told.get("old_path")),
        lines_affected=_lines(told.get("lines_affected")),
        before=_text(told.get("before")),
        after=_text(told.get("after")),
        diff=_text(told.get("diff")),
        size_before=_number(told.get("size_before")),
        size_after=_number(told.get("size_after")),
        timestamp=_number(told.get("timestamp")) or 0,
    )


def _is_change(told: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(told, Mapping) and told.get("change_type") in list(FileChangeType)


def _tokens(told: Mapping[str, object]) -> TokenCounts:
    return TokenCounts(_number(told.get("input")) or 0, _number(told.get("output")) or 0)


def _lines(told: object) -> Lines | None:
    if isinstance(told, list) and len(told) == 2 and all(map(_is_number, told)):
        return told[0], told[1]
    return None


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> int | None:
    return value if _is_number(value) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
