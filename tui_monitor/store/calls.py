"""A tool call as a row of ``calls``, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple, TypeVar

from tui_monitor.events import CallState, Measure, SourceRef, Tokens, ToolKind
from tui_monitor.merge.calls import CallRecord
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import SqlRow

_T = TypeVar("_T", Measure, Tokens)


class CallColumns(NamedTuple):
    """A row of ``calls`` as it is stored: the fields are its columns."""

    id: int
    session: int
    call: str
    agent: int
    tool: int | None
    kind: str
    subject: str
    note: str
    parent: str
    model: int | None
    timeout_ms: int | None
    started: int
    started_order: int
    start_rank: int
    input_path: int | None
    input_offset: int | None
    input_length: int | None
    input_chars: int
    doing: str
    elapsed_ms: int | None
    progress_lines: int | None
    progress_rank: int
    state: str
    finished: int
    result_rank: int
    first_end: int
    measured_exactly: int | None
    measured_at: int | None
    measured_ms: int | None
    duration_ms: int | None
    exit_code: int | None
    measure: str | None
    tokens: str | None
    approved: int | None
    approval: str | None
    waited_ms: int | None
    output_path: int | None
    output_offset: int | None
    output_length: int | None
    output_chars: int
    error_chars: int
    metadata_chars: int
    changes: int
    lower_ranks: str | None
    shared: int
    counted: int


COLUMNS = CallColumns._fields


class CallCounts(NamedTuple):
    """The contribution of a call to the totals of its session."""

    calls: int = 0
    failed: int = 0
    rejected: int = 0


_VALUES_OF = {kind: attrgetter(*(field.name for field in fields(kind))) for kind in (Measure, Tokens)}
_NOT_COUNTED = CallCounts()
_COUNTS = {state: CallCounts(1, int(state.failed), int(state.rejected)) for state in CallState}


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
        """Its contribution to the totals of its session."""
        if not self.record.is_started or not self.counted:
            return _NOT_COUNTED
        return _COUNTS[self.record.state]


def encode(row: CallRow, interned: InternTables) -> CallColumns:
    """Return the columns of a call. ``tool`` is null until the call is known to have been issued."""
    record, strings = row.record, interned.strings
    measured_exactly, measured_at, measured_ms = record.measured or (None, None, None)
    input_path, input_offset, input_length = _encode_ref(record.input_ref, interned)
    output_path, output_offset, output_length = _encode_ref(record.output_ref, interned)
    return CallColumns(
        id=row.id,
        session=row.session,
        call=row.call,
        agent=row.agent,
        tool=strings.id_of(record.tool) if record.is_started else None,
        kind=record.kind.value,
        subject=record.subject,
        note=record.note,
        parent=record.parent,
        model=strings.id_of(record.model) if record.model else None,
        timeout_ms=record.timeout_ms,
        started=record.started,
        started_order=row.order,
        start_rank=record.start_rank,
        input_path=input_path,
        input_offset=input_offset,
        input_length=input_length,
        input_chars=record.input_chars,
        doing=record.doing,
        elapsed_ms=record.elapsed_ms,
        progress_lines=record.progress_lines,
        progress_rank=record.progress_rank,
        state=record.state.value,
        finished=record.finished,
        result_rank=record.result_rank,
        first_end=record.first_end,
        measured_exactly=measured_exactly,
        measured_at=measured_at,
        measured_ms=measured_ms,
        duration_ms=record.measured_ms,
        exit_code=record.exit_code,
        measure=_encode_json(record.measure),
        tokens=_encode_json(record.tokens),
        approved=record.approved,
        approval=record.approval or None,
        waited_ms=record.waited_ms,
        output_path=output_path,
        output_offset=output_offset,
        output_length=output_length,
        output_chars=record.output_chars,
        error_chars=record.error_chars,
        metadata_chars=record.metadata_chars,
        changes=record.change_count,
        lower_ranks=json.dumps(record.lower_ranks) if record.lower_ranks else None,
        shared=row.shared,
        counted=row.counted,
    )


def decode(values: SqlRow, interned: InternTables) -> CallRow:
    """Return the row with these values of all `COLUMNS`."""
    row = CallColumns._make(values)
    strings = interned.strings
    record = CallRecord(
        agent=interned.agent_name(row.agent) if row.tool is not None else "",
        tool="" if row.tool is None else strings.value_of(row.tool),
        kind=ToolKind(row.kind),
        subject=row.subject,
        note=row.note,
        parent=row.parent,
        model="" if row.model is None else strings.value_of(row.model),
        timeout_ms=row.timeout_ms,
        started=row.started,
        start_rank=row.start_rank,
        input_ref=decode_ref(interned, row.input_path, row.input_offset, row.input_length),
        input_chars=row.input_chars,
        doing=row.doing,
        elapsed_ms=row.elapsed_ms,
        progress_lines=row.progress_lines,
        progress_rank=row.progress_rank,
        state=CallState(row.state),
        finished=row.finished,
        result_rank=row.result_rank,
        first_end=row.first_end,
        measured=_decode_measured(row.measured_exactly, row.measured_at, row.measured_ms),
        exit_code=row.exit_code,
        measure=_decode_json(Measure, row.measure),
        tokens=_decode_json(Tokens, row.tokens),
        approved=None if row.approved is None else bool(row.approved),
        approval=row.approval or "",
        waited_ms=row.waited_ms,
        output_ref=decode_ref(interned, row.output_path, row.output_offset, row.output_length),
        output_chars=row.output_chars,
        error_chars=row.error_chars,
        metadata_chars=row.metadata_chars,
        change_count=row.changes,
        lower_ranks=json.loads(row.lower_ranks) if row.lower_ranks else None,
    )
    return CallRow(row.id, row.session, row.call, row.agent, row.started_order, record, row.shared, row.counted)


def decode_ref(interned: InternTables, path: int | None, offset: int | None, length: int | None) -> SourceRef | None:
    """Return the reference to a line with these columns."""
    return None if path is None else SourceRef(interned.strings.value_of(path), offset or 0, length or 0)


def _encode_ref(ref: SourceRef | None, interned: InternTables) -> tuple[int | None, int | None, int | None]:
    return (interned.strings.id_of(ref.path), ref.offset, ref.length) if ref else (None, None, None)


def _decode_measured(exactly: int | None, at: int | None, duration_ms: int | None) -> tuple[bool, int, int] | None:
    return None if at is None or duration_ms is None else (bool(exactly), at, duration_ms)


def _encode_json(value: Measure | Tokens | None) -> str | None:
    return None if value is None else json.dumps(_VALUES_OF[type(value)](value))


def _decode_json(make: type[_T], text: str | None) -> _T | None:
    return make(*json.loads(text)) if text else None
