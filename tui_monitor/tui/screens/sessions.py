"""The sessions that are followed, to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import status
from tui_monitor.tui.header.money import cost_text
from tui_monitor.tui.header.naming import session_name
from tui_monitor.tui.header.words import state_spans
from tui_monitor.tui.panes.table import table
from tui_monitor.tui.rows.cells import Span, Spans, Tone, one_line
from tui_monitor.tui.tones import content_of

WIDTH = 72


class SessionsScreen(ModalScreen[SessionKey]):
    """A list of sessions, the one heard of last first; answers with the one that was chosen, or with nothing."""

    DEFAULT_CSS = """
    SessionsScreen { align: center middle; }
    SessionsScreen > OptionList {
        width: 80; max-width: 96%; height: auto; max-height: 80%;
        border: round $border; background: $surface; border-title-color: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,s", "dismiss", "Close", show=False)]

    def __init__(self, states: Sequence[SessionState], now: int) -> None:
        super().__init__()
        self._keys = [state.key for state in states]
        self._lines = table([_row(state, now) for state in states], WIDTH)

    def compose(self) -> ComposeResult:
        choices = OptionList(*(Option(content_of([line])) for line in self._lines), markup=False)
        choices.border_title = "Sessions"
        yield choices

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(self._keys[message.option_index])


def _row(state: SessionState, now: int) -> list[Spans]:
    percentage = state.context.percentage
    return [
        (*state_spans(status(state, now), now), Span("  " + one_line(session_name(state)))),
        (Span(one_line(state.branch)[:20], Tone.DIM),),
        (Span("" if percentage is None else f"{round(percentage)} %"),),
        (Span(cost_text(state.totals.amount)),),
        (Span(state.key.id[:8], Tone.DIM),),
    ]
