"""Conversion to and from JSON values: any value an agent passes in, and executions in their documented form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from os import PathLike

from tui_monitor.telemetry.recorder.executions import TokenCounts, ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange, FileChangeType

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

    from tui_monitor.telemetry.recorder.file_changes import LineRange

_MAX_DEPTH = 64
_INTEGER_LIMIT = 2**63
_MAX_TEXT = 4000


def to_jsonable(value: object, depth: int = 0) -> object:
    """Return ``value`` as JSON values. Never raises.

    Containers nested deeper than 64 levels, and objects without a text form, become their type's name in ``<>``; text
    that UTF-8 cannot encode is replaced.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, int):
        return int(value) if -_INTEGER_LIMIT <= value < _INTEGER_LIMIT else to_text(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth == _MAX_DEPTH:
        return f"<{type(value).__name__}>"
    return _container(value, depth + 1)


def to_text(value: object) -> str:
    """Return ``str(value)``, at most 4000 characters, or the type's name in ``<>`` if that raises."""
    try:
        return _encodable(str(value)[:_MAX_TEXT])
    except Exception:  # the object's own code runs here
        return f"<{type(value).__name__}>"


def error_text(error: BaseException) -> str:
    """Return the message of an exception, or its type's name if it has none."""
    return to_text(error) or type(error).__name__


def output_text(result: object) -> str | None:
    """Return a tool's result as output: text unchanged, None as None, anything else by `to_text`."""
    return result if result is None or isinstance(result, str) else to_text(result)


def execution_to_json(execution: ToolExecution) -> dict[str, object]:
    """Return the 14 documented fields of an execution; unknown ones are null."""
    tokens = execution.tokens
    return {
        "id": execution.id,
        "tool_name": execution.tool_name,
        "input": to_jsonable(execution.input),
        "output": to_jsonable(execution.output),
        "success": execution.success,
        "error": to_jsonable(execution.error),
        "started_at": execution.started_at,
        "duration_ms": execution.duration_ms,
        "files_affected": [change_to_json(change) for change in execution.files_affected],
        "tokens": {"input": tokens.input, "output": tokens.output} if tokens else None,
        "parent_id": execution.parent_id,
        "session_id": execution.session_id,
        "model": execution.model,
        "metadata": to_jsonable(execution.metadata),
    }


def execution_from_json(record: Mapping[str, object]) -> ToolExecution:
    """Return the execution of a JSON object. Missing fields, and fields of a wrong type, get their defaults.

    Raises:
        ValueError: The object has no tool name or no start time.
    """
    tool, started_at = record.get("tool_name"), record.get("started_at")
    if not isinstance(tool, str) or not _is_integer(started_at):
        raise ValueError("an execution needs tool_name and started_at")
    error, tokens, changes, metadata = (record.get(name) for name in ("error", "tokens", "files_affected", "metadata"))
    return ToolExecution(
        id=_integer(record.get("id")) or 0,
        tool_name=tool,
        input=record.get("input"),
        output=_text(record.get("output")),
        success=record.get("success") is True or (record.get("success") is None and not error),
        error=_text(error),
        started_at=started_at,
        duration_ms=_integer(record.get("duration_ms")) or 0,
        files_affected=[_change(each) for each in changes if _is_change(each)] if isinstance(changes, list) else [],
        tokens=_tokens(tokens) if isinstance(tokens, Mapping) else None,
        parent_id=_integer(record.get("parent_id")),
        session_id=_text(record.get("session_id")),
        model=_text(record.get("model")),
        metadata=dict(metadata) if isinstance(metadata, Mapping) else {},
    )


def change_to_json(change: FileChange, with_content: bool = True) -> dict[str, object]:
    """Return the 10 documented fields of a file change. Without content, both texts and the diff are null.

    A diff that is not yet computed is null: readers compute it from the texts.
    """
    return {
        "change_type": str(change.change_type),
        "path": change.path,
        "old_path": change.old_path,
        "lines_affected": change.lines_affected,
        "before": change.before if with_content else None,
        "after": change.after if with_content else None,
        "diff": change.stored_diff if with_content else None,
        "size_before": change.size_before,
        "size_after": change.size_after,
        "timestamp": change.timestamp,
    }


def _container(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        return {_key(key): to_jsonable(item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple | Set):
        return [to_jsonable(item, depth) for item in value]
    if isinstance(value, Enum):
        return to_jsonable(value.value, depth)
    if isinstance(value, PathLike):
        return to_jsonable(value.__fspath__(), depth)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_jsonable(getattr(value, each.name, None), depth) for each in fields(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return to_text(value)


def _key(key: object) -> str:
    return _encodable(key) if isinstance(key, str) else to_text(key)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return str.__str__(text)


def _change(record: Mapping[str, object]) -> FileChange:
    return FileChange(
        change_type=FileChangeType(str(record["change_type"])),
        path=_text(record.get("path")) or "",
        old_path=_text(record.get("old_path")),
        lines_affected=_line_range(record.get("lines_affected")),
        before=_text(record.get("before")),
        after=_text(record.get("after")),
        diff=_text(record.get("diff")),
        size_before=_integer(record.get("size_before")),
        size_after=_integer(record.get("size_after")),
        timestamp=_integer(record.get("timestamp")) or 0,
    )


def _is_change(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping) and value.get("change_type") in list(FileChangeType)


def _tokens(record: Mapping[str, object]) -> TokenCounts:
    return TokenCounts(_integer(record.get("input")) or 0, _integer(record.get("output")) or 0)


def _line_range(value: object) -> LineRange | None:
    if isinstance(value, list) and len(value) == 2 and all(map(_is_integer, value)):
        return value[0], value[1]
    return None


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _integer(value: object) -> int | None:
    return value if _is_integer(value) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
