"""The cost and tokens of each model of a session."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.totals import ModelTotal
from tui_monitor.tui.alignment import heading, table
from tui_monitor.tui.header.labels import cache_share, cost_text, short_model
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact

NONE = "No response yet."
UNKNOWN = "…"
"""Shown until the totals are loaded."""
_COLUMNS = (
    "model",
    "cost",
    "share",
    "requests",
    "in",
    "out",
    "cache read",
    "cache write",
    "hit",
    "avg in",
    "avg out",
    "max in",
    "max out",
)


def models_lines(state: SessionState, width: int) -> list[Spans]:
    """Return a heading and a line for each model, the most expensive first; columns that do not fit are left out."""
    models = state.totals.models
    if not models:
        return [(TextSpan(NONE if state.totals_loaded else UNKNOWN, Tone.DIM),)]
    cost = state.totals.amount.cost
    return table([heading(*_COLUMNS), *(_row(model, cost) for model in models)], width)


def models_short(state: SessionState) -> list[Spans]:
    """Return each model with its cost, for a single line."""
    return [
        (TextSpan(short_model(one_line(model.name))), TextSpan(f" {cost_text(model.amount)}", Tone.DIM))
        for model in state.totals.models
    ]


def _row(model: ModelTotal, cost: int) -> list[Spans]:
    amount = model.amount
    share = f"{100 * amount.cost / cost:.0f} %" if cost else "—"
    hit = cache_share(amount)
    prompt = amount.input + amount.cache_read + amount.cache_creation
    bound = "≥" if amount.lower_bound else ""
    counts = (
        compact(amount.requests),
        compact(amount.input),
        bound + compact(amount.output),
        compact(amount.cache_read),
        compact(amount.cache_creation),
        "—" if hit is None else f"{hit} %",
        compact(prompt // max(1, amount.requests)),
        bound + compact(amount.output // max(1, amount.requests)),
        compact(model.max_prompt) if model.max_prompt else "—",
        bound + compact(model.max_output) if model.max_output else "—",
    )
    return [
        (TextSpan(one_line(model.name)),),
        (TextSpan(cost_text(amount)),),
        (TextSpan(share),),
        *((TextSpan(text, Tone.DIM),) for text in counts),
    ]
