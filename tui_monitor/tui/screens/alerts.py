"""What is wrong with the sources, in a line where it matters and in a corner where it does not."""

from __future__ import annotations

from tui_monitor.clean import clean_line
from tui_monitor.tui.pump import Circumstances
from tui_monitor.tui.rows.cells import Span, Spans, Tone
from tui_monitor.units import counted


def alert_text(now: Circumstances) -> str:
    """The line to be shown while something is wrong, or while reading takes long; empty when all is well."""
    if now.troubles:
        first, *others = now.troubles.values()
        return clean_line(first) + (f" (and {len(others)} more)" if others else "")
    progress = now.progress
    if progress and progress.done < progress.size:
        return f"reading {100 * progress.done // progress.size} % of {progress.size / 1e6:,.0f} MB"
    return ""


def health_spans(now: Circumstances) -> Spans:
    """``2 lines skipped``; nothing when all could be read."""
    parts = []
    if now.health.skipped:
        parts.append(f"{counted(now.health.skipped, 'line')} skipped")
    if now.health.unknown:
        parts.append(f"{counted(now.health.unknown, 'line')} of unknown type")
    return (Span(" · ".join(parts), Tone.DOUBT),) if parts else ()
