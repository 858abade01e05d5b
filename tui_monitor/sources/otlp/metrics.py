"""Metrics of tokens and cost: sums over many responses, which belong to none in particular.

They are emitted as totals of a session, so only what exceeds the sum of its responses counts. The largest total of each
run counts, so a series that is exported twice adds nothing. What two scopes (instrumentations) or both generations of
the GenAI conventions measure of one model is the same usage.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import Event, SessionKey, SessionTotalUpdate, Tokens
from tui_monitor.sources.otlp import claude, gemini, genai
from tui_monitor.sources.otlp.conventions import MODEL, OPERATION, PROVIDER, first_text, is_agent_operation
from tui_monitor.sources.otlp.export import DataPoint, digest, to_cost, to_count
from tui_monitor.sources.shared.fields import text

_PROMPT = "prompt"
_CLAUDE_TOKENS = "claude_code.token.usage"
_CLAUDE_COUNTS = {
    "input": "input",
    "output": "output",
    "cacheRead": "cache_read",
    "cacheCreation": "cache_creation",
}
_GENAI_TOKENS = "gen_ai.client.token.usage"
_GENAI_COUNTS = {"input": _PROMPT, "output": "output", "completion": "output"}
_GENAI_COUNTERS = {
    "gen_ai.client.inference.usage.input_tokens": _PROMPT,
    "gen_ai.client.inference.usage.output_tokens": "output",
    "gen_ai.client.inference.usage.cache_read.input_tokens": "cache_read",
    "gen_ai.client.inference.usage.cache_write.input_tokens": "cache_creation",
    "gen_ai.client.inference.usage.cache_creation.input_tokens": "cache_creation",
    "gen_ai.client.inference.usage.reasoning.output_tokens": "reasoning",
}
_COSTS = ("claude_code.cost.usage", "operation.cost")


def spending_updates(point: DataPoint) -> Iterator[Event]:
    """Yield the total in a data point; nothing when its session is unknown."""
    session = _session(point)
    if not session.id:
        return
    if point.name in _COSTS:
        if cost := to_cost(point.value):
            yield SessionTotalUpdate(session=session, at=point.at, cost=cost, run=f"otlp:{point.run}")
        return
    name, count = _count_name(point), to_count(point.value)
    if name and count:
        yield _total(session, point, name, count)


def is_spending(point: DataPoint) -> bool:
    """Return True for a metric of tokens or money."""
    return point.name in _COSTS or point.name in _GENAI_COUNTERS or point.name in (_CLAUDE_TOKENS, _GENAI_TOKENS)


def _session(point: DataPoint) -> SessionKey:
    if point.name.startswith(claude.PREFIX):
        return claude.session_of(point.attributes)
    if gemini.is_gemini(point.resource, point.attributes):
        return gemini.session_of(point.resource | point.attributes)
    return genai.session_of(point.attributes, point.resource, genai.service_of(point.resource))


def _count_name(point: DataPoint) -> str:
    """Return the count that a data point has the sum of; empty for an unknown one."""
    if point.name == _CLAUDE_TOKENS:
        return _CLAUDE_COUNTS.get(text(point.attributes.get("type")), "")
    if point.name == _GENAI_TOKENS:
        return _GENAI_COUNTS.get(text(point.attributes.get("gen_ai.token.type")), "")
    return _GENAI_COUNTERS.get(point.name, "")


def _total(session: SessionKey, point: DataPoint, name: str, count: int) -> SessionTotalUpdate:
    if point.name == _CLAUDE_TOKENS:
        tokens = Tokens(**{name: count})
        return SessionTotalUpdate(session=session, at=point.at, tokens=tokens, run=f"otlp:{point.run}")
    run, listed = f"{_subject_reporter(point, name)}:{point.run}", _list_priced(point, name, count)
    if name == _PROMPT:
        return SessionTotalUpdate(session=session, at=point.at, prompt=count, run=run, list_priced=listed)
    tokens = Tokens(**{name: count})
    return SessionTotalUpdate(session=session, at=point.at, tokens=tokens, run=run, list_priced=listed)


def _list_priced(point: DataPoint, name: str, count: int) -> tuple[tuple[str, Tokens], ...]:
    """Return the tokens of a count as those that cost the least: any part of a prompt may be from the cache, and what
    is counted by class is a part of it."""
    model = "/".join(filter(None, (first_text(point.attributes, PROVIDER), first_text(point.attributes, MODEL))))
    least = {_PROMPT: Tokens(cache_read=count), "output": Tokens(output=count)}.get(name)
    return ((model, least),) if least and first_text(point.attributes, MODEL) else ()


def _subject_reporter(point: DataPoint, name: str) -> str:
    """Return the names of what is measured, a count of a model, and of who measures it: a scope by one of its metrics.

    Agents repeat the sums of their responses, and so are another one.
    """
    is_agent = is_agent_operation(text(point.attributes.get(OPERATION)))
    subject = digest(first_text(point.attributes, MODEL), name)
    return f"{subject}@{digest(point.scope, point.name, is_agent)}"
