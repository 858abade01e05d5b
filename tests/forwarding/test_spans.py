"""Sessions as spans: which is inside which, under which ids, and what is left out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.cli.sessions import short_session
from tests.forwarding.stored import longer_session, read_into
from tests.sources.claude_builder import START_MS, Transcript, text_block
from tui_monitor.forwarding.metrics import usage_metrics
from tui_monitor.forwarding.model import ForwardedSpan
from tui_monitor.forwarding.spans import ContentReader, SessionSpans
from tui_monitor.store import Store, private_store

KEY = b"of this collector"
SECRET = "sk-ant-api03-" + "Abc1234567" * 8


def spans_of(store: Store, *, with_content: bool = False, since: int = 0) -> list[ForwardedSpan]:
    (summary,) = store.sessions()
    (records,) = store.records([summary.session])
    content = ContentReader(store.body) if with_content else None
    return list(SessionSpans(summary, records, KEY, START_MS, is_final=True, since=since, content=content).spans())


def spans_in(home: Path, transcript: Transcript, *, with_content: bool = False, since: int = 0) -> list[ForwardedSpan]:
    with closing(private_store(bodies=True)) as store:
        read_into(store, transcript, home)
        return spans_of(store, with_content=with_content, since=since)


def test_each_turn_is_a_trace_with_its_responses_and_calls(home: Path) -> None:
    spans = spans_in(home, longer_session())
    roots = {span.id: span for span in spans if not span.parent}
    assert len(roots) == len({span.trace for span in spans}) == 2
    for span in spans:
        if span.parent:
            assert roots[span.parent].trace == span.trace
            assert roots[span.parent].start <= span.start <= span.end <= roots[span.parent].end


def test_ids_are_the_same_in_another_store(home: Path) -> None:
    one, other = (spans_in(home, longer_session()) for _ in range(2))
    assert [(span.trace, span.id, span.digest) for span in one] == [(s.trace, s.id, s.digest) for s in other]


def test_sub_agent_is_inside_the_call_that_started_it(home: Path) -> None:
    main = Transcript()
    main.user("Look around.", cwd="/home/ada/engine")
    main.calls("Task", "call_task", description="Look", prompt="Look", subagent_type="Explore")
    main.result("found", {"agentId": "a1", "status": "completed"}, "call_task")
    child = Transcript(agent="a1")
    child.user("Look")
    child.assistant(text_block("It is there."), stop="end_turn")
    with closing(private_store()) as store:
        read_into(store, main, home, "one")
        read_into(store, child, home / "one" / "subagents", "agent-a1")
        spans = {span.name: span for span in spans_of(store)}
    task = next(span for name, span in spans.items() if name.startswith("execute_tool"))
    agents = [span for span in spans.values() if span.attributes.get("gen_ai.agent.id") == "a1"]
    (agent,) = [span for span in agents if span.name.startswith("invoke_agent")]
    assert agent.parent == task.id
    assert all(span.parent == agent.id for span in agents if span is not agent)
    assert len({span.trace for span in spans.values()}) == 1


def test_nothing_that_was_written_is_sent_unless_it_is_asked_for(home: Path) -> None:
    texts = ("Mend the valve", "make test", "valve.py", "1 failed", "It still leaks")
    assert not any(text in repr(span) for text in texts for span in spans_in(home, short_session("/home/ada/engine")))
    sent = repr(spans_in(home, short_session("/home/ada/engine"), with_content=True))
    assert all(text in sent for text in texts[:4])


def test_secrets_are_masked_in_what_was_written(home: Path) -> None:
    transcript = Transcript()
    transcript.user(f"Use {SECRET}", cwd="/home/ada/engine")
    transcript.calls("Bash", "call_1", command=f"curl -H 'x-api-key: {SECRET}'")
    transcript.result(f"key {SECRET}", None, "call_1")
    sent = repr(spans_in(home, transcript, with_content=True))
    assert "curl" in sent
    assert SECRET not in sent


def test_only_what_has_happened_since_a_time_is_sent(home: Path) -> None:
    every = spans_in(home, longer_session())
    middle = sorted(span.start for span in every)[len(every) // 2]
    some = spans_in(home, longer_session(), since=middle)
    assert {span.id for span in some} < {span.id for span in every}
    assert all(span.end >= middle for span in some)


def test_metrics_have_both_generations_of_names_and_equal_the_store(home: Path) -> None:
    with closing(private_store()) as store:
        read_into(store, longer_session(), home)
        amount = store.overall().amount
        metrics = {metric.name: metric for metric in usage_metrics(store.token_distributions())}
    sums = {name: sum(value for _, _, value in metric.sums) for name, metric in metrics.items()}
    usage = "gen_ai.client.inference.usage."
    assert sums[f"{usage}input_tokens"] == amount.input + amount.cache_read + amount.cache_creation
    assert sums[f"{usage}output_tokens"] == amount.output
    assert sums[f"{usage}cache_read.input_tokens"] == amount.cache_read
    assert sums[f"{usage}cache_write.input_tokens"] == amount.cache_creation
    assert sums["tui_monitor.cost"] == amount.cost_usd
    tokens = {own["gen_ai.token.type"]: values for own, _, values in metrics["gen_ai.client.token.usage"].distributions}
    assert tokens["input"].total == sums[f"{usage}input_tokens"]
    assert tokens["output"].total == amount.output
    assert tokens["input"].count == tokens["output"].count == amount.requests
