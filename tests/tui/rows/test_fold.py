"""The rows of the log: runs as one row, sub-agents' calls below theirs, open calls last."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.live_builder import LiveBuilder
from tests.tui.rows.drawn import context, lines
from tui_monitor.events import MAIN, CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.ledger import Amount
from tui_monitor.live.entries import Call, Mark
from tui_monitor.live.log import MAX_OPEN
from tui_monitor.totals import AgentTotal, SessionTotals
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.filter import parse
from tui_monitor.tui.rows.fold import FEW_MARKS, MAX_OPEN_ROWS, ListingOptions, list_rows, listing_key
from tui_monitor.tui.rows.items import FoldState, HiddenOpenCalls, Listed, LogItem
from tui_monitor.tui.rows.listing import LogListing
from tui_monitor.tui.rows.nesting import MAX_NESTING


def items(live: LiveBuilder, view: ListingOptions | None = None) -> list[LogItem]:
    return [listed for listed in rows(live, view) if isinstance(listed, LogItem)]


def rows(live: LiveBuilder, view: ListingOptions | None = None) -> list[Listed]:
    return list_rows(live.state, context(live), view or ListingOptions())


def subjects(live: LiveBuilder, view: ListingOptions | None = None) -> list[list[str]]:
    return [[e.subject if isinstance(e, Call) else e.text for e in item.entries] for item in items(live, view)]


class TestRuns:
    """Neighbours that fold into one row."""

    def test_successful_look_ups_fold(self) -> None:
        live = LiveBuilder()
        live.read("a")
        live.grep("b")
        live.shell("make")
        live.read("c")
        assert subjects(live) == [["a", "b"], ["make"], ["c"]]

    def test_failed_look_ups_do_not_fold(self) -> None:
        live = LiveBuilder()
        live.read("a")
        live.finish(live.start("Read", ToolKind.READ, "b"), CallState.FAILED)
        live.read("c")
        live.read("d")
        assert subjects(live) == [["a"], ["b"], ["c", "d"]]

    def test_edits_of_one_file_fold(self) -> None:
        live = LiveBuilder()
        for path, added in (("a", 3), ("a", 4), ("b", 1), ("a", 2)):
            live.edit(path, added, 1)
        assert subjects(live) == [["a", "a"], ["b"], ["a"]]
        assert lines(live)[0].split()[-2:] == ["+7", "−2"]

    def test_many_prompts_without_calls_fold(self) -> None:
        live = LiveBuilder()
        for number in range(FEW_MARKS):
            live.prompt(f"p{number}")
            live.wait(1)
        assert subjects(live) == [["p0"], ["p1"], ["p2"]]
        live.prompt("p3")
        assert subjects(live) == [["p0", "p1", "p2", "p3"]]
        assert lines(live)[0].split()[2:] == ["p3", "×4"]

    def test_edits_without_a_change_do_not_fold(self) -> None:
        live = LiveBuilder()
        for _ in range(2):
            live.finish(live.start("apply_patch", ToolKind.EDIT))
        assert subjects(live) == [[""], [""]]

    def test_creation_of_a_file_does_not_fold(self) -> None:
        live = LiveBuilder()
        creation = Change(ChangeKind.CREATE, "a", "", 3, 0)
        live.finish(live.start("apply_patch", ToolKind.EDIT, "a"), changes=(creation,))
        live.edit("a", 1, 0)
        assert subjects(live) == [["a"], ["a"]]

    def test_prompt_ends_a_run(self) -> None:
        live = LiveBuilder()
        live.read("a")
        live.prompt("go on")
        live.read("b")
        assert subjects(live) == [["a"], ["go on"], ["b"]]

    def test_hidden_calls_do_not_end_a_run(self) -> None:
        live = LiveBuilder()
        agent = live.start("Task", ToolKind.AGENT, "look")
        live.agent("a-1", agent)
        live.read("a")
        live.read("x", "a-1")
        live.finish(live.start("TodoWrite", ToolKind.TODO, "3 of 7"))
        live.read("b")
        assert subjects(live)[0] == ["a", "b"]

    def test_folding_can_be_switched_off(self) -> None:
        live = LiveBuilder()
        live.read("a")
        live.read("b")
        assert subjects(live, ListingOptions(folded=False)) == [["a"], ["b"]]

    def test_run_can_be_unfolded(self) -> None:
        live = LiveBuilder()
        live.read("a")
        second = live.read("b")
        live.read("c")
        listed = items(live, ListingOptions(unfolded=frozenset({second.id})))
        assert [(len(item.entries), item.depth, item.fold) for item in listed] == [
            (3, 0, FoldState.UNFOLDED),
            (1, 1, FoldState.NONE),
            (1, 1, FoldState.NONE),
            (1, 1, FoldState.NONE),
        ]


class TestFoldedAgents:
    """Calls of sub-agents below their agent."""

    def explore(self) -> tuple[LiveBuilder, Call]:
        live = LiveBuilder()
        agent = live.start("Task", ToolKind.AGENT, "look")
        live.agent("a-1", agent)
        live.read("x", "a-1")
        live.finish(live.start("Bash", ToolKind.SHELL, "make", "a-1"), CallState.FAILED)
        live.shell("main's own")
        return live, live.finish(agent)

    def test_calls_of_an_agent_are_hidden(self) -> None:
        live, _ = self.explore()
        assert subjects(live) == [["main's own"], ["look"]]
        row = items(live)[-1]
        assert (row.fold, row.tally.calls, row.failed) == (FoldState.FOLDED, 2, 1)

    def test_calls_of_an_unfolded_agent_are_listed(self) -> None:
        live, agent = self.explore()
        listed = items(live, ListingOptions(unfolded=frozenset({agent.id})))
        assert [(item.entry, item.depth) for item in listed][1:] == [
            (agent, 0),
            (live.state.log.get("call-2"), 1),
            (live.state.log.get("call-3"), 1),
        ]

    def test_nested_agents(self) -> None:
        live = LiveBuilder()
        outer = live.start("Task", ToolKind.AGENT, "outer")
        live.agent("a-1", outer)
        inner = live.start("Task", ToolKind.AGENT, "inner", "a-1")
        live.agent("a-2", inner)
        live.read("x", "a-2")
        assert subjects(live) == [["outer"]]
        listed = items(live, ListingOptions(unfolded=frozenset({outer.id, inner.id})))
        assert [item.depth for item in listed] == [0, 1, 2]

    def test_agent_counts_the_failures_of_those_that_it_started(self) -> None:
        live = LiveBuilder()
        outer = live.start("Task", ToolKind.AGENT, "outer")
        live.agent("a-1", outer)
        live.finish(live.start("Edit", ToolKind.EDIT, "f", "a-1"), CallState.SLIPPED)
        inner = live.start("Task", ToolKind.AGENT, "inner", "a-1")
        live.agent("a-2", inner)
        live.finish(live.start("Bash", ToolKind.SHELL, "make", "a-2"), CallState.FAILED)
        live.finish(live.start("Bash", ToolKind.SHELL, "beside", "a-2"), CallState.SKIPPED)
        assert [item.failed for item in items(live)] == [3]

    def test_calls_of_an_unknown_agent_are_indented(self) -> None:
        live = LiveBuilder()
        live.read("a")
        live.read("x", "stranger")
        assert [(item.entries[0].agent, item.depth) for item in items(live) if isinstance(item.entries[0], Call)] == [
            (MAIN, 0),
            ("stranger", 1),
        ]

    def test_agent_that_is_its_own_parent_is_listed(self) -> None:
        live = LiveBuilder()
        live.agent("a-1", live.start("Task", ToolKind.AGENT, "x", "a-1"))
        assert subjects(live) == [["x"]]

    def test_internal_agents_are_never_listed(self) -> None:
        live = LiveBuilder()
        live.agent("aside", live.start("Task", ToolKind.AGENT, "x", "aside"), internal=True)
        live.read("y", "aside")
        assert items(live) == []


class TestOpenCallsAtTheEnd:
    """Open calls come last."""

    def test_open_calls_come_last(self) -> None:
        live = LiveBuilder()
        live.start("Bash", ToolKind.SHELL, "serve")
        live.shell("make")
        assert subjects(live) == [["make"], ["serve"]]

    def test_only_the_newest_open_calls_are_listed(self) -> None:
        live = LiveBuilder()
        for number in range(MAX_OPEN):
            live.start("Bash", ToolKind.SHELL, str(number))
        assert rows(live)[0] == HiddenOpenCalls(MAX_OPEN - MAX_OPEN_ROWS)
        assert subjects(live) == [["27"], ["28"], ["29"], ["30"], ["31"]]
        assert lines(live)[0] == "      ─ +27 more open"

    def test_open_question_is_always_listed(self) -> None:
        live = LiveBuilder()
        live.start("AskUserQuestion", ToolKind.ASK, "Keep?")
        for number in range(9):
            live.start("Bash", ToolKind.SHELL, str(number))
        assert subjects(live) == [["Keep?"], ["5"], ["6"], ["7"], ["8"]]

    def test_abandoned_call_is_listed_by_time(self) -> None:
        live = LiveBuilder()
        live.shell("first")
        live.wait(1)
        live.start("Bash", ToolKind.SHELL, "stopped")
        live.wait(1)
        live.prompt("never mind")
        live.shell("last")
        live.start("Bash", ToolKind.SHELL, "open")
        assert subjects(live) == [["first"], ["stopped"], ["never mind"], ["last"], ["open"]]

    def test_call_crowded_out_by_newer_open_ones_has_no_result(self) -> None:
        live = LiveBuilder()
        for number in range(MAX_OPEN + 1):
            live.start("Bash", ToolKind.SHELL, f"number {number}")
        assert lines(live)[0] == "20:00 – Bash  number 0                                         no result"


def test_todo_calls_are_listed_only_by_a_filter() -> None:
    live = LiveBuilder()
    live.finish(live.start("TodoWrite", ToolKind.TODO, "3 of 7"))
    assert subjects(live) == []
    assert subjects(live, ListingOptions(parse("tool:todo"))) == [["3 of 7"]]


def test_filtered_entries_are_not_folded() -> None:
    live = LiveBuilder()
    live.read("a")
    live.read("b")
    live.shell("make")
    assert subjects(live, ListingOptions(parse("tool:read"))) == [["a"], ["b"]]


def test_turn_is_everything_after_its_prompt() -> None:
    live = LiveBuilder()
    live.read("before")
    live.prompt("first")
    live.edit("a", 5, 2)
    live.edit("b", 1, 0)
    live.prompt("second")
    prompts = [item for item in items(live) if isinstance(item.entry, Mark)]
    assert [(item.tally.calls, item.tally.added, item.tally.removed) for item in prompts] == [(2, 6, 2), (0, 0, 0)]


def test_listing_can_be_limited_to_the_newest_entries() -> None:
    live = LiveBuilder()
    for number in range(9):
        live.shell(str(number))
    live.start("Bash", ToolKind.SHELL, "open")
    newest = list_rows(live.state, context(live), ListingOptions(), newest=2)
    assert [item.entry for item in newest if isinstance(item, LogItem)] == [
        *live.state.log.entries[-2:],
        *live.state.log.open,
    ]


def test_limited_listing_omits_older_abandoned_calls() -> None:
    live = LiveBuilder()
    live.start("Bash", ToolKind.SHELL, "stopped")
    live.wait(1)
    for number in range(9):
        live.prompt(str(number))
        live.wait(1)
    newest = list_rows(live.state, context(live), ListingOptions(folded=False), newest=2)
    assert [item.entry for item in newest if isinstance(item, LogItem)] == live.state.log.entries[-2:]


def test_abandoned_calls_are_listed_among_the_newest_of_a_log_without_entries() -> None:
    live = LiveBuilder()
    live.start("Bash", ToolKind.SHELL, "stopped")
    abandoned = replace(context(live), abandoned_before=live.now + 1)
    listed = list_rows(live.state, abandoned, ListingOptions(), newest=2)
    assert [item.entry for item in listed if isinstance(item, LogItem)] == live.state.log.open


CALLS = st.lists(
    st.tuples(
        st.sampled_from((ToolKind.READ, ToolKind.EDIT, ToolKind.SHELL, ToolKind.AGENT)),
        st.sampled_from((MAIN, "a-1", "a-2")),
        st.sampled_from((CallState.OPEN, CallState.OK, CallState.FAILED)),
        st.sampled_from("ab"),
    ),
    max_size=20,
)


@given(CALLS, st.booleans())
def test_every_call_is_listed_once_if_everything_is_unfolded(
    calls: list[tuple[ToolKind, str, CallState, str]], folded: bool
) -> None:
    live = LiveBuilder()
    live.agent("a-1", live.start("Task", ToolKind.AGENT, "one"))
    live.agent("a-2", live.start("Task", ToolKind.AGENT, "two", "a-1"))
    for kind, agent, state, subject in calls:
        call = live.start("x", kind, subject, agent)
        if state.ended:
            live.finish(call, state, measure=Measure(1, "lines"))
    everything = list(live.state.log.calls())
    view = ListingOptions(folded=folded, unfolded=frozenset(call.id for call in everything))
    singles = [item.entry for item in items(live, view) if not item.is_run]
    more = sum(row.number for row in rows(live, view) if isinstance(row, HiddenOpenCalls))
    assert len(singles) == len(set(map(id, singles)))
    assert {id(call) for call in singles} <= {id(call) for call in everything}
    assert len(singles) + more <= len(everything)
    if not more:
        assert len(singles) == len(everything)


def test_equal_material_means_equal_rows() -> None:
    live = LiveBuilder()
    live.read("a")
    before = listing_key(live.state, context(live))
    live.wait(5)
    assert listing_key(live.state, context(live)) == before
    agent = live.start("Task", ToolKind.AGENT, "look")
    started = listing_key(live.state, context(live))
    live.agent("a-1", agent)
    assert len({before, started, listing_key(live.state, context(live))}) == 3


def test_row_of_an_agent_at_work_has_what_it_has_done_and_does() -> None:
    live = LiveBuilder()
    call = live.start("Task", ToolKind.AGENT, "Look for tides", note="Explore")
    live.agent("a-1", call)
    live.finish(live.start("Bash", ToolKind.SHELL, "make", "a-1"), CallState.FAILED)
    live.start("Bash", ToolKind.SHELL, "make tides", "a-1")
    live.wait(3)
    amount = Amount(requests=9, cost=72 * 10**10, lower_bound=1)
    live.state.totals = SessionTotals(live.state.key, agents=(AgentTotal("a-1", amount, 50),))
    live.state.agents["a-1"].context.tokens = 42_000
    item = items(live)[-1]
    described = row_of(item, context(live))
    assert ["".join(span.text for span in form) for form in described.outcome] == [
        "50 calls · 42k · ≥$0.72",
        "≥$0.72",
    ]
    assert (described.target.aside, described.target.marks) == ("50 calls · 42k", "1 ✗")
    assert described.below == "Bash make tides · 3s"
    assert LogListing([item]).height == 2
    live.finish(live.state.log.open[-1])
    live.wait(2)
    assert row_of(items(live)[-1], context(live)).below == "Bash make tides · 2s ago"


class TestNesting:
    """Calls below the call that made them."""

    def nested(self, live: LiveBuilder, view: ListingOptions | None = None) -> list[tuple[str, int]]:
        return [(item.entry.subject, item.depth) for item in items(live, view) if isinstance(item.entry, Call)]

    def test_calls_stand_below_the_call_that_made_them(self) -> None:
        live = LiveBuilder()
        outer = live.start("review", ToolKind.OTHER, "outer")
        inner = live.start("deep", ToolKind.OTHER, "inner", parent=outer.id)
        live.finish(live.start("bash", ToolKind.SHELL, "leaf", parent=inner.id))
        live.finish(inner)
        live.finish(live.start("bash", ToolKind.SHELL, "second", parent=outer.id))
        live.shell("beside")
        below = [("outer", 0), ("inner", 1), ("leaf", 2), ("second", 1)]
        assert self.nested(live) == [("beside", 0), *below]
        live.finish(outer)
        assert self.nested(live) == [("beside", 0), *below]

    def test_open_call_stands_below_the_open_call_that_made_it(self) -> None:
        live = LiveBuilder()
        outer = live.start("review", ToolKind.OTHER, "outer")
        live.start("bash", ToolKind.SHELL, "inner", parent=outer.id)
        assert self.nested(live) == [("outer", 0), ("inner", 1)]

    def test_call_whose_parent_is_not_listed_stands_alone(self) -> None:
        live = LiveBuilder()
        live.finish(live.start("bash", ToolKind.SHELL, "orphan", parent="unknown"))
        assert self.nested(live) == [("orphan", 0)]

    def test_calls_that_claim_to_make_each_other_are_all_listed(self) -> None:
        live = LiveBuilder()
        live.finish(live.start("a", ToolKind.OTHER, "a", parent="call-2"))
        live.finish(live.start("b", ToolKind.OTHER, "b", parent="call-1"))
        live.finish(live.start("c", ToolKind.OTHER, "c", parent="call-3"))
        assert sorted(self.nested(live)) == [("a", 0), ("b", 0), ("c", 0)]

    def test_deep_nesting_ends_at_a_level(self) -> None:
        live, parent = LiveBuilder(), ""
        for number in range(200):
            parent = live.finish(live.start("t", ToolKind.OTHER, str(number), parent=parent)).id
        depths = [depth for _, depth in self.nested(live)]
        assert (len(depths), max(depths)) == (200, MAX_NESTING)

    def test_look_up_with_calls_below_it_does_not_fold(self) -> None:
        live = LiveBuilder()
        live.read("a")
        outer = live.read("b")
        live.finish(live.start("bash", ToolKind.SHELL, "inner", parent=outer.id))
        assert self.nested(live) == [("a", 0), ("b", 0), ("inner", 1)]
