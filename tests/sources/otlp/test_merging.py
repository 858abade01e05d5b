"""A session in its own file and in telemetry of all kinds, in any order: each response counts once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources import claude_builder, codex_builder, gemini_builder, otlp_builder
from tests.sources.claude_builder import Transcript, tool_use
from tests.sources.codex_builder import Rollout
from tests.sources.otlp_builder import (
    chat,
    claude,
    claude_request,
    claude_span,
    codex_response,
    gemini,
    logs,
    metrics,
    read,
    read_resuming,
    series,
    span,
    spans,
)
from tests.store.builders import PRICE, batch
from tui_monitor.events import Event, Rates, SessionKey, Usage
from tui_monitor.ledger import Amount
from tui_monitor.sources.base import Record
from tui_monitor.store import private_store

CLAUDE, CODEX, GEMINI = otlp_builder.CLAUDE, otlp_builder.CODEX, otlp_builder.GEMINI
PROCESS = otlp_builder.PROCESS
COUNTS = {"input_tokens": 3, "output_tokens": 20, "cache_read_tokens": 15_000, "cache_creation_tokens": 400}
COST = 12_500_000_000
UNHURRIED = settings(deadline=None, max_examples=25)


def transcript() -> list[Event]:
    """Return two responses of the main chain: the first in two lines, the second with too small an output."""
    lines = Transcript(session=CLAUDE.id)
    lines.user("build it")
    first = lines.assistant(tool_use("t1", "Bash", command="make"))
    lines.line("assistant", requestId=first["requestId"], message=first["message"] | {"stop_reason": "tool_use"})
    lines.result("done", call="t1")
    lines.assistant(counts=claude_builder.usage(output=1))
    return lines.events()


def sub_agent() -> list[Event]:
    """Return one response of a sub-agent."""
    lines = Transcript("a1b2", session=CLAUDE.id)
    lines.user("look")
    lines.assistant(stop="end_turn")
    return lines.events()


EXPORTS: list[Record] = [
    logs(
        claude_request("req_1", 1),
        claude_request("req_2", 4),
        claude("tool_result", 3, tool_name="Bash", tool_use_id="t1", success="true", duration_ms="900"),
    ),
    logs(claude_request("req_1a1b2", 1, "agent:builtin:explorer", agent__name="explorer")),
    logs(claude_request("req_title", 5, "generate_session_title"), claude_request("req_compact", 6, "compact")),
    spans(
        claude_span("llm_request", 1, 1, request_id="req_1", **COUNTS),
        claude_span("llm_request", 2, 1, request_id="req_1a1b2", agent_id="a1b2", **COUNTS),
    ),
    metrics(series("claude_code.cost.usage", (10, {"session.id": CLAUDE.id}, 0.05))),
    metrics(series("claude_code.cost.usage", (20, {"session.id": CLAUDE.id}, 0.0125))),
]
RESPONSES = 5
TRUTH = Amount(
    requests=RESPONSES,
    input=3 * RESPONSES,
    output=20 * RESPONSES,
    cache_read=15_000 * RESPONSES,
    cache_creation=400 * RESPONSES,
    cost=COST * RESPONSES,
)


def total(session: SessionKey, *sources: Sequence[Event], rates: Rates = PRICE) -> Amount:
    """Return the total of a session when these are read in order."""
    with closing(private_store()) as store:
        for number, events in enumerate(sources):
            priced = [replace(event, rates=rates) if isinstance(event, Usage) else event for event in events]
            store.ingest(batch(priced, source=f"file-{number}"))
        return store.totals(session).amount


def test_telemetry_adds_only_usage_missing_from_the_transcript() -> None:
    assert total(CLAUDE, transcript(), sub_agent(), read(*EXPORTS)) == TRUTH


def test_internal_usage_is_missing_without_telemetry() -> None:
    assert total(CLAUDE, transcript(), sub_agent()).requests == RESPONSES - 2


@UNHURRIED
@given(st.data())
def test_order_and_copies_of_files_and_exports_do_not_matter(data: st.DataObject) -> None:
    copies = data.draw(st.lists(st.sampled_from(EXPORTS), max_size=4))
    exports = data.draw(st.permutations([*EXPORTS, *copies]))
    cut = data.draw(st.integers(0, len(exports)))
    files = [transcript(), sub_agent(), read(*exports[:cut]), read(*exports[cut:])]
    assert total(CLAUDE, *data.draw(st.permutations(files))) == TRUTH


TRACE = SessionKey("otlp", "0123456789abcdef0123456789abcdef")


def agent(number: int, input_tokens: int, inside: int = 0) -> Record:
    """Return the span of an agent with usage; ``inside`` is the number of the span around it."""
    usage = {"gen_ai.usage.input_tokens": input_tokens, "gen_ai.usage.output_tokens": 100}
    return step(number, inside, {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o"} | usage)


def step(number: int, inside: int = 0, attributes: Record | None = None) -> Record:
    """Return a span that describes no response."""
    facts = attributes or {"gen_ai.operation.name": "step"}
    return span("step", number, 0, facts, seconds=9, parentSpanId=f"{inside:016x}" if inside else "")


def response(number: int, inside: int = 0, **facts: Any) -> Record:
    """Return a response of 1,245 tokens."""
    return chat(number, number, **facts) | {"parentSpanId": f"{inside:016x}" if inside else ""}


INSIDE = [agent(1, 3_000), response(2, 1), response(3, 1, response__id="resp_3")]
AT_THE_ROOT = [agent(1, 3_000), agent(4, 2_000, 1), response(2), response(3)]
NESTED = [agent(1, 3_000), agent(4, 2_500, 1), step(5, 4), response(2, 5), response(3, 4)]
LOST = [agent(1, 3_000), response(2, 5), response(3, 5)]


@UNHURRIED
@given(st.data())
@pytest.mark.parametrize("traced", [INSIDE, AT_THE_ROOT, NESTED, LOST], ids=["inside", "root", "nested", "lost"])
def test_usage_of_an_agent_adds_nothing_to_its_responses_in_any_order_and_files(
    traced: list[Record], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*traced, *data.draw(st.lists(st.sampled_from(traced), max_size=2))]))
    amount = total(TRACE, *split(order, data))
    assert (amount.requests, amount.total_tokens) == (2, 2 * 1_245)


def split(order: list[Record], data: st.DataObject) -> list[list[Event]]:
    """Return the events of spans that are divided among files."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=len(order))))
    bounds = zip([0, *cuts], [*cuts, len(order)], strict=True)
    return [read_resuming([spans(one) for one in order[begin:end]]) for begin, end in bounds]


