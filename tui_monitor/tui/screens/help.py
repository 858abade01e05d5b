"""The keys of what has the focus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_monitor.tui.rows.cells import Span, Spans, Tone
from tui_monitor.tui.tones import content_of

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "enter": "⏎",
    "escape": "Esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
}


class HelpScreen(ModalScreen[None]):
    """A list of keys with what each does; any of the usual keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: auto; max-width: 96%; height: auto; max-height: 90%;
        border: round $border; padding: 0 2; background: $surface; border-title-color: $foreground;
    }
    HelpScreen Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", show=False),
    ]

    def __init__(self, bindings: Mapping[str, ActiveBinding]) -> None:
        super().__init__()
        self._lines = help_lines(bindings)

    def compose(self) -> ComposeResult:
        with VerticalScroll() as frame:
            frame.border_title = "Keys here"
            yield Static(content_of(self._lines))


def help_lines(bindings: Mapping[str, ActiveBinding]) -> list[Spans]:
    """A line an action: its keys, then what it does."""
    actions: dict[tuple[object, str], tuple[list[str], str]] = {}
    for active in bindings.values():
        binding = active.binding
        if active.enabled and (binding.tooltip or active.tooltip) and not binding.system:
            keys, _ = actions.setdefault((active.node, binding.action), ([], binding.tooltip or active.tooltip))
            keys.append(key_name(binding.key))
    width = max((len(" ".join(keys)) for keys, _ in actions.values()), default=0)
    return [(Span(" ".join(keys).ljust(width + 2), Tone.ASKS), Span(what)) for keys, what in actions.values()]


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard."""
    if key in _NAMES:
        return _NAMES[key]
    return key.replace("ctrl+", "^").removeprefix("upper_")
