"""The models of a session: what each costs, how fast it answers, how full its context is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

from tui_monitor.figures import UNTIMED, Latency
from tui_monitor.ledger import ZERO
from tui_monitor.live.session import SessionState
from tui_monitor.totals import ModelTotal
from tui_monitor.tui.header.labels import cache_share, cost_text, short_model
from tui_monitor.tui.panes.content import PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.listing import PaneListing
from tui_monitor.tui.panes.meters import UNKNOWN, latency_text, percent
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import compact

NONE = "No response yet."
LOADING = "…"
"""Shown until the totals are loaded."""
_LONG_NAMES = 90
"""Cells from which models have their whole names."""
ORDERS = ("cost", "requests", "tokens", "latency")

_Latencies: TypeAlias = Mapping[tuple[str, str], Latency]

_MODEL = ("model", "cost", "share", "requests")
_TIMES = ("p50", "1st token", "tok/s")
_COUNTS = (
    *("cache", "context", "in", "out", "cache read", "cache write"),
    *("avg in", "avg out", "max in", "max out"),
)


def models_content(context: PaneContext) -> PaneContent:
    """Return the models, and their sum if there are several.

    The most useful columns come first, for the last have no room on narrow screens: times only where some are known.
    """
    state, models = context.state, context.state.totals.models
    if not models:
        return note(NONE if state.totals_loaded else LOADING)
    latencies = state.figures.latencies or {}
    columns = (*_MODEL, *_TIMES, *_COUNTS) if latencies else (*_MODEL, *_COUNTS, *_TIMES)
    name = short_model if 0 < context.width < _LONG_NAMES else str
    rows = [
        _row(model, name(one_line(model.name)), latencies, state, columns)
        for model in _ordered(models, latencies, context.order)
    ]
    return [Section([*rows, *([_sum(models, state, columns)] if len(models) > 1 else [])], columns, snug=True)]


def models_lines(state: SessionState, width: int) -> list[Spans]:
    """Return the same as lines of ``width`` cells."""
    listing = PaneListing(models_content(PaneContext(state, 0)), width)
    return [listing.spans(line) for line in range(listing.height)]


def models_short(state: SessionState) -> list[Spans]:
    """Return each model with its cost, for a single line."""
    return [
        (TextSpan(short_model(one_line(model.name))), TextSpan(f" {cost_text(model.amount)}", Tone.DIM))
        for model in state.totals.models
    ]


def _latency(model: ModelTotal, latencies: _Latencies) -> Latency:
    return latencies.get((model.model, model.provider), UNTIMED)


def _ordered(models: Sequence[ModelTotal], latencies: _Latencies, order: str) -> list[ModelTotal]:
    """Return the models, those with the most of what they are ordered by first; they come by cost."""
    keys: Mapping[str, Callable[[ModelTotal], int]] = {
        "requests": attrgetter("amount.requests"),
        "tokens": attrgetter("amount.total_tokens"),
        "latency": lambda model: _latency(model, latencies).p50_ms or 0,
    }
    return sorted(models, key=keys[order], reverse=True) if order in keys else list(models)


def _row(model: ModelTotal, name: str, latencies: _Latencies, state: SessionState, columns: Sequence[str]) -> PaneRow:
    latency = _latency(model, latencies)
    speed = latency.tokens_per_second
    figures = {
        **_counts(model, state.totals.amount.cost),
        "context": _occupancy(model, state),
        "p50": latency_text(latency.p50_ms),
        "1st token": latency_text(latency.first_token_ms),
        "tok/s": UNKNOWN if speed is None else f"{speed:.0f}",
    }
    return _pane_row((model.model, model.provider), name, figures, columns)


def _sum(models: Sequence[ModelTotal], state: SessionState, columns: Sequence[str]) -> PaneRow:
    amount = ZERO
    for model in models:
        amount = amount.plus(model.amount)
    maxima = max(model.max_prompt for model in models), max(model.max_output for model in models)
    return _pane_row("all", "all", _counts(ModelTotal("", "", amount, *maxima), state.totals.amount.cost), columns)


def _pane_row(key: object, name: str, figures: Mapping[str, str], columns: Sequence[str]) -> PaneRow:
    cells = (
        (TextSpan(figures.get(column, ""), Tone.TEXT if column in _MODEL else Tone.DIM),) for column in columns[1:]
    )
    return PaneRow(key, ((TextSpan(name),), *cells), None, name)


def _occupancy(model: ModelTotal, state: SessionState) -> str:
    """Return ``97k · 49 %`` of the agent with this model that was at work last and whose context is known."""
    agents = [agent for agent in state.agents.values() if agent.model == model.model and agent.context.tokens]
    agent = max(agents, key=lambda agent: agent.last_at, default=None)
    if agent is None:
        return UNKNOWN
    percentage = agent.context.percentage
    return compact(agent.context.tokens or 0) + (f" · {percentage:.0f} %" if percentage is not None else "")


def _counts(model: ModelTotal, whole: int) -> dict[str, str]:
    amount = model.amount
    hit, bound = cache_share(amount), "≥" if amount.lower_bound else ""
    prompt = amount.input + amount.cache_read + amount.cache_creation
    return {
        "cost": cost_text(amount),
        "share": percent(amount.cost, whole),
        "requests": f"{amount.requests:,}",
        "cache": UNKNOWN if hit is None else f"{hit} %",
        "in": compact(amount.input),
        "out": bound + compact(amount.output),
        "cache read": compact(amount.cache_read),
        "cache write": compact(amount.cache_creation),
        "avg in": compact(prompt // max(1, amount.requests)),
        "avg out": bound + compact(amount.output // max(1, amount.requests)),
        "max in": compact(model.max_prompt) if model.max_prompt else UNKNOWN,
        "max out": bound + compact(model.max_output) if model.max_output else UNKNOWN,
    }