@UNHURRIED
@given(st.permutations([agent(1, 9_500), agent(2, 4_500, 1), agent(3, 4_500, 1)]), st.data())
def test_nested_agents_without_responses_add_up_to_the_outer_one(order: list[Record], data: st.DataObject) -> None:
    assert total(TRACE, *split(order, data)).input == 9_500


class TraceBuilder:
    """A trace: each span inside the one around it, one after another. ``lost`` spans are exported by nobody."""

    def __init__(self, data: st.DataObject) -> None:
        self.spans: list[Record] = []
        self._data = data
        self._numbers = count(1)
        self._clock = count()
        self.expected = self._inside(0, depth=3)[0]

    def _inside(self, parent: int, depth: int) -> tuple[int, int, bool]:
        """Add spans inside another one and return what is expected for them, the sum that an agent around them would
        report, and if there is a response."""
        parts = [self._one(parent, depth) for _ in range(self._data.draw(st.integers(1, 2 if parent else 1)))]
        return sum(part[0] for part in parts), sum(part[1] for part in parts), any(part[2] for part in parts)

    def _one(self, parent: int, depth: int) -> tuple[int, int, bool]:
        kind = self._data.draw(st.sampled_from(KINDS if depth else KINDS[:1]))
        number, begin = next(self._numbers), next(self._clock)
        if kind == "response":
            tokens = 1_000 + number
            if self._data.draw(st.booleans()):  # another instrumentation describes it, too
                self._add(next(self._numbers), number, begin, "chat", tokens)
            self._add(number, parent, begin, "chat", tokens)
            return tokens, tokens, True
        expected, inner, has_response = self._inside(number, depth - 1) if self._data.draw(st.booleans()) else NOTHING
        tokens = inner + 50
        if kind == "agent":
            self._add(number, parent, begin, "invoke_agent", tokens)
            return expected if has_response else tokens, tokens, has_response
        if kind == "step":
            self._add(number, parent, begin, "step", 0)
        return expected, inner, has_response

    def _add(self, number: int, parent: int, begin: int, operation: str, tokens: int) -> None:
        facts = {"gen_ai.operation.name": operation, "gen_ai.usage.input_tokens": tokens}
        seconds = next(self._clock) - begin
        around = f"{parent:016x}" if parent else ""
        self.spans.append(span(operation, number, begin, facts, seconds, parentSpanId=around))


