"""The two lines at the foot of a wide screen: agents and models, and the content of the context."""

from __future__ import annotations

from tui_monitor.live.context_breakdown import ContextBreakdown, context_breakdown
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alignment import join_spans, justify
from tui_monitor.tui.panes.agents import agents_short
from tui_monitor.tui.panes.models import models_short
from tui_monitor.tui.rows.target import target_of, tool_word
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end
from tui_monitor.units import compact


def agents_line(state: SessionState, width: int) -> Spans:
    """Return ``Agents  main 97k ctx, 132 calls   ✓ Explore …          Models  opus-4-6 $8.87``, as many of both as
    fit."""
    agents, models = agents_short(state), models_short(state)
    pairs = [
        (
            _titled("Agents", agents[:count], len(agents) - count),
            _titled("Models", models[:others], len(models) - others),
        )
        for others in range(min(3, len(models)), -1, -1)
        for count in range(min(4, len(agents)), 0, -1)
    ]
    return justify(pairs or [((), ())], width)


def breakdown_line(state: SessionState, width: int, health: Spans) -> Spans:
    """Return ``Fills  start 36k · tool output ~43k · calls ~14k · words ~4k    largest: Read session.ex ~12k``."""
    breakdown = context_breakdown(state)
    if breakdown is None:
        return justify(
            [((TextSpan("Fills  ", Tone.DIM), TextSpan("known with the next response", Tone.DIM)), health)], width
        )
    parts = [
        ("tool output", breakdown.outputs),
        ("calls", breakdown.calls),
        ("words", breakdown.messages),
        ("unknown", breakdown.unknown),
    ]
    estimates: list[Spans] = [(TextSpan(f"{name} ~{compact(tokens)}"),) for name, tokens in parts if tokens]
    shares: Spans = (
        TextSpan("Fills  ", Tone.DIM),
        *join_spans([(TextSpan(f"start {compact(breakdown.start)}"),), *estimates], " · "),
    )
    return justify([((*shares, *_largest(breakdown, state)), health), (shares, health), (shares, ())], width)


def _largest(breakdown: ContextBreakdown, state: SessionState) -> Spans:
    if breakdown.largest is None or not breakdown.largest_tokens:
        return ()
    target = target_of(breakdown.largest, state.folder)
    about = target.text.rpartition("/")[2] if target.path else target.text
    name = cut_end(f"{tool_word(breakdown.largest)} {about}".strip(), 40)
    return (TextSpan("   largest: ", Tone.DIM), TextSpan(f"{name} ~{compact(breakdown.largest_tokens)}", Tone.DIM))


def _titled(title: str, parts: list[Spans], more: int) -> Spans:
    if not parts:
        return ()
    rest: Spans = (TextSpan(f"  +{more}", Tone.DIM),) if more > 0 else ()
    return (TextSpan(f"{title}  ", Tone.DIM), *join_spans(parts, "   "), *rest)
