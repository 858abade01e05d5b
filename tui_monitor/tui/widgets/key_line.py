"""The most useful keys now, in the last line of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.screen import Screen

from tui_monitor.tui.keys import Action, actions_of
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.tui.widgets.span_text import SpanText

GAP = 2


class KeyLine(SpanText):
    """As many keys as fit, those of the focused pane first; a click runs the action of the key. It replaces Textual's
    footer, which mounts a widget for each key whenever the focus moves."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; }
    """

    _actions: Sequence[Action] = ()

    def on_mount(self) -> None:
        """Follow changes of the active bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._update_actions)

    def on_resize(self) -> None:
        """Compose the line for the new width."""
        self._draw()

    async def on_click(self, event: events.Click) -> None:
        """Run the clicked action."""
        start = 1
        for action in self._actions:
            end = start + _width(action)
            if start <= event.x < end:
                await self.app.run_action(action.action, action.node)
            start = end + GAP

    def _update_actions(self, screen: Screen[object]) -> None:
        if screen.is_active:
            self._actions = actions_of(
                {key: active for key, active in screen.active_bindings.items() if active.binding.show}
            )
            self._draw()

    def _draw(self) -> None:
        width = self.size.width or self.app.size.width
        self.show([key_spans(self._actions, width)])


def key_spans(actions: Sequence[Action], width: int) -> Spans:
    """Return `` ⏎ Open  / Filter``: as many complete keys as fit."""
    spans: list[TextSpan] = [TextSpan(" ")]
    used = 1
    for action in actions:
        used += _width(action) + GAP
        if used - GAP > width:
            break
        spans += [TextSpan(action.keys[0], Tone.ASKS), TextSpan(f" {action.name}"), TextSpan(" " * GAP)]
    return tuple(spans)


def _width(action: Action) -> int:
    return cell_len(action.keys[0]) + 1 + cell_len(action.name)
