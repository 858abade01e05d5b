"""The recording of a session that a command names: by a file, by its id or the beginning of that, or as the newest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError
from tui_monitor.cli.output import show_progress
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.run_context import RunContext
from tui_monitor.feed.replay.recording import Recording, load_recording
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.find import DiscoveredSession, find_sessions, related_sessions
from tui_monitor.sources.discovery.registry import default_registry

LATEST = "latest"
MAX_LISTED = 5
"""Sessions that are named when a beginning of an id fits several."""


def load_session(context: RunContext, session: str) -> tuple[Mapping[Path, Adapter], Recording]:
    """Return the files of a session and their recording.

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
    return files, recording


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
    if not found and word == LATEST:
        raise CommandError("there is no session yet: tui-monitor doctor says where they are looked for.", NOTHING_FOUND)
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
