"""History that a thread inherits: copied responses count once, equal responses of its own count for themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.sources.codex.test_usage import total_tokens
from tests.sources.codex_builder import BEGIN_MS, THREAD, Rollout, events_of, only, read, read_resuming, usage
from tui_monitor.events import CallStarted, Event, Prompt, Tokens, Usage
from tui_monitor.sources.base import Record

CHILD = "0199bbbb-0000-7000-8000-000000000002"
SIBLING = "0199cccc-0000-7000-8000-000000000003"
GRANDCHILD = "0199dddd-0000-7000-8000-000000000004"
LATER_MS = BEGIN_MS + 600_000
OWN = usage(5, cached=3, output=2)
OWN_TOKENS = Tokens(input=5, output=2, cache_read=3)


def spawned(parent: str = THREAD) -> Record:
    """Return the source of an agent's thread."""
    return {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}}


def turn_id(epoch_ms: int) -> str:
    """Return an id that begins with a time."""
    return f"{epoch_ms >> 16:08x}-{epoch_ms & 0xFFFF:04x}-7000-8000-000000000009"


def thread_id(epoch_ms: int, number: int) -> str:
    return f"{turn_id(epoch_ms)[:-1]}{number}"


def parent_rollout(responses: int = 3, thread: str = THREAD, turn: str = "") -> Rollout:
    """Return a thread with one turn of these responses."""
    rollout = Rollout(thread).event("task_started", turn_id=turn).context(turn_id=turn)
    rollout.event("user_message", message="Mend the valve.")
    for number in range(1, responses + 1):
        rollout.responds(usage(10 * number, cached=number, output=number), times=2)
    return rollout.event("task_complete", last_agent_message="done")


def fork(parent: Rollout, thread: str = CHILD, *, begin_ms: int = LATER_MS, **meta: Any) -> Rollout:
    """Return a fork that copies all lines of its parent, among them the first."""
    parent_thread = parent.records[0]["payload"]["id"]
    rollout = Rollout(thread, begin_ms=begin_ms, **{"forked_from_id": parent_thread, **meta})
    rollout.copy(parent.records)
    rollout.sum = parent.sum
    return rollout


def own_turn(rollout: Rollout, counts: Record = OWN, *, pause_ms: int = 120_000, turn: str = "") -> Rollout:
    """Add a turn with one response."""
    rollout.now_ms += pause_ms
    return rollout.event("task_started", turn_id=turn).context(turn_id=turn).responds(counts)


def tokens_of(*rollouts: Rollout) -> Tokens:
    """Return the tokens of all files; their order and resuming make no difference."""
    expected = total_tokens(_events(rollouts, read))
    assert total_tokens(_events(reversed(rollouts), read)) == expected
    assert [read_resuming(rollout.records) for rollout in rollouts] == [read(rollout.records) for rollout in rollouts]
    return expected


def _events(rollouts: Iterable[Rollout], reader: Callable[[list[Record]], list[Event]]) -> list[Event]:
    return [event for rollout in rollouts for event in reader(rollout.records)]


def plus(*parts: Tokens) -> Tokens:
    return Tokens(sum(p.input for p in parts), sum(p.output for p in parts), sum(p.cache_read for p in parts))


PARENTS = Tokens(input=60, output=6, cache_read=6)


def test_siblings_with_equal_responses_of_their_own() -> None:
    parent = parent_rollout()
    children = [
        own_turn(fork(parent, one, source=spawned()), pause_ms=pause)
        for one in (CHILD, SIBLING)
        for pause in (120_000,)
    ]
    assert tokens_of(parent, *children) == plus(PARENTS, OWN_TOKENS, OWN_TOKENS)
    assert tokens_of(*children) == plus(PARENTS, OWN_TOKENS, OWN_TOKENS)


def test_own_lines_follow_a_step_back_in_time() -> None:
    """A copy is written under rising times; what is older than its last line is not part of it."""
    parent = parent_rollout()
    children = [own_turn(fork(parent, one, source=spawned()), pause_ms=-8) for one in (CHILD, SIBLING)]
    assert tokens_of(parent, *children) == plus(PARENTS, OWN_TOKENS, OWN_TOKENS)


def test_ids_of_turns_tell_own_lines_from_copies() -> None:
    parent = parent_rollout(turn=turn_id(BEGIN_MS))
    children = []
    for number in (1, 2):
        child = fork(parent, thread_id(LATER_MS, number), source=spawned())
        children.append(own_turn(child, pause_ms=5, turn=turn_id(LATER_MS + 20)))
    assert tokens_of(parent, *children) == plus(PARENTS, OWN_TOKENS, OWN_TOKENS)


def test_copied_responses_after_a_copied_turn_are_copies_however_long_writing_takes() -> None:
    parent = parent_rollout(turn=turn_id(BEGIN_MS))
    child = Rollout(thread_id(LATER_MS, 1), begin_ms=LATER_MS, forked_from_id=THREAD)
    child.copy(parent.records, step_ms=30)
    assert tokens_of(parent, child) == PARENTS


def test_fork_of_a_fork_whose_file_is_gone() -> None:
    parent = parent_rollout()
    middle = own_turn(fork(parent))
    grandchild = Rollout(GRANDCHILD, begin_ms=LATER_MS + 10**6, forked_from_id=CHILD)
    grandchild.copy(middle.records)
    grandchild.sum = middle.sum
    own_turn(grandchild, usage(7, output=7))
    expected = plus(PARENTS, OWN_TOKENS, Tokens(input=7, output=7))
    assert tokens_of(parent, grandchild) == expected
    assert tokens_of(parent, middle, grandchild) == expected
    assert tokens_of(grandchild) == expected


