"""``replay``: a recorded session on the screen, as if it were live, with a clock that can be stopped and moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError
from tui_monitor.cli.monitor import show_monitor
from tui_monitor.cli.output import show_progress
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.run_context import RunContext, current_context
from tui_monitor.cli.terminal import require_terminal
from tui_monitor.cli.times import parse_time
from tui_monitor.feed.replay.clock import FASTEST, SLOWEST, ReplayClock
from tui_monitor.feed.replay.recording import Recording, load_recording
from tui_monitor.feed.replay.replay_feed import replay_feed
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.find import DiscoveredSession, find_sessions, related_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.tui.app_context import Replay
from tui_monitor.units import to_datetime

LATEST = "latest"
MAX_LISTED = 5
"""Sessions that are named when a beginning of an id fits several."""
ALTERNATIVE = "use tui-monitor watch --once FILE."


def replay(session: str, /, *, speed: float = 1.0, at: str = "", pause: float = 10.0, theme: str = "") -> int:
    """Play a recorded session as if it were live.

    P plays and stops, > and < change the speed, . and , step, ( and ) go to prompts, failures, changes and compactions;
    a click on the time line goes to that moment. Nothing is stored.

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
    recording = _load(context, session)
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


def _load(context: RunContext, session: str) -> Recording:
    """Return the recording of a session.

    Raises:
        CommandError: there is none, or it cannot be read.
    """
    files = _files_at(session) or _files_of(context, session)
    show_progress(f"reading {len(files)} files …" if len(files) > 1 else "reading …")
    try:
        recording = load_recording(files, context.view_prices())
    except OSError as error:
        raise CommandError(f"{error.filename or session}: {(error.strerror or str(error)).lower()}.") from None
    finally:
        show_progress("")
    if not recording.end:
        raise CommandError(f"{quoted(session)} holds no events with a time.", NOTHING_FOUND)
    return recording


def _files_at(word: str) -> Mapping[Path, Adapter]:
    """Return the files of the session at a path; none if there is nothing.

    Raises:
        CommandError: what is there is not one session.
    """
    if not Path(word).exists():
        return {}
    expanded = expand([word], default_registry())
    if expanded.errors or expanded.pipes or not expanded.sessions:
        reason = expanded.errors[0] if expanded.errors else f"{word} is no recorded session"
        raise CommandError(f"{reason}.", NOTHING_FOUND)
    if len(expanded.sessions) > 1:
        raise CommandError(f"{word} holds {len(expanded.sessions)} sessions: name one file.")
    [bundle] = expanded.sessions
    return dict.fromkeys((bundle.path, *bundle.related_files), bundle.adapter)


def _files_of(context: RunContext, word: str) -> Mapping[Path, Adapter]:
    """Return the files of the session whose id begins with a word.

    Raises:
        CommandError: there is none, or there are several.
    """
    sessions = [each for each in find_sessions(default_registry().adapters, context.search_context) if each.size]
    found = sessions[:1] if word == LATEST else list(_beginning_with(word, sessions))
    if not found:
        raise CommandError(f"no session is named {quoted(word)}: name a file or the id of one.", NOTHING_FOUND)
    if len(found) > 1:
        names = ", ".join(each.path.stem for each in found[:MAX_LISTED])
        raise CommandError(f"{quoted(word)} fits {len(found)} sessions: {names}{', …' * (len(found) > MAX_LISTED)}")
    [session] = found
    others = [each for each in related_sessions(session, sessions) if not each.adapter.is_aggregate]
    paths = {session.path: session.adapter} | {each.path: each.adapter for each in others}
    return paths | dict.fromkeys(session.adapter.related_files(session.path), session.adapter)


def _beginning_with(word: str, sessions: list[DiscoveredSession]) -> Iterator[DiscoveredSession]:
    for session in sessions:
        name = session.adapter.session_named(session.path)
        if name.startswith(word) or session.path.stem.startswith(word):
            yield session
