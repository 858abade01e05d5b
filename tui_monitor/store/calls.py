"""A tool call as a row of ``calls``, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import NamedTuple, TypeVar

from tui_monitor.events import CallState, Measure, SourceRef, Tokens, ToolKind
from tui_monitor.merge.calls import CallRecord
from tui_monitor.store.body import ref
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import SqlRow

_T = TypeVar("_T", Measure, Tokens)

COLUMNS = (
    *("id", "session", "call", "agent", "tool", "kind", "subject", "note", "parent", "model", "timeout_ms"),
    *("started", "started_order", "start_rank", "input_path", "input_offset", "input_length", "input_chars"),
    *("doing", "elapsed_ms", "progress_lines", "progress_rank", "state", "finished", "result_rank", "first_end"),
    *("measured_exactly", "measured_at", "measured_ms", "duration_ms", "exit_code", "measure", "tokens"),
    *("approved", "approval", "output_path", "output_offset", "output_length", "output_chars", "error_chars"),
    *("metadata_chars", "changes", "lower_ranks", "shared", "counted"),
)
"""The columns of ``calls``, in the order of `encode`."""


class CallCounts(NamedTuple):
    """The share of a call in the totals of its session."""

    calls: int = 0
    failed: int = 0
    rejected: int = 0


@dataclass(slots=True)
class CallRow:
    """One row of ``calls``. ``agent`` is the number of its agent, ``order`` the position, in the order of reading, of
    the first line that issued it. Only a ``counted`` call adds to totals: of a call that sessions have ``shared``, the
    one of the owner."""

    id: int
    session: int
    call: str
    agent: int
    order: int
    record: CallRecord
    shared: int = 0
    counted: int = 1

    @property
    def counts(self) -> CallCounts:
        """Its share in the totals of its session."""
        if not self.record.is_started or not self.counted:
            return CallCounts()
        state = self.record.state
        return CallCounts(1, int(state.failed), int(state.rejected))


def encode(row: CallRow, interned: InternTables) -> SqlRow:
    """Return the values of all `COLUMNS`. ``tool`` is null until the call is known to have been issued."""
    record, strings = row.record, interned.strings
    measured_exactly, measured_at, measured_ms = record.measured or (None, None, None)
    return (
        row.id,
        row.session,
        row.call,
        row.agent,
        strings.id_of(record.tool) if record.is_started else None,
        record.kind.value,
        record.subject,
        record.note,
        record.parent,
        strings.id_of(record.model) if record.model else None,
        record.timeout_ms,
        record.started,
        row.order,
        record.start_rank,
        *_encode_ref(record.input_ref, interned),
        record.input_chars,
        record.doing,
        record.elapsed_ms,
        record.progress_lines,
        record.progress_rank,
        record.state.value,
        record.finished,
        record.result_rank,
        record.first_end,
        measured_exactly,
        measured_at,
        measured_ms,
        record.measured_ms,
        record.exit_code,
        _encode_json(record.measure),
        _encode_json(record.tokens),
        record.approved,
        record.approval or None,
        *_encode_ref(record.output_ref, interned),
        record.output_chars,
        record.error_chars,
        record.metadata_chars,
        record.change_count,
        json.dumps(record.lower_ranks) if record.lower_ranks else None,
        row.shared,
        row.counted,
    )


def decode(values: SqlRow, interned: InternTables) -> CallRow:
    """Return the row with these values of all `COLUMNS`."""
    row = dict(zip(COLUMNS, values, strict=True))
    strings = interned.strings
    record = CallRecord(
        agent=interned.agent_name(row["agent"]) if row["tool"] is not None else "",
        tool="" if row["tool"] is None else strings.value_of(row["tool"]),
        kind=ToolKind(row["kind"]),
        subject=row["subject"],
        note=row["note"],
        parent=row["parent"],
        model="" if row["model"] is None else strings.value_of(row["model"]),
        timeout_ms=row["timeout_ms"],
        started=row["started"],
        start_rank=row["start_rank"],
        input_ref=ref(interned, row["input_path"], row["input_offset"], row["input_length"]),
        input_chars=row["input_chars"],
        doing=row["doing"],
        elapsed_ms=row["elapsed_ms"],
        progress_lines=row["progress_lines"],
        progress_rank=row["progress_rank"],
        state=CallState(row["state"]),
        finished=row["finished"],
        result_rank=row["result_rank"],
        first_end=row["first_end"],
        measured=_decode_measured(row["measured_exactly"], row["measured_at"], row["measured_ms"]),
        exit_code=row["exit_code"],
        measure=_decode_json(Measure, row["measure"]),
        tokens=_decode_json(Tokens, row["tokens"]),
        approved=None if row["approved"] is None else bool(row["approved"]),
        approval=row["approval"] or "",
        output_ref=ref(interned, row["output_path"], row["output_offset"], row["output_length"]),
        output_chars=row["output_chars"],
        error_chars=row["error_chars"],
        metadata_chars=row["metadata_chars"],
        change_count=row["changes"],
        lower_ranks=json.loads(row["lower_ranks"]) if row["lower_ranks"] else None,
    )
    place = (row["id"], row["session"], row["call"], row["agent"], row["started_order"])
    return CallRow(*place, record, row["shared"], row["counted"])


def _encode_ref(ref: SourceRef | None, interned: InternTables) -> tuple[int | None, int | None, int | None]:
    return (interned.strings.id_of(ref.path), ref.offset, ref.length) if ref else (None, None, None)


def _decode_measured(exactly: int | None, at: int | None, duration_ms: int | None) -> tuple[bool, int, int] | None:
    return None if at is None or duration_ms is None else (bool(exactly), at, duration_ms)


def _encode_json(value: Measure | Tokens | None) -> str | None:
    return None if value is None else json.dumps([getattr(value, field.name) for field in fields(value)])


def _decode_json(make: type[_T], text: str | None) -> _T | None:
    return make(*json.loads(text)) if text else None
