"""The rows of the list of sessions under headings, with a cursor that stays on its session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_monitor.events import SessionKey
from tui_monitor.tui.session_list.entries import SessionChoice, SessionEntry
from tui_monitor.tui.session_list.layout import SessionColumns, entry_line, group_line
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.tui.tones import content_of


def _hidden(keys: str, action: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, name, show=False, tooltip=tooltip, id=f"sessions.{name.lower().replace(' ', '-')}")


class SessionOptions(OptionList):
    """Shows entries in the order given. ``displayed`` is the session behind the list, whose row is marked."""

    DEFAULT_CSS = """
    SessionOptions {
        width: 1fr; height: 1fr; padding: 0 1; background: $background;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable; text-wrap: nowrap; text-overflow: clip;
        &, &:focus { border: none; }
        & > .option-list--option-disabled { color: $foreground; }
        &, &:focus {
            & > .option-list--option-highlighted {
                color: $foreground; background: $block-cursor-blurred-background; text-style: none;
            }
        }
        &:ansi, &:ansi:focus {
            & > .option-list--option-highlighted { color: ansi_default; text-style: not dim reverse; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Show", tooltip="Show the selected session", id="sessions.show"),
        _hidden("up,k", "cursor_up", "Up", "Select the session above"),
        _hidden("down,j", "cursor_down", "Down", "Select the session below"),
        _hidden("pageup,ctrl+u", "page_up", "Page up", "Go back one page"),
        _hidden("pagedown,ctrl+d", "page_down", "Page down", "Go forward one page"),
        _hidden("home,g", "first", "First", "Select the first session"),
        _hidden("end,G", "last", "Last", "Select the last session"),
    ]

    class Chosen(Message):
        """A session was chosen."""

        def __init__(self, choice: SessionChoice) -> None:
            super().__init__()
            self.choice = choice

    class CursorMoved(Message):
        """A person has moved the cursor."""

    def __init__(self, displayed: SessionKey | None) -> None:
        super().__init__(markup=False)
        self._displayed = displayed
        self._entries: list[SessionEntry] = []
        self._choices: list[SessionChoice | None] = []
        """What each option stands for; None: a heading."""
        self._shown_lines: list[Spans] = []
        self._drawn: dict[SessionChoice, tuple[SessionEntry, SessionColumns, Spans]] = {}
        self._place: int | None = None
        """Where the cursor is known to be."""

    @property
    def entries(self) -> Sequence[SessionEntry]:
        """The entries in the order in which they are shown."""
        return self._entries

    @property
    def selected(self) -> SessionChoice | None:
        """The session under the cursor."""
        index = self.highlighted
        return self._choices[index] if index is not None and index < len(self._choices) else None

    def show(self, entries: Sequence[SessionEntry], columns: SessionColumns, empty: str) -> None:
        """Show these entries; ``empty`` if there are none. The cursor stays on its session, or else on its place."""
        is_same = self._choices and [*map(_place, entries)] == [*map(_place, self._entries)]
        before, place = self.selected, self.highlighted or 0
        self._entries = list(entries)
        rows = list(self._rows(columns)) or [(None, (TextSpan(empty, Tone.DIM),))]
        choices, lines = [choice for choice, _ in rows], [line for _, line in rows]
        if is_same:
            self._replace(lines)
            return
        self._choices, self._shown_lines = choices, lines
        self.set_options(Option(content_of([line]), disabled=choice is None) for choice, line in rows)
        self._highlight(before, place)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Report that a person has moved the cursor."""
        super().watch_highlighted(highlighted)
        if highlighted is not None and highlighted != self._place:
            self._place = highlighted
            self.post_message(self.CursorMoved())

    def _rows(self, columns: SessionColumns) -> Iterator[tuple[SessionChoice | None, Spans]]:
        for urgency, group in groupby(self._entries, key=lambda entry: entry.urgency):
            members = list(group)
            yield None, group_line(urgency, len(members))
            for entry in members:
                yield entry.choice, self._line(entry, columns)

    def _line(self, entry: SessionEntry, columns: SessionColumns) -> Spans:
        """Return the row of an entry, the same object again if nothing has changed: there may be hundreds."""
        drawn = self._drawn.get(entry.choice)
        if drawn and drawn[:2] == (entry, columns):
            return drawn[2]
        is_displayed = self._displayed is not None and entry.choice.session == self._displayed
        line = entry_line(entry, columns, is_displayed)
        self._drawn[entry.choice] = entry, columns, line
        return line

    def _replace(self, lines: list[Spans]) -> None:
        for index, (old, new) in enumerate(zip(self._shown_lines, lines, strict=True)):
            if old != new:
                self.replace_option_prompt_at_index(index, content_of([new]))
        self._shown_lines = lines

    def _highlight(self, choice: SessionChoice | None, place: int) -> None:
        places = [index for index, each in enumerate(self._choices) if each]
        if choice and choice in self._choices:
            self._place = self._choices.index(choice)
        elif places:
            self._place = min(places, key=lambda index: abs(index - place))
        if places:
            self.highlighted = self._place

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Report the chosen session."""
        message.stop()
        if choice := self._choices[message.option_index]:
            self.post_message(self.Chosen(choice))


def _place(entry: SessionEntry) -> tuple[SessionChoice, int]:
    return entry.choice, entry.urgency
