"""The controls of a replay in one line; a click or a drag on its track goes to that moment."""

from __future__ import annotations

from datetime import tzinfo

from textual import events
from textual.message import Message

from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import Recording
from tui_monitor.tui.replay.timeline import Track, timeline
from tui_monitor.tui.widgets.span_text import SpanText


class ReplayBar(SpanText):
    """Shows where the clock of a replay stands in its recording."""

    DEFAULT_CSS = """
    ReplayBar { height: 1; background: $panel; }
    """

    class MomentChosen(Message):
        """A moment was clicked: ``at`` in epoch milliseconds."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    class PlayPauseChosen(Message):
        """The sign for playing was clicked."""

    def __init__(self, recording: Recording, clock: ReplayClock, tz: tzinfo | None) -> None:
        super().__init__()
        self._recording = recording
        self._clock = clock
        self._tz = tz
        self._track = Track(0, 1)

    def update(self) -> None:
        """Show the present moment."""
        line, self._track = timeline(self._recording, self._clock, self.size.width or self.app.size.width, self._tz)
        self.show([line])

    def on_resize(self) -> None:
        """Compose the line for the new width."""
        self.update()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the moment under the pointer, and on while it is dragged."""
        if event.x < self._track.begin:
            self.post_message(self.PlayPauseChosen())
            return
        self.capture_mouse()
        self._move(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go to the moment under the pointer while it is dragged."""
        if self.app.mouse_captured is self:
            self._move(event.x)

    def on_mouse_up(self) -> None:
        """End a drag."""
        self.release_mouse()

    def _move(self, x: int) -> None:
        at = self._track.time_at(x, self._recording)
        if at is not None:
            self.post_message(self.MomentChosen(at))
