"""The keys for the focused pane, and the signs that the monitor draws."""

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
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.tui.tones import content_of

LINE = 76
"""Cells of a line; longer lines are tiring to read."""
FRAME = 8
"""Columns of border, padding and scroll bar."""

SIGNS = (
    (TextSpan("✓", Tone.OK), "succeeded"),
    (TextSpan("·", Tone.DIM), "read or searched; runs of these are one row"),
    (TextSpan("✗", Tone.FAILED), "failed; a dim one was rejected by the agent's own checks, and the agent tries again"),
    (TextSpan("!", Tone.DOUBT), "succeeded, but the output reports a failure"),
    (TextSpan("⊘", Tone.REJECTED), "declined or interrupted by you"),
    (TextSpan("▷", Tone.RUNNING), "just issued"),
    (TextSpan("▶", Tone.RUNNING), "running: progress was recorded, or it is in the background"),
    (TextSpan("◆", Tone.HELD), "running, or waiting for you or a hook: the agent's files don't say which"),
    (TextSpan("–", Tone.DIM), "no result: the agent went on without it"),
    (TextSpan("?", Tone.ASKS), "waiting for your answer; a dim one was answered"),
    (TextSpan("▸", Tone.AGENT), "a sub-agent; → shows its calls"),
    (TextSpan("↻", Tone.TEXT), "waiting for a background task"),
    (TextSpan("|", Tone.DIM), "after a command: only the beginning or end of its output was requested"),
    (TextSpan("›", Tone.PROMPT), "your prompt, with the totals of its turn"),
    (TextSpan("═", Tone.COMPACTED), "context compacted"),
    (TextSpan("∼", Tone.RETRY), "API error; the request is retried"),
    (TextSpan("┃", Tone.TEXT), "in the bar: the agent compacts its context here"),
    (TextSpan("≥", Tone.TEXT), "at least: the agent's files don't record everything"),
    (TextSpan("—", Tone.TEXT), "unknown; for a cost: no known price"),
    (TextSpan("r w", Tone.DIM), "cache read and cache write; then the share of the input read from the cache"),
    (TextSpan("WORKING?", Tone.RUNNING), "a question mark after a state means probably; i shows the evidence"),
)


class HelpScreen(ModalScreen[None]):
    """A list of keys with their actions, then the signs; any of the usual keys closes it."""

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
    """Return keys and their actions, then signs and their meaning, in lines of at most ``width`` cells."""
    keys = [(TextSpan(" ".join(action.keys), Tone.ASKS), action.description) for action in actions]
    return [*_explanations(keys, width), (), (TextSpan("Signs"),), (), *_explanations(SIGNS, width)]


def _explanations(pairs: Sequence[tuple[TextSpan, str]], width: int) -> list[Spans]:
    """Return each sign with its explanation beside it, on as many lines as that takes."""
    column = max((len(sign.text) for sign, _ in pairs), default=0) + 2
    lines: list[Spans] = []
    for sign, text in pairs:
        first, *others = wrap(text, max(8, min(LINE, width - column))) or [""]
        lines.append((TextSpan(sign.text.ljust(column), sign.tone), TextSpan(first)))
        lines += [(TextSpan(" " * column + other),) for other in others]
    return lines
