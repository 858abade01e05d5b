"""Files, models and agents in columns, and the summary."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.tui.harbour_totals import SMALL, working_afternoon
from tests.tui.live_builder import CWD, SESSION, LiveBuilder
from tests.tui.pane_text import pane_text
from tui_monitor.events import AgentStatus, AgentUpdate, Change, ChangeKind, ContextUpdate, ToolKind
from tui_monitor.live.session import SessionState
from tui_monitor.totals import FileTotal, SessionTotals
from tui_monitor.tui.alignment import table
from tui_monitor.tui.keys import LOG_KEYS, MONITOR_KEYS
from tui_monitor.tui.panes.content import AgentTarget, PaneContext
from tui_monitor.tui.panes.files import files_lines
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.panes.registry import PANES, pane_of
from tui_monitor.tui.panes.summary import agents_line, breakdown_line
from tui_monitor.tui.spans import Spans, TextSpan, width_of


def text(line: Spans) -> str:
    return "".join(span.text for span in line).rstrip()


@pytest.fixture(scope="module")
def state() -> SessionState:
    return working_afternoon().state


def test_key_of_a_pane_is_bound_to_nothing_else() -> None:
    keys = Counter(key for binding in (*MONITOR_KEYS, *LOG_KEYS) for key in binding.key.split(","))
    assert {pane.key: keys[pane.key] for pane in PANES} == {pane.key: 1 for pane in PANES}


@pytest.mark.parametrize("pane", [pane.name for pane in PANES])
@pytest.mark.parametrize("width", [20, 60, 160])
def test_pane_is_drawn_at_any_moment(pane: str, width: int) -> None:
    live = working_afternoon()
    state = replace_files(live, changed_at=live.now)
    for now in (0, live.now - 5_000, live.now, live.now + 1, live.now + 999, live.now + 10**10):
        for order in ("", *pane_of(pane).orders):
            assert pane_text(pane, state, now, width, order)


def replace_files(live: LiveBuilder, changed_at: int) -> SessionState:
    """Return the state with files that were changed at this moment."""
    totals = live.state.totals
    files = tuple(replace(file, changed_at=changed_at) for file in totals.files) or (
        FileTotal("/home/ada/harbour/zones.py", 1, 0, 9, changed_at),
    )
    live.state.totals = replace(totals, files=files, files_changed=len(files))
    return live.state


def test_age_of_a_change_a_moment_ago() -> None:
    live = working_afternoon()
    state = replace_files(live, changed_at=live.now)
    assert any(" now" in line for line in pane_text("Files", state, live.now, 120))


class TestTable:
    """Columns in a width."""

    def test_last_columns_are_dropped_first(self) -> None:
        rows = [[(TextSpan("name"),), (TextSpan("12"),), (TextSpan("3456"),)]]
        assert [text(table(rows, width)[0]).split() for width in (14, 9, 7)] == [
            ["name", "12", "3456"],
            ["name", "12"],
            ["name"],
        ]

    @pytest.mark.parametrize("width", [12, 30, 80])
    def test_lines_have_the_given_width(self, width: int) -> None:
        rows = [[(TextSpan("a name that is rather long"),), (TextSpan("1"),)], [(TextSpan("b"),), (TextSpan("23"),)]]
        assert {width_of(line) for line in table(rows, width)} == {width}

    def test_empty_table_has_no_lines(self) -> None:
        assert table([], 80) == []


class TestFilesPane:
    """The changed files."""

    def test_paths_are_relative_and_cut_at_their_beginning(self, state: SessionState) -> None:
        zones, tests, tides = map(text, files_lines(state, 48, 9))
        assert zones.startswith("harbour/zones.py")
        assert zones.endswith("−9")
        assert tests.startswith("…")
        assert "northern_harbours.py" in tests
        assert tides.split() == ["harbour/tides.py", "2×", "+15", "−5"]

    def test_files_without_room_are_counted(self, state: SessionState) -> None:
        assert list(map(text, files_lines(state, 48, 2)))[1:] == ["and 2 more files"]

    def test_notice_once_the_totals_are_loaded(self) -> None:
        state = LiveBuilder().state
        assert text(files_lines(state, 48, 2)[0]) == "…"
        state.totals_loaded = True
        assert text(files_lines(state, 48, 2)[0]) == "No file changed yet."

    def test_edits_of_which_nothing_is_stated_are_not_denied(self) -> None:
        live = LiveBuilder()
        live.state.totals_loaded = True
        live.finish(live.start("apply_patch", ToolKind.EDIT))
        assert text(files_lines(live.state, 48, 2)[0]).startswith("1 edit: ")


class TestModelsPane:
    """The cost of each model."""

    def test_each_model_has_its_share(self, state: SessionState) -> None:
        heading, large, small, _ = map(text, models_lines(state, 160))
        assert heading.split()[:3] == ["model", "cost", "share"]
        assert large.split()[:4] == ["claude-opus-9-1-20260101", "≥$8.87", "95", "%"]
        assert small.split()[:2] == [SMALL, "$0.45"]

    def test_notice_once_the_totals_are_loaded(self) -> None:
        state = LiveBuilder().state
        assert text(models_lines(state, 48)[0]) == "…"
        state.totals_loaded = True
        assert text(models_lines(state, 48)[0]) == "No response yet."


class TestAgentsPane:
    """The tree of agents."""

    def test_sub_agents_are_below_their_parents(self, state: SessionState) -> None:
        _, main, explore, review = pane_text("Agents", state, state.last_at, 100)
        assert main.startswith("main")
        assert explore.startswith("  ✓ Explore · How do others store local times?")
        assert review.startswith("  ▸ Reviewer · Review the change")

    def test_mark_of_an_ended_agent(self) -> None:
        live = working_afternoon()
        for status, glyph in [(AgentStatus.COMPLETED, "✓"), (AgentStatus.FAILED, "✗"), (AgentStatus.TERMINATED, "⊘")]:
            live.state.agents["a-1"].reported_status = status
            assert pane_text("Agents", live.state, live.now, 100)[2].startswith(f"  {glyph} Explore")

    def test_duration_starts_with_the_call_of_the_agent(self) -> None:
        live = LiveBuilder()
        call = live.start("Agent", ToolKind.AGENT, "Review")
        live.wait(40)
        live.apply(AgentUpdate(session=live.state.key, agent="a-1", at=live.now, call=call.id, type="Reviewer"))
        live.finish(call, seconds=60)
        live.wait(60)
        assert pane_text("Agents", live.state, live.now, 60)[2].endswith("2m")

    def test_duration_of_an_agent_that_ended_with_its_call(self) -> None:
        live = LiveBuilder()
        call = live.start("Agent", ToolKind.AGENT, "Review")
        live.apply(AgentUpdate(session=live.state.key, agent="a-1", at=live.now, call=call.id, type="Reviewer"))
        live.finish(call, seconds=60, duration_ms=42_000)
        assert pane_text("Agents", live.state, live.now, 60)[2].endswith("42s")

    def test_agent_without_a_type_is_named_by_description_or_id(self) -> None:
        live = LiveBuilder()
        for agent, description in [("0123456789abcdef", ""), ("b-2", "Count the harbours of the whole northern coast")]:
            live.apply(AgentUpdate(session=live.state.key, agent=agent, at=live.now, description=description))
            live.wait(1)
        lines = pane_text("Agents", live.state, live.now, 100)[2:]
        assert [line.split("  ")[1] for line in lines] == [
            "▸ 01234567",
            "▸ Count the harbours of the whole northern coast",
        ]
        assert text(agents_line(live.state, 110)) == " Agents  main   ▸ Count the harbours of t…   ▸ 01234567"


class TestWalkedAgents:
    """What the rows of agents say and lead to."""

    @staticmethod
    def orchestra() -> LiveBuilder:
        """Return agents below each other, in an order of starting that mixes them."""
        live = LiveBuilder()
        facts: dict[str, dict[str, object]] = {
            "lead": {"type": "Lead", "plan": "p-7", "task": "t-1"},
            "other": {"type": "Other", "status": AgentStatus.FAILED, "exit_code": 3, "error": "out of\nmemory"},
            "child": {"type": "Child", "parent": "lead", "log_file": "/var/log/child.log"},
            "lost": {"type": "Lost", "parent": "nobody"},
        }
        for name, fields in facts.items():
            live.wait(1)
            live.apply(AgentUpdate(session=live.state.key, agent=name, at=live.now, **fields))  # type: ignore[arg-type]
        live.failed_shell("make", "no")
        return live

    def test_each_agent_stands_below_its_parent(self) -> None:
        live = self.orchestra()
        lines = [line.split()[:2] for line in pane_text("Agents", live.state, live.now, 200)[1:]]
        assert lines == [["main", "1"], ["▸", "Lead"], ["▸", "Child"], ["✗", "Other"], ["▸", "Lost"]]
        indents = [len(line) - len(line.lstrip()) for line in pane_text("Agents", live.state, live.now, 200)[1:]]
        assert indents == [0, 2, 4, 2, 2]

    def test_parents_of_each_other_are_shown_once(self) -> None:
        live = LiveBuilder()
        for name, parent in (("a", "b"), ("b", "a"), ("c", "c")):
            live.apply(AgentUpdate(session=live.state.key, agent=name, at=live.now, type=name, parent=parent))
        assert len(pane_text("Agents", live.state, live.now, 80)) == 1 + 4

    def test_state_labels_exit_code_error_and_log(self) -> None:
        live = self.orchestra()
        heading, main, lead, child, other, _ = pane_text("Agents", live.state, live.now, 200)
        assert heading.split() == ["agent", "failed", "time", "plan", "·", "task", "exit", "log"]
        assert "1 ✗" in main
        assert "works" in lead
        assert "p-7 · t-1" in lead
        assert child.endswith("/var/log/child.log")
        assert "Other · out of memory" in other
        assert other.split()[-2:] == ["0s", "3"] or other.split()[-1] == "3"

    def test_row_leads_to_the_agent_and_its_log(self) -> None:
        live = self.orchestra()
        (section,) = pane_of("Agents").content(PaneContext(live.state, live.now, 80))
        assert [(row.target, row.copied) for row in section.rows][:3] == [
            (AgentTarget(""), "main"),
            (AgentTarget("lead"), "lead"),
            (AgentTarget("child", "/var/log/child.log"), "child"),
        ]


class TestWalkedFiles:
    """What the rows of files say and lead to."""

    @staticmethod
    def changed() -> LiveBuilder:
        """Return files of several kinds, with their totals."""
        live = LiveBuilder()
        call = live.start("Write", ToolKind.WRITE, "new.py")
        live.finish(call, changes=(Change(ChangeKind.CREATE, f"{CWD}/new.py", "", 9),))
        live.apply(AgentUpdate(session=live.state.key, agent="a-1", at=live.now, type="Explore"))
        live.edit(f"{CWD}/tides.py", agent="a-1")
        live.edit("/etc/hosts")
        gone = live.start("Bash", ToolKind.SHELL, "rm old.py")
        live.finish(gone, changes=(Change(ChangeKind.DELETE, f"{CWD}/old.py", "", 0, 70),))
        files = (("old.py", 0, 70, 4), ("/etc/hosts", 1, 1, 3), ("tides.py", 1, 1, 2), ("new.py", 9, 0, 1))
        totals = tuple(
            FileTotal(
                name if name.startswith("/") else f"{CWD}/{name}", 1, added, removed, live.now - 60_000 * (5 - at)
            )
            for name, added, removed, at in files
        )
        live.state.totals, live.state.totals_loaded = SessionTotals(SESSION, files=totals, files_changed=6), True
        return live

    def test_each_file_says_what_became_of_it_when_and_by_whom(self) -> None:
        live = self.changed()
        heading, old, hosts, tides, new, _, rest = pane_text("Files", live.state, live.now, 100)
        assert heading.split() == ["file", "+", "−", "kind", "last", "by"]
        assert old.split() == ["old.py", "−70", "deleted", "command", "1m", "main"]
        assert hosts.split() == ["/etc/hosts", "+1", "−1", "outside", "2m", "main"]
        assert tides.split() == ["tides.py", "+1", "−1", "3m", "Explore"]
        assert new.split() == ["new.py", "+9", "new", "4m", "main"]
        assert rest == "and 2 files changed before these"

    def test_lines_that_are_not_known_are_no_zeros(self) -> None:
        live = LiveBuilder()
        files = (FileTotal("new.md", 1, 0, 0, uncounted=1), FileTotal("old.md", 3, 9, 0, uncounted=2))
        live.state.totals, live.state.totals_loaded = SessionTotals(SESSION, files=files, files_changed=2), True
        _, new, old = pane_text("Files", live.state, live.now, 100)
        assert new.split() == ["new.md", "+?", "−?"]
        assert old.split() == ["old.md", "3×", "≥+9", "−?"]

    def test_who_is_left_out_where_only_the_main_chain_changed_files(self) -> None:
        live = LiveBuilder()
        live.edit("notes.md")
        live.state.totals, live.state.totals_loaded = (
            SessionTotals(SESSION, files=(FileTotal("notes.md", 1, 1, 1),)),
            True,
        )
        assert pane_text("Files", live.state, live.now, 100)[0].split() == ["file", "+", "−"]

    @pytest.mark.parametrize(
        ("order", "names"),
        [
            ("last change", ["old.py", "/etc/hosts", "tides.py", "new.py"]),
            ("size", ["old.py", "new.py", "/etc/hosts", "tides.py"]),
            ("name", ["/etc/hosts", "new.py", "old.py", "tides.py"]),
        ],
    )
    def test_orders(self, order: str, names: list[str]) -> None:
        live = self.changed()
        assert [line.split()[0] for line in pane_text("Files", live.state, live.now, 100, order)[1:5]] == names


class TestSummary:
    """The two lines at the foot."""

    def test_agents_and_models(self, state: SessionState) -> None:
        line = text(agents_line(state, 160))
        assert line.startswith(" Agents  main 24 calls · 131k ctx")
        assert line.endswith("Models  opus-9-1 ≥$8.87   haiku-9 $0.45")

    def test_omitted_agents_and_models_are_counted(self, state: SessionState) -> None:
        assert "+1" in text(agents_line(state, 110))

    @pytest.mark.parametrize("width", [20, 60, 110, 160])
    def test_summary_lines_fill_their_width(self, state: SessionState, width: int) -> None:
        assert width_of(agents_line(state, width)) == width_of(breakdown_line(state, width, ())) == width

    def test_context_breakdown(self) -> None:
        live = working_afternoon()
        read = live.start("Read", ToolKind.READ, "harbour/tides.py", input="x" * 1_000)
        live.finish(read, output="x" * 3_000)
        live.wait(1)
        live.apply(ContextUpdate(session=live.state.key, at=live.now, tokens=133_000))
        line = text(breakdown_line(live.state, 160, (TextSpan("2 lines skipped"),)))
        assert line.startswith(" Fills  start ~35k · unknown ~")
        assert "tool outputs ~1k" in line
        assert "largest: Read tides.py ~" in line
        assert line.endswith("2 lines skipped")

    def test_tiny_result_is_not_the_largest(self) -> None:
        live = working_afternoon()
        live.finish(live.start("Write", ToolKind.WRITE, "a.py", input="x" * 90_000), output="y")
        assert "~0" not in text(breakdown_line(live.state, 160, ()))

    def test_breakdown_before_the_first_response(self) -> None:
        assert "known with the next response" in text(breakdown_line(LiveBuilder().state, 80, ()))
