"""The two lines at the foot of a wide screen: agents and models, and the content of the context."""

from __future__ import annotations

from tui_monitor.live.context_xray import START, ContextXray, context_xray
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alignment import join_spans, justify
from tui_monitor.tui.panes.agents import agents_short
from tui_monitor.tui.panes.context_labels import call_name, estimate
from tui_monitor.tui.panes.models import models_short
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
    """Return ``Fills  system prompt ~2.4k · tools ~12k · tool outputs ~43k …    largest: Read session.ex ~12k``, as
    many parts as fit."""
    xray = context_xray(state)
    if xray is None:
        return justify(
            [((TextSpan("Fills  ", Tone.DIM), TextSpan("known with the next response", Tone.DIM)), health)], width
        )
    parts = sorted(xray.groups, key=lambda group: (group.name != START, -group.tokens))
    sizes: list[Spans] = [(TextSpan(f"{group.name} {estimate(group.tokens, group.is_exact)}"),) for group in parts]
    title = TextSpan("Fills  ", Tone.DIM)
    largest = _largest(xray, state)
    pairs = [
        ((title, *join_spans(sizes[:count], " · "), *largest), health) for count in range(min(6, len(sizes)), 2, -1)
    ]
    pairs += [((title, *join_spans(sizes[:count], " · ")), health) for count in range(min(6, len(sizes)), 0, -1)]
    return justify(pairs or [((title,), health)], width)


def _largest(xray: ContextXray, state: SessionState) -> Spans:
    if not xray.largest or not xray.largest[0].tokens:
        return ()
    call, tokens = xray.largest[0]
    name = cut_end(call_name(call, state.folder), 40)
    return (TextSpan("   largest: ", Tone.DIM), TextSpan(f"{name} ~{compact(tokens)}", Tone.DIM))


def _titled(title: str, parts: list[Spans], more: int) -> Spans:
    if not parts:
        return ()
    rest: Spans = (TextSpan(f"  +{more}", Tone.DIM),) if more > 0 else ()
    return (TextSpan(f"{title}  ", Tone.DIM), *join_spans(parts, "   "), *rest)