KINDS = ("response", "agent", "agent", "step", "lost")
NOTHING = (0, 0, False)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_what_several_spans_describe_counts_once_in_any_order_and_files(data: st.DataObject) -> None:
    trace = TraceBuilder(data)
    again = data.draw(st.lists(st.sampled_from(trace.spans), max_size=2)) if trace.spans else []
    order = data.draw(st.permutations([*trace.spans, *again]))
    assert total(TRACE, *split(order, data)).total_tokens == trace.expected


def test_metrics_alone_have_the_whole_usage() -> None:
    kinds = {"input": 15.0, "output": 100.0, "cacheRead": 75_000.0, "cacheCreation": 2000.0}
    tokens = series(
        "claude_code.token.usage", *((20, {"session.id": CLAUDE.id, "type": kind}, n) for kind, n in kinds.items())
    )
    alone = total(CLAUDE, read(*EXPORTS[-2:], metrics(tokens)))
    assert alone == TRUTH._replace(requests=0)


@pytest.mark.parametrize("kind", ["sum", "histogram"])
def test_cumulative_metrics_count_once(kind: str) -> None:
    attributes = {"gen_ai.token.type": "output"}
    exports = [
        metrics(
            series("gen_ai.client.token.usage", (at, attributes, number), cumulative=True, kind=kind),
            **{"service.instance.id": PROCESS.id},
        )
        for at, number in ((10, 40.0), (20, 135.0), (30, 135.0))
    ]
    for order in (exports, exports[::-1]):
        assert total(PROCESS, read(*order)).output == 135


@pytest.mark.parametrize("spans_first", [True, False])
def test_metrics_of_a_process_add_nothing_to_its_responses(spans_first: bool) -> None:
    instance = {"service.instance.id": PROCESS.id}
    sums = [({"gen_ai.token.type": "input"}, 2400.0), ({"gen_ai.token.type": "output"}, 90.0)]
    points = [(10, attributes, number) for attributes, number in sums]
    measured = series("gen_ai.client.token.usage", *points, cumulative=True, kind="histogram")
    files = [read(spans(chat(1, 0), chat(2, 3), **instance)), read(metrics(measured, **instance))]
    amount = total(PROCESS, *(files if spans_first else files[::-1]))
    assert (amount.requests, amount.input, amount.cache_read, amount.output) == (2, 600, 1800, 90)


def without_request_ids(*parts: str) -> list[list[Event]]:
    """Return a session without request ids, in files and exports: three responses of the main chain, of which the last
    two are equal and the second is first recorded incomplete, and one of a sub-agent."""
    lines, helper = Transcript(session=CLAUDE.id), Transcript("a1b2", session=CLAUDE.id)
    lines.user("build it")
    first = lines.assistant(tool_use("t1", "Bash", command="make"), requestId=None)
    lines.line("assistant", message=first["message"] | {"stop_reason": "tool_use"})
    lines.assistant(counts=claude_builder.usage(fresh=4, output=1), requestId=None)
    lines.assistant(counts=claude_builder.usage(fresh=4), stop="end_turn", requestId=None)
    helper.user("look")
    helper.assistant(counts=claude_builder.usage(fresh=7), stop="end_turn", requestId=None)
    counts: list[tuple[float, dict[str, Any]]] = [
        (1.2, {}),
        (3.2, {"input_tokens": 4}),
        (4.2, {"input_tokens": 4}),
        (1.3, {"input_tokens": 7}),
    ]
    requests = [claude_request("", at, **fresh) for at, fresh in counts]
    traced = [claude_span("llm_request", number, at - 1, **COUNTS | fresh) for number, (at, fresh) in enumerate(counts)]
    sources = {
        "main": lines.events(),
        "agent": helper.events(),
        "logs": read(logs(*requests[:2]), logs(*requests[1:])),
        "spans": read(spans(*traced)),
        "both": read(logs(*requests), spans(*traced)),
    }
    return [sources[part] for part in parts]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    "parts", [("main", "agent", "logs"), ("main", "agent", "spans", "logs"), ("main", "agent", "both"), ("both",)]
)
def test_claude_responses_are_merged_without_a_request_id(parts: tuple[str, ...], order: int) -> None:
    amount = total(CLAUDE, *without_request_ids(*parts[::order]))
    assert (amount.requests, amount.input, amount.output) == (4, 3 + 4 + 4 + 7, 80)


