"""Texts of the screens: titles, alerts, help, the empty card."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.binding import ActiveBinding, Binding
from textual.widget import Widget

from tui_monitor.events import Health, SessionKey
from tui_monitor.feed.deliveries import Progress
from tui_monitor.live.entries import Problems
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.header.labels import fault_text, health_spans, progress_spans
from tui_monitor.tui.keys import Action, actions_of, key_name
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.rows.describe import activity_title, counts_text
from tui_monitor.tui.screens.help import SIGNS, help_lines
from tui_monitor.tui.spans import Spans, width_of
from tui_monitor.tui.widgets.empty import SearchReport, card_lines
from tui_monitor.tui.widgets.key_line import key_spans

HOME = Path("/home/ada")


def text(lines: list[Spans]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


class TestTitle:
    """The title of the log."""

    @pytest.mark.parametrize(
        ("following", "behind", "filter_text", "title"),
        [
            (True, 0, "", "Activity"),
            (False, 0, "", "Activity · paused"),
            (False, 1_234, "", "Activity · paused · 1,234 new"),
            (True, 0, "is:error", "Activity · only is:error"),
            (False, 2, "a\x1b[2Jb", "Activity · paused · 2 new · only ab"),
        ],
    )
    def test_activity_title(self, following: bool, behind: int, filter_text: str, title: str) -> None:
        assert activity_title(following, behind, filter_text) == title

    def test_counts_of_calls(self) -> None:
        session = SessionKey("codex", "s-1")
        assert counts_text(SessionTotals(session)) == ""
        assert counts_text(SessionTotals(session, calls=1)) == "1 call"
        assert counts_text(SessionTotals(session, calls=28, failed=3, rejected=1)) == "28 calls · 3 ✗ · 1 ⊘"
        problems = Problems(given_up=1, doubtful=2)
        assert counts_text(SessionTotals(session, calls=28, failed=3), problems) == "28 calls · 4 ✗ · 2 !"


class TestAlerts:
    """Faults and news."""

    def test_nothing_is_said_without_a_fault(self) -> None:
        now = FeedStatus(progress=Progress(10, 10))
        assert (fault_text(now), progress_spans(now), health_spans(now)) == ("", (), ())

    def test_faults_are_one_clean_line(self) -> None:
        now = FeedStatus(faults={"a": "a is\x1b[31m gone\n", "b": "b cannot be read"})
        assert fault_text(now) == "a is gone (and 1 more)"

    def test_progress_of_reading(self) -> None:
        now = FeedStatus(progress=Progress(17_000_000, 50_000_000))
        assert text([progress_spans(now)]) == "reading, 34 % of 50 MB so far"

    def test_skipped_lines(self) -> None:
        now = FeedStatus(health=Health(lines=9, skipped=1, unknown=2))
        assert text([health_spans(now)]) == "1 line skipped · 2 lines of unknown type"


class TestActions:
    """Actions of keys."""

    def test_action_has_all_its_keys(self) -> None:
        node = Widget()
        bindings = [
            Binding("up", "move(-1)", "Up", tooltip="One row up"),
            Binding("k", "move(-1)", "Up", tooltip="One row up"),
            Binding("x", "silent", "Unexplained"),
            Binding("ctrl+q", "quit", "Quit", tooltip="Textual's own", system=True),
        ]
        active = {binding.key: ActiveBinding(node, binding, True, "") for binding in bindings}
        assert actions_of(active) == [Action(node, "move(-1)", "Up", "One row up", ["↑", "k"])]

    def test_disabled_actions_are_left_out(self) -> None:
        binding = Binding("u", "split", "Split", tooltip="Two columns")
        assert actions_of({"u": ActiveBinding(Widget(), binding, False, "")}) == []

    @pytest.mark.parametrize(
        ("key", "name"), [("question_mark", "?"), ("colon", ":"), ("G", "G"), ("ctrl+u", "^u"), ("shift+tab", "⇧Tab")]
    )
    def test_key_names(self, key: str, name: str) -> None:
        assert key_name(key) == name


class TestKeyLine:
    """The last line of the screen."""

    def test_only_complete_keys_as_many_as_fit(self) -> None:
        actions = [Action(Widget(), "", name, "", [key]) for key, name in (("⏎", "Open"), ("/", "Filter"))]
        assert text([key_spans(actions, 40)]).rstrip() == " ⏎ Open  / Filter"
        assert text([key_spans(actions, 17)]).rstrip() == " ⏎ Open  / Filter"
        assert text([key_spans(actions, 16)]).rstrip() == " ⏎ Open"
        assert text([key_spans(actions, 3)]).strip() == ""


class TestHelpTexts:
    """Keys and signs."""

    def test_long_explanations_wrap_in_their_column(self) -> None:
        action = Action(Widget(), "a", "A", "one two three four five six", ["a", "b"])
        assert "\na b  one two three\n     four five six\n" in text(help_lines([action], 20))

    @pytest.mark.parametrize("width", [30, 52, 200])
    def test_no_line_is_too_wide(self, width: int) -> None:
        assert max(map(width_of, help_lines([], width))) <= width

    def test_every_sign_is_explained(self) -> None:
        screen_text = " ".join(text(help_lines([], 200)).split())
        assert all(sign.text in screen_text and what in screen_text for sign, what in SIGNS)


class TestEmptyCard:
    """The card without a session."""

    def test_notice_while_searching(self) -> None:
        assert text(card_lines(SearchReport(HOME), 60, 24)) == "Looking for sessions …"

    def test_named_paths_are_read_before_anything_is_said_of_them(self) -> None:
        report = SearchReport(HOME, search_ended=True, is_reading=True)
        assert text(card_lines(report, 60, 24)) == "Reading …"
        assert "No such file" in text(card_lines(replace(report, notes=("No such file: x",)), 60, 24))
        roots = (SearchRoot(Stream(), HOME / ".claude", 0),)
        assert "No agent session" in text(card_lines(replace(report, roots=roots), 60, 24))

    def test_of_many_search_roots_those_with_sessions_are_listed(self) -> None:
        roots = [SearchRoot(Stream(), HOME / f".agent-{number}", int(number == 3)) for number in range(12)]
        screen_text = text(card_lines(SearchReport(HOME, search_ended=True, roots=roots), 80, 24))
        assert "~/.agent-3" in screen_text
        assert "~/.agent-4" not in screen_text
        assert "none today in 11 other places" in screen_text
        none = [SearchRoot(root.adapter, root.path, 0) for root in roots]
        screen_text = text(card_lines(SearchReport(HOME, search_ended=True, roots=none), 80, 24))
        assert "none today in the 12 places where agents store them" in screen_text

    def test_search_roots_and_advice(self) -> None:
        roots = [SearchRoot(Stream(), HOME / ".agent/sessions", 2), SearchRoot(Stream(), Path("/srv/streams"), 0)]
        screen_text = text(card_lines(SearchReport(HOME, search_ended=True, roots=roots), 80, 24))
        assert "~/.agent/sessions" in screen_text
        assert "2 sessions today" in screen_text
        assert "/srv/streams" in screen_text
        assert "it will appear here" in screen_text
        assert "demo" not in screen_text

    def test_demo_is_offered_if_there_is_one(self) -> None:
        assert "⏎ see the demo" in text(card_lines(SearchReport(HOME, search_ended=True, demo=True), 80, 24))

    def test_empty_named_source_will_appear(self) -> None:
        screen_text = text(card_lines(SearchReport(HOME, search_ended=True), 80, 24))
        assert screen_text.startswith("Nothing to show yet\n\nNothing received yet; it will appear here.")
        assert "in this folder" not in screen_text
        assert "Start an agent here" not in screen_text

    def test_problems_are_shown_in_full(self) -> None:
        notes = [f"/srv/{number}.jsonl is no session of an agent that is known here" for number in range(8)]
        screen_text = text(card_lines(SearchReport(HOME, notes=notes), 40, 24))
        assert screen_text.startswith("Nothing to show\n\n/srv/0.jsonl is no session of an agent\nthat is known here")
        assert "and 2 more" in screen_text

    @pytest.mark.parametrize(("width", "height"), [(12, 8), (32, 15), (60, 12), (200, 50)])
    def test_card_fits_any_size(self, width: int, height: int) -> None:
        roots = [SearchRoot(Stream(), HOME / f".agent-{number}/sessions", number) for number in range(8)]
        lines = card_lines(SearchReport(HOME, search_ended=True, roots=roots), width, height)
        assert max(map(width_of, lines[:-1])) <= width
        assert width < 32 or len(lines) <= height
