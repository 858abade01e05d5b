"""The list of sessions, to choose one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import status
from tui_monitor.tui.alignment import table
from tui_monitor.tui.header.labels import cost_text, session_name, state_spans
from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, one_line, to_width, width_of
from tui_monitor.tui.tones import content_of

WIDTH = 90
FRAME = 6
"""Columns of border, padding and scroll bar."""
TICK_S = 1.0


class SessionsScreen(ModalScreen[SessionKey]):
    """A list of sessions, the last active first; returns the chosen one, or None. The rows are updated, their order
    stays as it was when the list was opened."""

    DEFAULT_CSS = """
    SessionsScreen { align: center middle; }
    SessionsScreen > OptionList {
        width: auto; max-width: 100%; height: auto; max-height: 90%; scrollbar-size-vertical: 1; padding: 0 1;
        background: $surface; border-title-color: $foreground;
        &, &:focus { border: round $border; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,s", "dismiss", "Close", tooltip="Stay with the displayed session"),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
    ]

    choices = query_one(OptionList)

    def __init__(self, live: LiveState, current: SessionKey | None, clock: Callable[[], int]) -> None:
        super().__init__()
        self._live, self._current, self._clock = live, current, clock
        newest_first = sorted(live.sessions.values(), key=lambda state: state.last_at, reverse=True)
        self._keys = [state.key for state in newest_first]

    def compose(self) -> ComposeResult:
        choices = OptionList(*map(Option, self._prompts()), markup=False)
        choices.border_title = "Sessions"
        choices.highlighted = self._keys.index(self._current) if self._current in self._keys else None
        yield choices

    def on_mount(self) -> None:
        """Update the rows every second."""
        self.set_interval(TICK_S, self._refresh)

    def _prompts(self) -> list[Content]:
        width = min(WIDTH, self.app.size.width - FRAME)
        now, states = self._clock(), [self._live.sessions[key] for key in self._keys]
        labels = [state_spans(status(state, now), now) for state in states]
        column = max(map(width_of, labels), default=0)
        rows = [
            _row(state, to_width(label, column), state.key == self._current)
            for state, label in zip(states, labels, strict=True)
        ]
        return [content_of([line]) for line in table(rows, width)]

    def _refresh(self) -> None:
        for index, prompt in enumerate(self._prompts()):
            self.choices.replace_option_prompt_at_index(index, prompt)

    def action_move(self, by: int) -> None:
        """Select the next (1) or previous (-1) session."""
        if by > 0:
            self.choices.action_cursor_down()
        else:
            self.choices.action_cursor_up()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Return the selected session."""
        self.dismiss(self._keys[message.option_index])


def _row(state: SessionState, label: Spans, current: bool) -> list[Spans]:
    percentage = state.context.percentage
    mark = TextSpan("› " if current else "  ", Tone.PROMPT)
    return [
        (mark, *label, TextSpan("  " + one_line(session_name(state)))),
        (TextSpan(cost_text(state.totals.amount)),),
        (TextSpan("" if percentage is None else f"{round(percentage)} %"),),
        (TextSpan(cut_end(one_line(state.branch), 20), Tone.DIM),),
        (TextSpan(one_line(state.key.source), Tone.DIM),),
        (TextSpan(one_line(state.key.id)[:8], Tone.DIM),),
    ]
