"""Measurements of what was spent: sums over many responses, which tell of none by itself.

They are told as totals of a session, and so count only for what its responses leave open. Each belongs to a run whose
largest total stands, so that a series that is told again and again, or exported twice, adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import Event, SessionKey, SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp import claude, genai
from tui_monitor.sources.otlp.export import Point, amount, picodollars
from tui_monitor.sources.shared.fields import text

_CLASSES = {
    "input": "input",
    "output": "output",
    "cacheRead": "cache_read",
    "cacheCreation": "cache_creation",
}
_TYPES = {"claude_code.token.usage": "type", "gen_ai.client.token.usage": "gen_ai.token.type"}
"""Measurements of tokens, and the attribute that tells their class."""
_COSTS = ("claude_code.cost.usage", "operation.cost")


def read(point: Point) -> Iterator[Event]:
    """What a data point says was spent; nothing where it does not say by whom."""
    session = _session(point)
    if not session:
        return
    run = f"otlp:{point.run}"
    if point.name in _COSTS and (cost := picodollars(point.value)):
        yield SessionTotalUpdate(session=session, at=point.at, cost=cost, run=run)
    elif tokens := _tokens(point.name, point.attributes, point.value):
        yield SessionTotalUpdate(session=session, at=point.at, tokens=tokens, run=run)


def is_spending(point: Point) -> bool:
    """Whether it measures tokens or money."""
    return point.name in _TYPES or point.name in _COSTS


def _session(point: Point) -> SessionKey | None:
    if point.name.startswith(claude.PREFIX):
        return claude.session_of(point.attributes)
    return genai.session_of(point.attributes, point.resource) if genai.is_known(point.resource) else None


def _tokens(name: str, told: Record, value: float) -> Tokens | None:
    kind = _CLASSES.get(text(told.get(_TYPES.get(name, ""))))
    return Tokens(**{kind: amount(value)}) if kind and amount(value) else None
