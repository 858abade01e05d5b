"""The keys of what has the focus, and the signs that the monitor draws with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_monitor.tui.keys import Action
from tui_monitor.tui.spans import Span, Spans, Tone
from tui_monitor.tui.tones import content_of

LINE = 76
"""Lines longer than this are tiring to read."""
FRAME = 8
"""Columns that border, padding and scroll bar take."""

SIGNS = (
    (Span("✓", Tone.OK), "it went well"),
    (Span("·", Tone.DIM), "a look-up that went well; runs of them are one row"),
    (Span("✗", Tone.FAILED), "it failed; a dim one was refused by the agent's own checks, which tries again"),
    (Span("!", Tone.DOUBT), "it ended well, but its output tells of a failure"),
    (Span("⊘", Tone.REJECTED), "you refused or interrupted it"),
    (Span("▷", Tone.RUNNING), "it was asked for a moment ago"),
    (Span("▶", Tone.RUNNING), "it runs: there was a sign of life, or it is in the background"),
    (Span("◆", Tone.HELD), "it runs, or waits for you or a hook: the agent's files do not tell"),
    (Span("–", Tone.DIM), "it never had a result, and what came after went on without it"),
    (Span("?", Tone.ASKS), "only you can answer it; a dim one was answered"),
    (Span("▸", Tone.AGENT), "a sub-agent; → shows what it does"),
    (Span("↻", Tone.TEXT), "waits for what was begun in the background"),
    (Span("|", Tone.DIM), "behind a command: only the beginning or the end of its output was asked for"),
    (Span("›", Tone.PROMPT), "what you asked for, with what it led to"),
    (Span("═", Tone.COMPACTED), "the context was compacted"),
    (Span("∼", Tone.RETRY), "the model could not be reached, and is asked again"),
    (Span("┃", Tone.TEXT), "in the bar: where the context will be compacted"),
    (Span("≥", Tone.TEXT), "at least so much: the agent's files do not tell all"),
    (Span("—", Tone.TEXT), "not known; in the place of money: no price is known"),
    (Span("r w", Tone.DIM), "of the cache: read and written; behind it how much of the input was read from it"),
    (Span("WORKING?", Tone.RUNNING), "with a question mark, a state is likely, not told; i says why"),
)


class HelpScreen(ModalScreen[None]):
    """A list of keys with what each does, then the signs; any of the usual keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: auto; max-width: 100%; height: auto; max-height: 90%; scrollbar-size-vertical: 1;
        border: round $border; padding: 0 2; background: $surface; border-title-color: $foreground;
    }
    HelpScreen Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close"),
    ]

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        with VerticalScroll() as frame:
            frame.border_title = "Keys here"
            yield Static(content_of(help_lines(self._actions, self.app.size.width - FRAME)))


def help_lines(actions: Iterable[Action], width: int) -> list[Spans]:
    """Keys and what they do, then the signs and what they mean, in lines of at most ``width`` cells."""
    keys = [(Span(" ".join(action.keys), Tone.ASKS), action.description) for action in actions]
    return [*_explained(keys, width), (), (Span("Signs"),), (), *_explained(SIGNS, width)]


def _explained(pairs: Sequence[tuple[Span, str]], width: int) -> list[Spans]:
    """Each sign with its explanation beside it, on as many lines as that takes."""
    column = max((len(sign.text) for sign, _ in pairs), default=0) + 2
    lines: list[Spans] = []
    for sign, text in pairs:
        first, *others = wrap(text, max(8, min(LINE, width - column))) or [""]
        lines.append((Span(sign.text.ljust(column), sign.tone), Span(first)))
        lines += [(Span(" " * column + other),) for other in others]
    return lines
