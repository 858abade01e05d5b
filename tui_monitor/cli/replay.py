"""``replay``: a recorded session on the screen, as if it were live, with a clock that can be stopped and moved."""

from __future__ import annotations

from functools import partial

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.monitor import show_monitor
from tui_monitor.cli.recorded_session import load_session
from tui_monitor.cli.run_context import current_context
from tui_monitor.cli.terminal import require_terminal
from tui_monitor.cli.times import parse_time
from tui_monitor.feed.replay.clock import FASTEST, SLOWEST, ReplayClock
from tui_monitor.feed.replay.recording import Recording
from tui_monitor.feed.replay.replay_feed import replay_feed
from tui_monitor.tui.app_context import Replay
from tui_monitor.units import to_datetime

ALTERNATIVE = "use tui-monitor watch --once FILE."


def replay(session: str, /, *, speed: float = 1.0, at: str = "", pause: float = 10.0, theme: str = "") -> int:
    """Play a recorded session as if it were live.

    P plays and stops, > and < change the speed, . and , step, ( and ) go to prompts, failures, changes and compactions;
    a click on the time line goes to that moment. Nothing is stored. For example:

      tui-monitor replay latest --speed 10
      tui-monitor replay a1b2c3 --at 14:05

    Args:
        session: File of the session, or its id or the beginning of that; "latest" is the newest one.
        speed: So many times faster, 0.1 to 1000.
        at: Begin at this time, such as 2026-11-01T09:30, and paused.
        pause: Cut pauses of the session to so many seconds; 0 leaves them as they were.
        theme: Color theme.
    """
    if not SLOWEST <= speed <= FASTEST:
        raise CommandError(f"invalid speed {speed:g}: give a number from {SLOWEST:g} to {FASTEST:g}.")
    if pause < 0:
        raise CommandError(f"invalid pause {pause:g}: give seconds, or 0.")
    require_terminal(alternative=ALTERNATIVE)
    context = current_context()
    _, recording = load_session(context, session)
    clock = ReplayClock(recording.begin, recording.end, speed)
    if (start := parse_time(at, None)) is not None:
        _check_within(recording, start)
        clock.set_playing(False)
        clock.move_to(start)
    max_pause_ms = round(pause * 1000) or None
    open_source = partial(replay_feed, recording, clock, context.view_prices(), max_pause_ms=max_pause_ms)
    return show_monitor(context, open_source, theme, alternative=ALTERNATIVE, replay=Replay(recording, clock))


def _check_within(recording: Recording, at: int) -> None:
    if not recording.begin <= at <= recording.end:
        begin, end = (to_datetime(time, None) for time in (recording.begin, recording.end))
        raise CommandError(f"the session is from {begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S}: --at is not.")
