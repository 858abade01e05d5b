"""What the sub-agent of a call has done and used so far."""

from __future__ import annotations

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call, Entry
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import compact, pluralize


def agent_sum(entry: Entry | None, context: RowContext) -> Spans:
    """Return ``50 calls · 42k ctx · ≥$0.72`` for a call that started an agent, empty for other entries."""
    facts = context.agents.get(entry.id) if isinstance(entry, Call) and entry.kind is ToolKind.AGENT else None
    if facts is None:
        return ()
    parts = (
        pluralize(facts.calls, "call") if facts.calls else "",
        f"{compact(facts.tokens)} ctx" if facts.tokens else "",
        facts.cost,
    )
    text = " · ".join(filter(None, parts))
    return (TextSpan(text, Tone.DIM),) if text else ()
