"""The last test result for the header."""

from __future__ import annotations

from tui_monitor.live.last_suite import last_suite
from tui_monitor.live.session import SessionState
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import duration_forms, pluralize


def suite_forms(state: SessionState, now: int) -> list[Spans]:
    """Return forms of ``tests ✓ 410 · 2m ago · 3 edits since``, the longest first; the empty one comes last."""
    last = last_suite(state)
    if last is None:
        return [()]
    result = last.result
    counts: Spans = (
        (TextSpan(f"✗ {result.failed:,}", Tone.FAILED), TextSpan(f" of {result.passed + result.failed:,}", Tone.DIM))
        if result.failed
        else (TextSpan(f"✓ {result.passed:,}", Tone.OK),)
    )
    short: Spans = (TextSpan(f"{result.unit} ", Tone.DIM), *counts)
    ages = duration_forms(max(0, now - last.call.at))[-1:]
    age: Spans = tuple(TextSpan(f" · {form} ago", Tone.DIM) for form in ages)
    edits: Spans = ()
    if last.edits_since:
        edits = (TextSpan(" · ", Tone.DIM), TextSpan(f"{pluralize(last.edits_since, 'edit')} since", Tone.DOUBT))
    return [(*short, *age, *edits), (*short, *edits), short, ()]
