"""CodeTether's ``telemetry.json``: its last 500 tool executions, and sums over all of them.

Ids of executions begin anew with each process, so the start is part of ours. What was still running when the file was
written is a call without a result.
"""

from __future__ import annotations

from tui_monitor.sources.base import Record
from tui_monitor.sources.imports.documents import objects_of, parse_document
from tui_monitor.sources.imports.model import ForeignStore, foreign_store
from tui_monitor.sources.shared.fields import count, table, text, to_epoch_ms

NAME = "codetether"
_EXECUTIONS = "executions"
_SUMS = {"total_input_tokens": "input_tokens", "total_output_tokens": "output_tokens"}


def recognises(content: str) -> bool:
    """Return True for a document of this program, also a torn one."""
    return f'"{_EXECUTIONS}"' in content and ('"tool_name"' in content or '"files_modified"' in content)


def read(content: str) -> ForeignStore:
    """Return the executions, and the tokens of all requests as one usage."""
    executions, is_whole = objects_of(content, _EXECUTIONS)
    lines = [_line(execution) for execution in executions if text(execution.get("tool_name"))]
    document = parse_document(content) or {}
    if sums := _sums(document):
        lines.append(sums)
    notes = [] if is_whole else [f"the file is torn: what follows {len(lines):,} executions is lost"]
    earlier = count(table(document.get("stats")).get("total_executions")) - len(executions)
    if earlier > 0:
        notes.append(f"{earlier:,} earlier executions are not in the file, which keeps the last ones")
    return foreign_store(NAME, lines, notes)


def _line(execution: Record) -> Record:
    started = to_epoch_ms(execution.get("started_at"))
    session = text(execution.get("session_id")) or NAME
    call = f"{execution.get('id')}@{started}"
    line = {name: value for name, value in execution.items() if value is not None and name not in ("id", "type", "v")}
    kind = "tool_start" if execution.get("success") is None else "tool"
    uid = f"{NAME}:{session}:{call}:{execution['tool_name']}:{kind}"
    return {**line, "type": kind, "uid": uid, "id": call, "session_id": session}


def _sums(document: Record) -> Record | None:
    stats = table(document.get("stats"))
    counts = {name: count(stats.get(theirs)) for theirs, name in _SUMS.items()}
    if not any(counts.values()):
        return None
    at = to_epoch_ms(document.get("last_updated")) / 1000
    uid = f"{NAME}:sums:{counts['input_tokens']}:{counts['output_tokens']}"
    return {"type": "usage", "uid": uid, "session_id": NAME, "timestamp": at, **counts}
