"""The rules of ``stats --cost-analysis``: each is a pure function from facts to savings that the data prove."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui_monitor.events import CallState, Rates, SessionKey, Tokens, ToolKind
from tui_monitor.live.prompt_cache import CacheMiss, MissCause, misses_among
from tui_monitor.reports.analysis import Facts, NamedRule, Saving
from tui_monitor.reports.attribution import ResponseCalls
from tui_monitor.store import SpendingCall, SpentResponse
from tui_monitor.totals import ServedRequest
from tui_monitor.units import compact, duration_forms

LONG_CONTEXT = 120_000
"""Tokens beyond which a context is carried for long."""
FAILURES = 2
"""Failures of the same call after which it need not be tried once more unchanged."""

_LIGHT = {ToolKind.READ, ToolKind.SEARCH}
_CHANGING = {ToolKind.EDIT, ToolKind.WRITE, ToolKind.SHELL, ToolKind.AGENT}
_SERVERS = "MCP servers"
_TOOL_OF_SERVER = "·"


def cheaper_model(facts: Facts) -> Iterator[Saving]:
    """Find sub-agents that only read and searched, with a model that costs more than another one of its provider that
    was used as well: what their tokens would have cost there."""
    cheapest = _cheapest(facts)
    for chain in facts.chains:
        calls = [call for one in chain for call in one.calls]
        if not calls or not chain[0].response.agent or any(call.kind not in _LIGHT for call in calls):
            continue
        for one in chain:
            response = one.response
            model, rates = cheapest.get(response.provider, ("", None))
            if rates and response.rates and model != response.model:
                saving = response.amount.cost - rates.cost(_tokens(response), response.amount.web_searches)
                yield Saving(response, saving, f"sub-agents that only read and searched: {response.model}, not {model}")


def _cheapest(facts: Facts) -> dict[str, tuple[str, Rates]]:
    """Return the model with the lowest price of output of each provider that was used."""
    cheapest: dict[str, tuple[str, Rates]] = {}
    for chain in facts.chains:
        for one in chain:
            response = one.response
            if response.provider and response.rates and response.rates.output and response.rates.terms_known:
                least = cheapest.get(response.provider)
                if least is None or (response.rates.output, response.model) < (least[1].output, least[0]):
                    cheapest[response.provider] = response.model, response.rates
    return cheapest


def _tokens(response: SpentResponse) -> Tokens:
    amount = response.amount
    return Tokens(
        amount.input,
        amount.output,
        amount.cache_read,
        amount.cache_creation,
        amount.cache_creation_1h,
        amount.reasoning,
    )


def repeated_failures(facts: Facts) -> Iterator[Saving]:
    """Find calls that were made again unchanged after they had failed twice in a row, with nothing changed between, and
    failed again: their share of the request."""
    for chain in facts.chains:
        failures = Counter[tuple[str, str, str]]()
        for one, call in _calls(chain):
            key = (call.tool, call.subject, call.note)
            if call.state.failed and call.subject:
                if failures[key] >= FAILURES:
                    yield Saving(one.response, _share(one), f"{call.tool} {call.subject[:120]}")
                failures[key] += 1
            elif call.kind in _CHANGING:
                failures.clear()


def files_read_again(facts: Facts) -> Iterator[Saving]:
    """Find files that an agent read again, the same part, while nothing could have changed them and its context was not
    summarised: their share of the request."""
    for chain in facts.chains:
        read = set[tuple[str, str]]()
        prompt = 0
        for one in chain:
            if one.response.prompt < prompt // 2:
                read.clear()
            prompt = one.response.prompt or prompt
            for call in one.calls:
                key = (call.subject, call.note)
                if call.kind in _CHANGING:
                    read.clear()
                elif call.kind != ToolKind.READ:
                    continue
                elif call.state is CallState.OK and call.subject:
                    if key in read:
                        yield Saving(one.response, _share(one), f"{call.subject[:160]} {call.note}".strip())
                    read.add(key)


def _calls(chain: Sequence[ResponseCalls]) -> Iterator[tuple[ResponseCalls, SpendingCall]]:
    return ((one, call) for one in chain for call in one.calls)


def _share(one: ResponseCalls) -> int:
    """Return the cost of a request in equal parts for its calls."""
    return one.response.amount.cost // len(one.calls)


def expired_caches(facts: Facts) -> Iterator[Saving]:
    """Find requests that sent their context anew since the cache had expired."""
    for response, miss in _misses(facts):
        if miss.cause is MissCause.EXPIRED:
            pause = (duration_forms(miss.pause_ms) or ("a moment",))[0]
            yield Saving(response, miss.cost or 0, f"{_sent(response, miss)} after {pause}")


def switched_models(facts: Facts) -> Iterator[Saving]:
    """Find requests that sent their context anew since the model was switched."""
    for response, miss in _misses(facts):
        if miss.cause is MissCause.MODEL:
            yield Saving(response, miss.cost or 0, f"{_sent(response, miss)} to {response.model}")


def broken_caches(facts: Facts) -> Iterator[Saving]:
    """Find requests that sent their context anew within the life of the cache; why is not recorded."""
    for response, miss in _misses(facts):
        if miss.cause not in (MissCause.MODEL, MissCause.EXPIRED, MissCause.COMPACTED):
            yield Saving(response, miss.cost or 0, f"{_sent(response, miss)} to {response.model}")


def _misses(facts: Facts) -> Iterator[tuple[SpentResponse, CacheMiss]]:
    """Yield the misses of each agent; a context that was cut by half was summarised, which is no miss."""
    for chain in facts.chains:
        sent = [one.response for one in chain if not one.response.operation and one.response.amount.requests]
        requests = [ServedRequest(one.at, one.model, _tokens(one), one.rates) for one in sent]
        by_time = {one.at: (before, one) for before, one in pairwise(sent)}
        for miss in misses_among(requests):
            before, response = by_time[miss.at]
            if 2 * response.prompt > before.prompt:
                yield response, miss


def _sent(response: SpentResponse, miss: CacheMiss) -> str:
    return f"session {response.session.id[:8]}: {compact(miss.tokens)} tokens"


def long_contexts(facts: Facts) -> Iterator[Saving]:
    """Find what it cost to read that part of contexts again and again that is beyond a size."""
    for chain in facts.chains:
        for one in chain:
            response = one.response
            beyond = min(response.amount.cache_read, response.prompt - LONG_CONTEXT)
            if response.rates and beyond > 0:
                yield Saving(response, beyond * response.rates.cache_read, _name(response.session))


def _name(session: SessionKey) -> str:
    return f"session {session.id[:8]} beyond {compact(LONG_CONTEXT)} tokens"


def unused_servers(facts: Facts) -> Iterator[Saving]:
    """Find MCP servers whose tools were sent with each request of a session that never called one, where the agent
    itself counted their tokens: what it cost to read these from the cache."""
    used = {(call.session, call.tool.partition(_TOOL_OF_SERVER)[0]) for one in facts.chains for _, call in _calls(one)}
    unused = defaultdict[tuple[SessionKey, str], list[tuple[str, int]]](list)
    for part in facts.parts:
        if part.group == _SERVERS and part.tokens and (part.session, part.name) not in used:
            unused[part.session, part.agent].append((part.name, part.tokens))
    for chain in facts.chains:
        for one in chain:
            response = one.response
            for name, tokens in unused.get((response.session, response.agent), ()):
                if response.rates and response.amount.cache_read >= tokens and not response.operation:
                    yield Saving(response, tokens * response.rates.cache_read, f"{name}: {compact(tokens)} tokens")


RULES = (
    NamedRule(
        "cheaper-model",
        "A cheaper model for reading and searching",
        "give sub-agents that only read a cheaper model",
        cheaper_model,
    ),
    NamedRule(
        "repeated-failure",
        "The same failing call again",
        "stop an agent that repeats a failing call unchanged",
        repeated_failures,
    ),
    NamedRule(
        "read-again",
        "Files read again unchanged",
        "the agent had this file in its context",
        files_read_again,
    ),
    NamedRule(
        "cache-expired",
        "Context sent anew: the cache had expired",
        "answer sooner, use the one-hour cache, or start anew after a pause",
        expired_caches,
    ),
    NamedRule(
        "model-switched",
        "Context sent anew: the model was switched",
        "switch models at the beginning, not in a long context",
        switched_models,
    ),
    NamedRule(
        "cache-broken",
        "Context sent anew within the life of the cache",
        "often tools, servers or system prompt changed: keep them the same in a session",
        broken_caches,
    ),
    NamedRule(
        "unused-server",
        "MCP servers that were never called",
        "turn these servers off where they are not used",
        unused_servers,
    ),
    NamedRule(
        "long-context",
        "Context carried too long (at most)",
        "compact or start anew sooner",
        long_contexts,
    ),
)
"""In the order in which they claim what was spent: what makes a whole request needless first, then parts of its tokens,
none of which is in two rules."""
