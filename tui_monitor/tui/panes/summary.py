"""The two lines at the foot of a wide screen: agents and models, and what fills the context."""

from __future__ import annotations

from tui_monitor.live.context_breakdown import ContextBreakdown, context_breakdown
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alignment import join_spans, justify
from tui_monitor.tui.panes.agents import agents_short
from tui_monitor.tui.panes.models import models_short
from tui_monitor.tui.rows.target import target_of, tool_word
from tui_monitor.tui.spans import Span, Spans, Tone, cut_end
from tui_monitor.units import compact


def agents_line(state: SessionState, width: int) -> Spans:
    """``Agents  main 97k ctx, 132 calls   ✓ Explore …          Models  opus-4-6 $8.87``; as many as fit."""
    agents, models = agents_short(state), models_short(state)
    pairs = [
        (_titled("Agents", agents[:shown], len(agents) - shown), _titled("Models", models[:some], len(models) - some))
        for some in range(min(3, len(models)), -1, -1)
        for shown in range(min(4, len(agents)), 0, -1)
    ]
    return justify(pairs or [((), ())], width)


def fills_line(state: SessionState, width: int, health: Spans) -> Spans:
    """``ContextBreakdown  start 36k · tool output ~43k · calls ~14k · words ~4k    largest: Read session.ex ~12k``."""
    found = context_breakdown(state)
    if found is None:
        return justify([((Span("Fills  ", Tone.DIM), Span("known with the next answer", Tone.DIM)), health)], width)
    parts = [("tool output", found.outputs), ("calls", found.calls), ("words", found.words)]
    estimates: list[Spans] = [(Span(f"{name} ~{compact(tokens)}"),) for name, tokens in parts if tokens]
    shares: Spans = (
        Span("Fills  ", Tone.DIM),
        *join_spans([(Span(f"start {compact(found.start)}"),), *estimates], " · "),
    )
    return justify([((*shares, *_largest(found, state)), health), (shares, health), (shares, ())], width)


def _largest(found: ContextBreakdown, state: SessionState) -> Spans:
    if found.largest is None or not found.largest_tokens:
        return ()
    target = target_of(found.largest, state.cwd)
    about = target.text.rpartition("/")[2] if target.path else target.text
    name = cut_end(f"{tool_word(found.largest)} {about}".strip(), 40)
    return (Span("   largest: ", Tone.DIM), Span(f"{name} ~{compact(found.largest_tokens)}", Tone.DIM))


def _titled(title: str, parts: list[Spans], more: int) -> Spans:
    if not parts:
        return ()
    rest: Spans = (Span(f"  +{more}", Tone.DIM),) if more > 0 else ()
    return (Span(f"{title}  ", Tone.DIM), *join_spans(parts, "   "), *rest)
