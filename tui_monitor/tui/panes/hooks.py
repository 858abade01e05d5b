"""A person's own hooks: which of them failed, when, and what they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.live.hooks import HookRecord, hook_records
from tui_monitor.tui.panes.content import MomentTarget, PaneContext, PaneRow, Section
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import duration_forms, moment

NONE = "No hook is known to have run: they appear here with what they did."
_COLUMNS = ("hook", "", "failed", "exit", "took", "last")


def hooks_section(context: PaneContext) -> Section:
    """Return the hooks of a session, those that fail first; ⏎ leads to the last failure in the log."""
    rows = [row for record in hook_records(context.state) for row in _rows(record, context)]
    return Section(rows, _COLUMNS, title="Hooks", empty=NONE, left=(1,))


def _rows(record: HookRecord, context: PaneContext) -> Iterator[PaneRow]:
    yield _row(record, context)
    if record.failure and record.fails and (said := record.failure.detail.strip()):
        yield PaneRow(None, ((TextSpan("  ↳ ", Tone.FAILED), TextSpan(one_line(said), Tone.DIM)),))


def _row(record: HookRecord, context: PaneContext) -> PaneRow:
    failure, took_ms = record.failure, record.success.duration_ms if record.success else None
    if record.fails and failure:
        took_ms = failure.duration_ms
    exit_code = failure.exit_code if failure and record.fails else None
    state: Spans = (TextSpan("failed", Tone.FAILED),) if record.fails else (TextSpan("ok", Tone.DIM),)
    return PaneRow(
        ("hook", record.name),
        (
            (_glyph(record), TextSpan(one_line(record.name))),
            state,
            (TextSpan(f"{record.failures:,} ✗" if record.failures else "", Tone.FAILED),),
            (TextSpan("" if exit_code is None else str(exit_code), Tone.DIM),),
            (TextSpan("".join(duration_forms(took_ms or 0)[:1]), Tone.DIM),),
            (TextSpan(moment(record.last_at, context.now, context.tz), Tone.DIM),),
        ),
        MomentTarget(failure.at) if failure else None,
        record.name,
    )


def _glyph(record: HookRecord) -> TextSpan:
    return TextSpan("✗ ", Tone.FAILED) if record.fails else TextSpan("✓ ", Tone.OK)
