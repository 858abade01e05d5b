"""The search over all sessions: the hits change while the words are typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Input

from tui_monitor.search.hits import SearchAnswer, SearchHit
from tui_monitor.search.query import SearchQuery, parse_query
from tui_monitor.tui.keys import actions_of
from tui_monitor.tui.session_list.hits import about_lines, hit_sections, hits_text, key_of
from tui_monitor.tui.widgets.key_line import KeyLine
from tui_monitor.tui.widgets.pane_lines import PaneLines
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.tui.widgets.title_rule import TitleRule

HITS = 100
"""Hits that are listed."""
CANDIDATES = 400
"""Texts that an answer may look at: the next key is to be answered soon."""
AGAIN_S = 0.3
"""Seconds until it is asked again while texts are being indexed, which goes on with each question."""


class SearchScreen(Screen[SearchHit | None]):
    """Words at the top, hits below them. Returns the chosen hit, or None.

    ``request`` takes a query to which `show_answer` brings the answer; it is called again only then. ``clock`` returns
    the time in epoch milliseconds.
    """

    DEFAULT_CSS = """
    SearchScreen { layout: vertical; }
    SearchScreen > Input { height: 1; border: none; padding: 0 1; background: $surface; }
    SearchScreen > Input:focus { border: none; }
    SearchScreen > PaneLines { height: 1fr; background: $background; }
    SearchScreen > #about { margin: 0 1; color: $text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "write", "Words", tooltip="Write other words", id="search.write"),
        Binding("escape", "back", "Back", tooltip="Go back to the session", id="search.back"),
        Binding("question_mark", "help", "Keys", tooltip="Show the keys, and the signs", id="search.help"),
        Binding("down", "move(1)", "Hits", tooltip="Go from the words to the hits", id="search.down"),
        Binding("up", "move(-1)", show=False, tooltip="Select the hit above", id="search.up"),
        Binding("q", "app.quit", "Quit", tooltip="Quit (the agents keep running)", id="search.quit"),
    ]

    rows = query_one(PaneLines)
    words = query_one(Input)
    title_rule = query_one(TitleRule)
    about = query_one("#about", SpanText)

    def __init__(self, request: Callable[[SearchQuery], None], clock: Callable[[], int], tz: tzinfo | None) -> None:
        super().__init__()
        self._request, self._clock, self._tz = request, clock, tz
        self._query = SearchQuery()
        self._asked: SearchQuery | None = None
        self._answer = SearchAnswer(self._query)

    def compose(self) -> ComposeResult:
        yield TitleRule("Search all sessions")
        yield Input(placeholder='words  "a phrase"  project:name  source:name', select_on_focus=False)
        yield PaneLines()
        yield SpanText(id="about")
        yield KeyLine()

    def on_mount(self) -> None:
        """Let the words be typed."""
        self.title_rule.update(focused=True)
        self.words.focus()
        self._show(self._answer)

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        self._query = replace(parse_query(message.value, is_typed=True), limit=HITS, candidates=CANDIDATES)
        if self._query.terms.words:
            self._ask()
        else:
            self._show(SearchAnswer(self._query))

    def _ask(self) -> None:
        if self._asked is None and self.is_attached:
            self._asked = self._query
            self._request(self._query)

    def show_answer(self, answer: SearchAnswer) -> None:
        """Show the answer, unless other words are searched by now."""
        self._asked = None
        if not self._query.terms.words:
            return
        if answer.query != self._query:
            self._ask()
            return
        self._show(answer)
        if answer.unindexed:
            self.set_timer(AGAIN_S, self._ask)

    def _show(self, answer: SearchAnswer) -> None:
        if answer.query.terms != self._answer.query.terms:
            self.rows.restart()
        self._answer = answer
        self.title_rule.update(aside=hits_text(answer))
        self.rows.show(hit_sections(answer, self._clock(), self._tz))
        self._describe()

    @property
    def selected(self) -> SearchHit | None:
        """The hit under the cursor."""
        row = self.rows.row
        return next((hit for hit in self._answer.hits if row and key_of(hit) == row.key), None)

    @on(PaneLines.Moved)
    def _describe(self) -> None:
        hit = self.selected
        self.about.show(about_lines(hit, self._clock(), self._tz) if hit else ())

    @on(Input.Submitted)
    def _choose_selected(self) -> None:
        if hit := self.selected:
            self.dismiss(hit)

    @on(PaneLines.Opened)
    def _open(self, message: PaneLines.Opened) -> None:
        hit = self.selected
        if message.action == "open" or hit is None:
            self.dismiss(hit)
        elif message.action == "copy" and hit.resume:
            self.app.copy_to_clipboard(hit.resume)
            self.notify("Copied.")
        else:
            self.notify("No command is known that resumes this session." if message.action == "copy" else "No file.")

    def action_write(self) -> None:
        """Write other words."""
        self.words.focus()

    def action_move(self, by: int) -> None:
        """Go from the words to the hits."""
        self.rows.focus()
        self.rows.action_move(by)

    def action_back(self) -> None:
        """Go back to the session."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys for this screen."""
        from tui_monitor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(actions_of(self.active_bindings)))