def test_usage_of_a_sub_agent_stays_with_the_sub_agent() -> None:
    with closing(private_store()) as store:
        for number, events in enumerate((read(*EXPORTS), sub_agent())):
            store.ingest(batch(events, source=f"file-{number}"))
        spent = {agent.agent: agent.amount.requests for agent in store.totals(CLAUDE).agents}
    assert spent["a1b2"] == 1


@pytest.mark.parametrize("order", [1, -1])
def test_call_in_transcript_and_telemetry_is_one_of_its_sub_agent(order: int) -> None:
    helper = Transcript("a1b2", session=CLAUDE.id)
    helper.calls("Bash", "t1", command="make")
    helper.result("done", call="t1")
    with closing(private_store()) as store:
        for number, events in enumerate((read(*EXPORTS), helper.events())[::order]):
            store.ingest(batch(events, source=f"file-{number}"))
        calls = {agent.agent: agent.calls for agent in store.totals(CLAUDE).agents if agent.calls}
        assert calls == {"a1b2": 1}
        [call] = store.history(CLAUDE).calls
        assert (call.record.agent, call.record.measured_ms) == ("a1b2", 900)


def rollout(alike: int) -> list[Event]:
    """Return this number of equal responses, a second apart, and a different one."""
    lines = Rollout(CODEX.id).context()
    for number in range(alike):
        lines.record(f"resp_{number}", codex_builder.usage(100, 900, 50, 20), CODEX.id)
    lines.record("resp_other", codex_builder.usage(7, 0, 5), CODEX.id)
    return codex_builder.read(lines.records)


@pytest.mark.parametrize("alike", [1, 3])
@pytest.mark.parametrize("late_s", [0.0, 0.4, 3.0])
def test_codex_responses_are_merged_without_ids_even_if_some_are_equal(alike: int, late_s: float) -> None:
    responses = [codex_response(2 + late_s + number) for number in range(alike)]
    responses.append(codex_response(2 + late_s + alike, fresh=7, cached=0, output=5, reasoning=0))
    exports = read(logs(*responses[:2]), logs(*responses[1:]))
    alone = total(CODEX, rollout(alike))
    assert alone.requests == alike + 1
    assert total(CODEX, rollout(alike), exports) == alone
    assert total(CODEX, exports, rollout(alike)) == alone
    assert total(CODEX, exports) == alone


@pytest.mark.parametrize("order", [1, -1])
def test_gemini_responses_of_a_chat_and_an_export_are_merged(order: int) -> None:
    conversation = gemini_builder.Chat(GEMINI.id)
    conversation.responds("x", gemini_builder.tokens(80, 4)).responds("y", gemini_builder.tokens(90))
    chat_events = gemini_builder.read(conversation.records)
    exports = read(
        logs(
            gemini("api_response", 1, model="gemini-2.5-pro", input_token_count=80, output_token_count=4),
            gemini("api_response", 2, model="gemini-2.5-pro", input_token_count=90, output_token_count=0),
            gemini("api_response", 3, model="gemini-2.5-flash", input_token_count=5, role="utility_router"),
        )
    )
    amount = total(GEMINI, *(chat_events, exports)[::order])
    assert (amount.requests, amount.input, amount.output) == (3, 175, 4)


def test_gemini_responses_of_two_exports_are_merged() -> None:
    response = gemini("api_response", 1, model="gemini-2.5-pro", input_token_count=80, output_token_count=4)
    once = read(logs(response))
    assert total(GEMINI, once, once).requests == 1
