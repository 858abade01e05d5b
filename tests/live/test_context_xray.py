"""The X-ray of a context: its parts sum to the occupancy, and each text counts once, whole or cut."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tests.merge.histories import HistoryBuilder
from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CompactionSummary,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    Event,
    Prompt,
    ToolKind,
)
from tui_monitor.live.context_parts import MissingServer, missing_servers
from tui_monitor.live.context_xray import ContextItem, ContextXray, context_xray
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.store.texts import truncate
from tui_monitor.totals import SessionTotals

STORED = 4096
"""Characters of a text that a store returns; any other number would do."""


def update(at: int, tokens: int | None) -> ContextUpdate:
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens)


def part(name: str, chars: int, at: int = 0, **fields: Any) -> ContextPart:
    return ContextPart(session=SESSION, at=T0 + at, name=name, chars=chars, **fields)


def xray_of(*events: Event) -> ContextXray:
    result = context_xray(state_after(*events))
    assert result is not None
    assert sum(group.tokens for group in result.groups) == result.occupancy
    assert all(sum(item.tokens for item in group.items) in (0, group.tokens) for group in result.groups)
    return result


def sizes(xray: ContextXray) -> dict[str, int]:
    return {group.name: group.tokens for group in xray.groups}


def items(xray: ContextXray, name: str) -> tuple[ContextItem, ...]:
    return next(group.items for group in xray.groups if group.name == name)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_parts_sum_to_the_occupancy_after_any_events(seed: int, number: int) -> None:
    live = LiveState()
    live.apply(HistoryBuilder(Random(seed)).events(number), Changes())
    for state in live.sessions.values():
        xray = context_xray(state)
        assert (xray is None) == (state.context.tokens is None)
        if xray:
            assert sum(group.tokens for group in xray.groups) == xray.occupancy == state.context.tokens
            assert all(group.tokens > 0 for group in xray.groups)
            assert all(item.tokens >= 0 for group in xray.groups for item in group.items)
            assert all(sum(i.tokens for i in group.items) == group.tokens for group in xray.groups if group.items)


def test_growth_is_divided_by_characters() -> None:
    xray = xray_of(
        update(0, 1000), started("a", 1, input="x" * 1000), finished("a", 2, output="y" * 3000), update(3, 1800)
    )
    assert (xray.start, sizes(xray)) == (1000, {"tool outputs": 600, "calls": 200, "start": 1000})
    assert items(xray, "tool outputs") == (ContextItem("shell", 600, uses=1),)
    assert [(result.call.id, result.tokens) for result in xray.largest] == [("a", 600)]


def test_start_is_divided_among_the_parts_of_every_request_and_the_first_prompt() -> None:
    fixed = [part("system prompt", 3000), part("tools", 6000), part("Bash", 4000, group="tools")]
    prompt = Prompt(session=SESSION, at=T0 + 1, text="p" * 1500)
    xray = xray_of(*fixed, prompt, update(2, 5000))
    assert sizes(xray) == {"tools": 2000, "system prompt": 1000, "prompts": 500, "start": 1500}
    assert [group.is_fixed for group in xray.groups] == [True, True, False, True]
    assert items(xray, "tools") == (
        ContextItem("Bash", 1334, uses=0),
        ContextItem("the rest", 666),
    )


def test_what_the_agent_counts_itself_is_taken_as_it_is() -> None:
    counted = [
        part("system prompt", 0, tokens=2400),
        part("MCP servers", 0, tokens=3000),
        part("linear", 0, group="MCP servers", tokens=1800),
        part("github", 0, group="MCP servers", tokens=1200),
    ]
    xray = xray_of(part("system prompt", 9000), part("tools", 3000), *counted, update(1, 8000))
    assert sizes(xray) == {"MCP servers": 3000, "system prompt": 2400, "tools": 1000, "start": 1600}
    assert [group.is_exact for group in xray.groups] == [True, True, False, False]
    assert [item.name for item in items(xray, "MCP servers")] == ["linear", "github"]


def test_count_of_the_agent_above_what_was_sent_is_only_a_proportion() -> None:
    xray = xray_of(part("tools", 0, tokens=3000), part("skills", 0, tokens=1000), update(1, 2000))
    assert sizes(xray) == {"tools": 1500, "skills": 500}
    assert not any(group.is_exact for group in xray.groups)


def test_server_that_was_never_used_has_no_uses() -> None:
    servers = [part("MCP servers", 900), part("linear", 600, group="MCP servers", items=9)]
    servers.append(part("github", 300, group="MCP servers", items=3))
    call = replace(started("a", 2, ToolKind.MCP), tool="linear·get_issue")
    xray = xray_of(*servers, update(1, 5000), call)
    assert items(xray, "MCP servers") == (
        ContextItem("linear", 200, uses=1, items=9),
        ContextItem("github", 100, uses=0, items=3),
    )


def test_uses_of_skills_and_agents_are_counted() -> None:
    listed = [part("verify", 300, group="skills"), part("Explore", 300, group="agents")]
    skill = replace(started("a", 2, ToolKind.OTHER, subject="verify"), tool="Skill")
    child = AgentUpdate(session=SESSION, at=T0 + 3, agent="sub", type="Explore")
    xray = xray_of(*listed, update(1, 5000), skill, child)
    assert [items(xray, name)[0].uses for name in ("skills", "agents")] == [1, 1]


def test_older_parts_of_a_group_are_dropped_with_it() -> None:
    before = [part("tools", 600), part("Old", 600, group="tools")]
    after = [part("tools", 300, at=5), part("New", 300, at=5, group="tools"), part("Later", 300, at=6, group="tools")]
    gone = part("New", 0, at=7, group="tools")
    assert [item.name for item in items(xray_of(*before, *after, update(9, 900)), "tools")] == ["Later", "New"]
    assert [item.name for item in items(xray_of(*before, *after, gone, update(9, 900)), "tools")] == [
        "Later",
        "the rest",
    ]


def test_servers_that_are_missing_are_those_last_stated() -> None:
    first = [part("missing servers", 0, items=2), part("a", 0, group="missing servers", problem="failed")]
    later = [part("missing servers", 0, at=5), part("b", 0, at=5, group="missing servers", problem="pending")]
    state = state_after(*first, *later)
    assert missing_servers(state.context.parts.values()) == [MissingServer("b", "pending")]
    assert missing_servers(state_after(*first).context.parts.values()) == [MissingServer("a", "failed")]


def test_no_text_fills_more_than_it_can() -> None:
    call = [started("a", 1, input='{"command":"pytest -q"}'), finished("a", 2, output="1 failed, 2 passed")]
    xray = xray_of(update(0, 15_000), *call, update(3, 165_000))
    assert sizes(xray) == {"tool outputs": 6, "calls": 7, "start": 15_000, "unknown": 149_987}


def test_messages_count_by_who_wrote_them() -> None:
    prompt = Prompt(session=SESSION, at=T0 + 1, text="p" * 600)
    message = AgentMessage(session=SESSION, at=T0 + 2, text="s" * 300)
    thought = AgentMessage(session=SESSION, at=T0 + 2, text="t" * 900, thinking=True)
    xray = xray_of(update(0, 1000), prompt, message, thought, update(5, 1600))
    assert sizes(xray) == {"thinking": 300, "prompts": 200, "words": 100, "start": 1000}


def test_text_after_the_last_request_is_not_in_the_context_yet() -> None:
    later = [started("a", 6), finished("a", 7, output="y" * 3000)]
    assert "tool outputs" not in sizes(xray_of(update(0, 1000), update(5, 1400), *later))


def test_xray_is_none_while_the_occupancy_is_unknown() -> None:
    assert context_xray(state_after()) is None
    assert context_xray(state_after(update(0, 1000), update(1, None))) is None


def test_calls_of_sub_agents_do_not_count() -> None:
    call = [started("a", 1, agent="sub", input="x"), finished("a", 2, agent="sub", output="y" * 300)]
    assert sizes(xray_of(update(0, 1000), *call, update(3, 1100))) == {"start": 1000, "unknown": 100}


def test_xray_starts_anew_after_compaction_with_the_summary() -> None:
    before = [update(0, 1000), started("a", 1, input="x" * 100), finished("a", 2, output="y" * 300)]
    compacted = [CompactionUpdate(session=SESSION, at=T0 + 3, before=1800), update(3, None)]
    summary = CompactionSummary(session=SESSION, at=T0 + 4, text="s" * 300)
    assert sizes(xray_of(*before, *compacted, summary, update(5, 500))) == {"summary": 100, "start": 400}


def test_largest_results_come_first_and_all_calls_are_known_or_not() -> None:
    calls = [
        event
        for n in range(12)
        for event in (started(f"c{n}", 2 * n + 1), finished(f"c{n}", 2 * n + 2, output="y" * n))
    ]
    state = state_after(update(0, 10), *calls, update(90, 1000))
    state.totals = SessionTotals(SESSION, calls=12)
    xray = context_xray(state)
    assert xray is not None
    assert [result.call.id for result in xray.largest] == [f"c{n}" for n in range(11, 3, -1)]
    assert xray.has_all_calls
    state.totals = SessionTotals(SESSION, calls=13)
    assert not (context_xray(state) or xray).has_all_calls


def test_text_read_again_or_cut_by_a_store_counts_the_same() -> None:
    events = [
        update(0, 1000),
        Prompt(session=SESSION, at=T0 + 1, text="p" * 9_000),
        started("a", 2, input="x" * 700),
        finished("a", 3, output="y" * 9_000),
        update(4, 9_000),
    ]
    again = [
        replace(event, text=truncate(event.text, STORED)) if isinstance(event, Prompt) else event for event in events
    ]
    assert sizes(xray_of(*events)) == sizes(xray_of(*again)) == sizes(xray_of(*events, *again))
