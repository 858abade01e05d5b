"""A tool call as a row of ``calls``, and back."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from tui_monitor.events import CallState, Measure, SourceRef, Tokens, ToolKind
from tui_monitor.merge.calls import CallRecord
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import SqlRow

_ROW = ("id", "session", "call", "agent", "started_order", "shared", "counted")
"""The columns that are no part of the record."""

_FIELDS = (
    *("subject", "note", "parent", "timeout_ms", "approval_after_ms", "held_after_ms", "runs", "started", "start_rank"),
    *("input_chars", "doing", "elapsed_ms"),
    *(
        "progress_lines",
        "output_file",
        "progress_rank",
        "finished",
        "result_rank",
        "first_end",
        "exit_code",
        "approved",
        "waited_ms",
    ),
    *("output_chars", "error_chars", "metadata_chars"),
)
"""The columns that hold a field of the record as it is."""

_ENCODED = (
    *("tool", "kind", "model", "state", "input_path", "input_offset", "input_length"),
    *("output_path", "output_offset", "output_length", "measured_exactly", "measured_at", "measured_ms"),
    *("duration_ms", "measure", "tokens", "approval", "changes", "lower_ranks"),
)
COLUMNS = (*_ROW, *_FIELDS, *_ENCODED)
"""The columns of ``calls``, in the order of `encode`."""

_fields_of = attrgetter(*_FIELDS)


class CallCounts(NamedTuple):
    """The contribution of a call to the totals of its session."""

    calls: int = 0
    failed: int = 0
    rejected: int = 0


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


def encode(row: CallRow, interned: InternTables) -> SqlRow:
    """Return the values of all `COLUMNS`. ``tool`` is null until the call is known to have been issued."""
    record, strings = row.record, interned.strings
    return (
        *(row.id, row.session, row.call, row.agent, row.order, row.shared, row.counted),
        *_fields_of(record),
        strings.id_of(record.tool) if record.is_started else None,
        record.kind.value,
        strings.id_of(record.model) if record.model else None,
        record.state.value,
        *_encode_ref(record.input_ref, interned),
        *_encode_ref(record.output_ref, interned),
        *(record.measured or _UNKNOWN),
        record.measured_ms,
        _encode_measure(record.measure) if record.measure else None,
        _encode_tokens(record.tokens) if record.tokens else None,
        record.approval or None,
        record.change_count,
        json.dumps(record.lower_ranks) if record.lower_ranks else None,
    )


def decode(values: SqlRow, interned: InternTables) -> CallRow:
    """Return the row with these values of all `COLUMNS`."""
    row: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
    strings, is_started = interned.strings, row["tool"] is not None
    record = CallRecord(
        **{name: row[name] for name in _FIELDS},
        agent=interned.agent_name(row["agent"]) if is_started else "",
        tool=strings.value_of(row["tool"]) if is_started else "",
        kind=ToolKind(row["kind"]),
        model="" if row["model"] is None else strings.value_of(row["model"]),
        state=CallState(row["state"]),
        input_ref=decode_ref(interned, row["input_path"], row["input_offset"], row["input_length"]),
        output_ref=decode_ref(interned, row["output_path"], row["output_offset"], row["output_length"]),
        measured=_decode_measured(row["measured_exactly"], row["measured_at"], row["measured_ms"]),
        measure=Measure(*json.loads(row["measure"])) if row["measure"] else None,
        tokens=Tokens(*json.loads(row["tokens"])) if row["tokens"] else None,
        approval=row["approval"] or "",
        change_count=row["changes"],
        lower_ranks=json.loads(row["lower_ranks"]) if row["lower_ranks"] else None,
    )
    record.runs = bool(record.runs)
    record.approved = None if record.approved is None else bool(record.approved)
    key = (row["id"], row["session"], row["call"], row["agent"], row["started_order"])
    return CallRow(*key, record, row["shared"], row["counted"])


def decode_ref(interned: InternTables, path: int | None, offset: int | None, length: int | None) -> SourceRef | None:
    """Return the reference to a line with these columns."""
    return None if path is None else SourceRef(interned.strings.value_of(path), offset or 0, length or 0)


_UNKNOWN = (None, None, None)


def _encode_ref(ref: SourceRef | None, interned: InternTables) -> tuple[int | None, int | None, int | None]:
    return (interned.strings.id_of(ref.path), ref.offset, ref.length) if ref else _UNKNOWN


def _decode_measured(exactly: int | None, at: int | None, duration_ms: int | None) -> tuple[bool, int, int] | None:
    return None if at is None or duration_ms is None else (bool(exactly), at, duration_ms)


@lru_cache(maxsize=1024)
def _encode_measure(measure: Measure) -> str:
    return json.dumps([measure.count, measure.unit, measure.of])


def _encode_tokens(tokens: Tokens) -> str:
    return json.dumps(astuple(tokens))
