"""Metrics beside the spans and events of the same service: only what these leave out is added to them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.otlp_builder import chat, log, logs, metrics, read, read_resuming, series, spans
from tests.store.builders import batch
from tui_monitor.events import Event
from tui_monitor.ledger import Amount
from tui_monitor.sources.base import Record
from tui_monitor.store import private_store

OLD = "gen_ai.client.token.usage"
NEW = "gen_ai.client.inference.usage"
UNHURRIED = settings(deadline=None, max_examples=30)


def overall(*files: Sequence[Event]) -> Amount:
    """Return the total of all sessions when these are read in order."""
    with closing(private_store()) as store:
        for number, events in enumerate(files):
            store.ingest(batch(events, source=f"file-{number}"))
        return store.overall().amount


def measured(at: float, prompt: float, output: float, model: str = "gpt-4o", **fields: Any) -> Record:
    """Return the tokens of a model as the older conventions measure them: deltas unless ``cumulative``."""
    kinds = {"input": prompt, "output": output}
    points = [(at, {"gen_ai.token.type": kind, "gen_ai.request.model": model}, sum_) for kind, sum_ in kinds.items()]
    return series(OLD, *points, kind="histogram", **fields)


def counted(at: float, model: str = "gpt-4o", **counts: float) -> list[Record]:
    """Return the tokens of a model as the newer conventions count them."""
    named = {name.replace("__", "."): count for name, count in counts.items()}
    return [
        series(f"{NEW}.{name}", (at, {"gen_ai.request.model": model}, count), cumulative=True)
        for name, count in named.items()
    ]


def scoped(export: Record, name: str) -> Record:
    """Return the export under another scope."""
    for resource in export["resourceMetrics"]:
        for group in resource["scopeMetrics"]:
            group["scope"] = {"name": name}
    return export


def details(at: float, conversation: str) -> Record:
    """Return the event of a response of 1,200 and 45 tokens in a conversation."""
    usage = {"gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 45}
    facts = {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": conversation, "gen_ai.request.model": "gpt-4o"}
    return log("gen_ai.client.inference.operation.details", at, {**facts, **usage})


@pytest.mark.parametrize("cumulative", [True, False])
def test_metrics_of_a_service_count_alone(cumulative: bool) -> None:
    sums = (3000.0, 5000.0) if cumulative else (3000.0, 2000.0)
    exports = [
        metrics(measured(at, total, 50, cumulative=cumulative)) for at, total in zip((10, 20), sums, strict=True)
    ]
    assert overall(read(*exports, exports[0])).input == 5000


def test_series_that_begin_anew_add_up() -> None:
    first, second = measured(10, 900, 9, cumulative=True), measured(20, 400, 4, cumulative=True)
    for point in second["histogram"]["dataPoints"]:
        point["startTimeUnixNano"] = point["timeUnixNano"]
    amount = overall(read(metrics(first), metrics(second)))
    assert (amount.input, amount.output) == (1300, 13)


def test_models_add_up_and_scopes_do_not() -> None:
    exports = [scoped(metrics(measured(10, 900, 9), service="s"), scope) for scope in ("one", "other")]
    exports.append(metrics(measured(10, 50, 5, model="gpt-4o-mini"), service="s"))
    exports[1]["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["histogram"]["dataPoints"][0][
        "attributes"
    ].append({"key": "server.address", "value": {"stringValue": "api.example.com"}})
    amount = overall(read(*exports))
    assert (amount.input, amount.output) == (950, 14)


def test_sums_of_agents_repeat_those_of_their_responses() -> None:
    agents = measured(10, 900, 9)
    for point in agents["histogram"]["dataPoints"]:
        point["attributes"].append({"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}})
    assert overall(read(metrics(measured(10, 900, 9)), metrics(agents))).input == 900


def test_both_generations_of_counters_are_one_measurement() -> None:
    newer = counted(10, input_tokens=900, output_tokens=80, cache_read__input_tokens=600, reasoning__output_tokens=30)
    amount = overall(read(metrics(measured(10, 900, 80), *newer)))
    assert (amount.input, amount.cache_read, amount.output, amount.reasoning) == (300, 600, 80, 30)


def test_cache_reads_that_spans_leave_out_add_nothing_to_their_prompt() -> None:
    newer = counted(10, input_tokens=1200, output_tokens=45, cache_read__input_tokens=700)
    amount = overall(read(spans(chat(1, 0, fresh=1200, read=0), service="s"), metrics(*newer, service="s")))
    assert (amount.input, amount.cache_read, amount.output) == (1200, 0, 45)


FILES: list[Record] = [
    spans(chat(1, 0, conversation__id="first"), chat(2, 3, conversation__id="second"), service="s"),
    spans(chat(3, 5), service="s"),
    spans(chat(4, 6), service="s", **{"service.instance.id": "process-2"}),
    logs(details(8, "first"), service="s"),
    metrics(measured(10, 3600, 135), service="s"),
    metrics(measured(20, 2400, 90), *counted(20, input_tokens=6000, output_tokens=225), service="s"),
]
"""Five responses of 1,245 tokens each in four sessions of a service, and metrics of 6,000 and 225 tokens."""


@UNHURRIED
@given(st.data())
def test_metrics_add_nothing_to_the_responses_of_a_service_in_any_order(data: st.DataObject) -> None:
    exports = data.draw(st.permutations(FILES))
    cut = data.draw(st.integers(0, len(exports)))
    reader = data.draw(st.sampled_from([lambda lines: read(*lines), read_resuming]))
    amount = overall(reader(exports[:cut]), reader(exports[cut:]))
    assert (amount.requests, amount.total_tokens) == (5, 5 * 1245)


@UNHURRIED
@given(st.permutations([*FILES, metrics(measured(30, 100, 5), service="s")]))
def test_metrics_add_what_spans_leave_out_in_any_order(exports: list[Record]) -> None:
    amount = overall(*(read(export) for export in exports))
    assert (amount.requests, amount.total_tokens) == (5, 5 * 1245 + 105)


def test_metrics_of_another_service_are_its_own() -> None:
    amount = overall(read(spans(chat(1, 0), service="s"), metrics(measured(10, 100, 5), service="t")))
    assert amount.total_tokens == 1245 + 105


def test_service_is_no_session_when_others_account_for_its_metrics() -> None:
    with closing(private_store()) as store:
        store.ingest(batch(read(*FILES)))
        assert sorted(row.session.id for row in store.sessions()) == sorted(
            ["0123456789abcdef0123456789abcdef", "first", "process-2", "second"]
        )
        store.ingest(batch(read(metrics(measured(30, 100, 5), service="s")), source="file-2"))
        assert "s" in {row.session.id for row in store.sessions()}


@pytest.mark.parametrize("order", [1, -1])
def test_metrics_from_before_the_first_span_count(order: int) -> None:
    process = {"service.instance.id": "process-1"}
    files = [read(metrics(measured(1, 700, 7), **process)), read(spans(chat(1, 5), **process))]
    assert overall(*files[::order]).total_tokens == 1245
    files = [read(metrics(measured(1, 7000, 70), **process)), read(spans(chat(1, 5), **process))]
    assert overall(*files[::order]).total_tokens == 7070


@pytest.mark.parametrize("order", [1, -1])
def test_metrics_of_an_agent_add_nothing_to_the_sessions_of_its_spans(order: int) -> None:
    service = "github-copilot"
    files = [read(spans(chat(1, 0, conversation__id="first"), service=service))]
    files.append(read(metrics(measured(10, 1200, 45), service=service)))
    assert overall(*files[::order]).total_tokens == 1245
