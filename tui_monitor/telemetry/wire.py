"""Executions as JSON objects in the documents' form, and back."""

from __future__ import annotations

from collections.abc import Mapping

from tui_monitor.telemetry.executions import ToolExecution
from tui_monitor.telemetry.file_changes import FileChange, FileChangeType
from tui_monitor.telemetry.plain import plain
from tui_monitor.telemetry.tokens import TokenCounts

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

    from tui_monitor.telemetry.file_changes import Lines


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
