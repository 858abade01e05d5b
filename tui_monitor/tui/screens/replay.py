"""The monitor screen on a recording, with the controls of its clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one

from tui_monitor.live.apply import Part
from tui_monitor.tui.alerts.attention import Attention
from tui_monitor.tui.app_context import AppContext, Replay
from tui_monitor.tui.screens.monitor import MonitorScreen
from tui_monitor.tui.widgets.replay_bar import ReplayBar

TICK_S = 0.1
"""Seconds between two pictures of the clock while it runs."""
SPEEDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def _key(keys: str, action: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return Binding(keys, action, name, show=show, tooltip=tooltip, id=f"replay.{name.lower().replace(' ', '-')}")


class ReplayScreen(MonitorScreen):
    """Shows a recording as the monitor would have shown it: the same screen, with another clock."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("P", "toggle_playing", "Play or pause", "Let the replay run, or stop it", show=True),
        _key("greater_than_sign", "change_speed(1)", "Faster", "Play faster, up to 1000 times", show=True),
        _key("less_than_sign", "change_speed(-1)", "Slower", "Play slower, down to a tenth", show=True),
        _key("full_stop", "step(1)", "Next event", "Stop, and go to the next event"),
        _key("comma", "step(-1)", "Previous event", "Stop, and go back to the event before"),
        _key("right_parenthesis", "landmark(1)", "Next mark", "Go to the next prompt, failure, change or compaction"),
        _key("left_parenthesis", "landmark(-1)", "Previous mark", "Go back to the prompt, failure or change before"),
        _key("ctrl+home", "to_begin", "Begin", "Go to the beginning of the recording"),
        _key("ctrl+end", "to_end", "End of replay", "Go to the end of the recording"),
    ]

    replay_bar = query_one(ReplayBar)

    def __init__(
        self, app_context: AppContext, replay: Replay, attention: Attention, send: Callable[[str], None]
    ) -> None:
        super().__init__(app_context, attention, send)
        self._replay = replay
        self._shown = replay.clock.now()

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield ReplayBar(self._replay.recording, self._replay.clock, self._app_context.tz)

    def on_mount(self) -> None:
        """Show the clock, and keep showing it."""
        self.replay_bar.update()
        self.set_interval(TICK_S, self._show_time)

    def action_toggle_playing(self) -> None:
        """Let the clock run, or stop it; at the end it begins again."""
        clock = self._replay.clock
        if clock.now() >= clock.end:
            self._move_to(clock.begin)
            clock.set_playing(True)
        else:
            clock.set_playing(not clock.is_playing)
        self._show_time()

    def action_change_speed(self, direction: int) -> None:
        """Play at the next higher or lower speed."""
        clock = self._replay.clock
        others = [speed for speed in SPEEDS[::direction] if (speed - clock.speed) * direction > 0]
        clock.set_speed(others[0] if others else clock.speed)
        self._show_time()

    def action_step(self, direction: int) -> None:
        """Stop, and go to the next event in a direction."""
        clock = self._replay.clock
        clock.set_playing(False)
        self._move_to(self._replay.recording.step(clock.now(), direction))

    def action_landmark(self, direction: int) -> None:
        """Go to the next landmark in a direction."""
        self._move_to(self._replay.recording.landmark(self._replay.clock.now(), direction))

    def action_to_begin(self) -> None:
        """Go to the beginning."""
        self._move_to(self._replay.clock.begin)

    def action_to_end(self) -> None:
        """Go to the end."""
        self._move_to(self._replay.clock.end)

    @on(ReplayBar.MomentChosen)
    def _move_to_click(self, message: ReplayBar.MomentChosen) -> None:
        self._move_to(message.at)

    @on(ReplayBar.PlayPauseChosen)
    def _toggle_by_click(self) -> None:
        self.action_toggle_playing()

    def _move_to(self, at: int) -> None:
        """Show another moment. An earlier one is that of a new run up to it: nothing that was shown can be taken
        back."""
        clock = self._replay.clock
        is_back = at < clock.now()
        clock.move_to(at)
        if is_back:
            self.reopen(self._app_context.open_source)
        self._show_time()

    def _show_time(self) -> None:
        """Show the clock, and all that depends on it."""
        self.replay_bar.update()
        if (now := self._replay.clock.now()) != self._shown:
            self._shown = now
            self.drawing.draw(Part.STATUS)
