"""The last line of the screen: who needs you, and the most useful keys now."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.screen import Screen

from tui_monitor.tui.alerts.notices import NO_NOTICE, Notice
from tui_monitor.tui.keys import Action, actions_of
from tui_monitor.tui.spans import Spans, TextSpan, Tone, width_of
from tui_monitor.tui.widgets.span_text import SpanText

GAP = 2
HELP = "help"
"""The action whose key comes first beside a notice."""
KEYS_ROOM = 10
"""Cells that a notice leaves to that key."""


class KeyLine(SpanText):
    """A notice, and as many keys as fit beside it, those of the focused pane first; a click runs the action. The notice
    has its place here so that the screen does not move when it comes and goes. The line replaces Textual's footer,
    which mounts a widget for each key whenever the focus moves."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; }
    """

    _actions: Sequence[Action] = ()
    _notice: Notice = NO_NOTICE
    _keys_at = 0

    def update(self, notice: Notice) -> None:
        """Show a notice at the left."""
        if notice != self._notice:
            self._notice = notice
            self._draw()

    def on_mount(self) -> None:
        """Follow changes of the active bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._update_actions)

    def on_resize(self) -> None:
        """Compose the line for the new width."""
        self._draw()

    async def on_click(self, event: events.Click) -> None:
        """Run the clicked action."""
        if event.x < self._keys_at and self._notice.action:
            await self.screen.run_action(self._notice.action)
            return
        start = self._keys_at + 1
        for action in self._shown_actions():
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

    def _shown_actions(self) -> Sequence[Action]:
        return sorted(self._actions, key=lambda action: action.action != HELP) if self._notice else self._actions

    def _draw(self) -> None:
        width = self.size.width or self.app.size.width
        notice = self._notice.spans(width - 1 - KEYS_ROOM)
        left = (TextSpan(" "), *notice, TextSpan(" ")) if notice else ()
        self._keys_at = width_of(left)
        self.show([(*left, *key_spans(self._shown_actions(), width - self._keys_at))])


def key_spans(actions: Sequence[Action], width: int) -> Spans:
    """Return `` ⏎ Open  / Filter``: as many complete keys as fit."""
    spans: list[TextSpan] = [TextSpan(" ")]
    used = 1
    for action in actions:
        used += _width(action) + GAP
        if used - GAP > width:
            break
        spans += [TextSpan(action.keys[0], Tone.KEY), TextSpan(f" {action.name}", Tone.DIM), TextSpan(" " * GAP)]
    return tuple(spans)


def _width(action: Action) -> int:
    return cell_len(action.keys[0]) + 1 + cell_len(action.name)