def last_turn_of(parent: Rollout) -> list[Record]:
    """Return what an agent inherits with ``fork_turns: 1``: the last turn, without its end."""
    prompts = [n for n, record in enumerate(parent.records) if record["payload"].get("type") == "user_message"]
    return parent.records[prompts[-1] : -1]


def two_turns() -> Rollout:
    parent = parent_rollout().event("task_started").context().event("user_message", message="Now the pump.")
    return parent.responds(usage(40, output=4)).event("task_complete", last_agent_message="done")


@pytest.mark.parametrize("restarts", [0, 1])
def test_agent_that_inherits_the_last_turn_alone(restarts: int) -> None:
    parent = two_turns()
    if restarts:
        parent = Rollout().context().responds(usage(9000, output=1))
        parent.sum = usage(0)
        parent.event("task_started").event("user_message", message="x").responds(usage(10, output=1))
        parent.event("user_message", message="Now the pump.").responds(usage(40, output=4)).event("task_complete")
    child = Rollout(CHILD, begin_ms=LATER_MS, source=spawned(), forked_from_id=THREAD, session_id=THREAD)
    child.copy(last_turn_of(parent), step_ms=0)
    child.sum = parent.sum
    own_turn(child, pause_ms=10)
    assert tokens_of(parent, child) == plus(total_tokens(read(parent.records)), OWN_TOKENS)


def test_agent_that_inherits_history_has_none_of_its_events() -> None:
    parent = parent_rollout().call("shell", {"command": ["ls"]}, "call_of_the_parent_1")
    child = own_turn(fork(parent, source=spawned())).event("user_message", message="Look.")
    events = read(child.records)
    assert [event.text for event in only(events, Prompt)] == ["Look."]
    assert only(events, CallStarted) == []
    assert {event.session.id for event in events} == {THREAD}


def test_lines_before_the_first_own_ordinal_are_copies() -> None:
    child = Rollout(CHILD, source=spawned(), subagent_history_start_ordinal=5, forked_from_id=THREAD)
    child.responds(usage(700_000, output=5000)).responds(usage(50_000, output=300)).record("resp_p", usage(8, output=1))
    child.event("agent_message", message="own").sum = usage(0)
    own_turn(child)
    for ordinal, record in enumerate(child.records):
        record["ordinal"] = ordinal
    assert tokens_of(child) == plus(Tokens(input=8, output=1), OWN_TOKENS)


def test_agent_that_repeats_its_parent_under_the_original_times() -> None:
    """Its parent is named as the one that spawned it; neither its first line nor its records are copied."""
    parent = Rollout().context()
    for response, count in (("resp_a", usage(10, output=1)), ("resp_b", usage(20, output=2))):
        parent.record(response, count).count(parent.sum, count)
    child = Rollout(CHILD, begin_ms=LATER_MS, source=spawned())
    child.records += [record for record in parent.records[1:] if record["type"] != "token_usage_record"]
    own_turn(child, pause_ms=5)
    assert tokens_of(parent, child) == plus(Tokens(input=30, output=3), OWN_TOKENS)


@pytest.mark.parametrize("responses", [1, 3])
def test_agent_that_repeats_its_parent_under_new_times(responses: int) -> None:
    """The first copied response looks like its own until the next line shows that no model was asked."""
    parent = parent_rollout(responses)
    child = Rollout(CHILD, begin_ms=LATER_MS, source=spawned()).copy(parent.records[1:])
    child.records[0]["timestamp"] = child.records[1]["timestamp"]
    own_turn(child, pause_ms=10_000)
    assert tokens_of(parent, child) == plus(total_tokens(read(parent.records)), OWN_TOKENS)


def test_agents_without_history_have_their_own_responses() -> None:
    parent = parent_rollout(1)
    children = [
        Rollout(one, begin_ms=LATER_MS, source=spawned()).context().responds(usage(10, cached=1, output=1))
        for one in (CHILD, SIBLING)
    ]
    one = Tokens(input=10, output=1, cache_read=1)
    assert tokens_of(parent, *children) == plus(one, one, one)


def test_fork_that_refers_to_its_history_has_copied_nothing() -> None:
    parent = parent_rollout(1)
    base = {"thread_id": THREAD, "end_ordinal_exclusive": 6, "end_byte_offset": 1000}
    children = [
        Rollout(one, begin_ms=LATER_MS, forked_from_id=THREAD, history_base=base).context() for one in (CHILD, SIBLING)
    ]
    for child in children:
        child.sum = parent.sum
        child.responds(OWN)
    assert tokens_of(parent, *children) == plus(Tokens(10, 1, 1), OWN_TOKENS, OWN_TOKENS)


def test_agents_responses_belong_to_their_parents_session() -> None:
    child = Rollout(CHILD, source=spawned()).record("resp_a", OWN, thread=CHILD)
    [event] = events_of(child, Usage)
    assert (event.session.id, event.agent) == (THREAD, CHILD)


def test_time_in_an_id_that_is_not_the_threads_means_nothing() -> None:
    """Ids that were replaced have no times: the times of the lines decide."""
    parent = parent_rollout(turn=turn_id(BEGIN_MS + 10**9))
    assert tokens_of(parent, own_turn(fork(parent), turn=turn_id(5))) == plus(PARENTS, OWN_TOKENS)
