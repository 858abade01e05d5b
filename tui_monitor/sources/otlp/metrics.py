"""Metrics of tokens and cost: sums over many responses, which belong to none in particular.

They are emitted as totals of a session, so only what exceeds the sum of its responses counts. The largest total of each
run counts, so a series that is exported twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import Event, SessionKey, SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp import claude, genai
from tui_monitor.sources.otlp.export import DataPoint, to_cost, to_count
from tui_monitor.sources.shared.fields import text

_CLASSES = {
    "input": "input",
    "output": "output",
    "cacheRead": "cache_read",
    "cacheCreation": "cache_creation",
}
_TYPES = {"claude_code.token.usage": "type", "gen_ai.client.token.usage": "gen_ai.token.type"}
"""Metrics of tokens, and the attribute with their class."""
_COSTS = ("claude_code.cost.usage", "operation.cost")


def spending_updates(point: DataPoint) -> Iterator[Event]:
    """Yield the total in a data point; nothing when its session is unknown."""
    session = _session(point)
    if not session:
        return
    run = f"otlp:{point.run}"
    if point.name in _COSTS and (cost := to_cost(point.value)):
        yield SessionTotalUpdate(session=session, at=point.at, cost=cost, run=run)
    elif tokens := _tokens(point.name, point.attributes, point.value):
        yield SessionTotalUpdate(session=session, at=point.at, tokens=tokens, run=run)


def is_spending(point: DataPoint) -> bool:
    """Return True for a metric of tokens or money."""
    return point.name in _TYPES or point.name in _COSTS


def _session(point: DataPoint) -> SessionKey | None:
    if point.name.startswith(claude.PREFIX):
        return claude.session_of(point.attributes)
    return genai.session_of(point.attributes, point.resource) if genai.has_process(point.resource) else None


def _tokens(name: str, attributes: Record, value: float) -> Tokens | None:
    kind = _CLASSES.get(text(attributes.get(_TYPES.get(name, ""))))
    return Tokens(**{kind: to_count(value)}) if kind and to_count(value) else None
