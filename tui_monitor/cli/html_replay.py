"""``export html-replay``: a session as one page that plays it back in a browser."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError
from tui_monitor.cli.output import write_report
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.recorded_session import load_session
from tui_monitor.cli.run_context import report_context
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.reports.replay.page import query_replay, replay_page
from tui_monitor.store import private_store


def export_replay(sessions: tuple[str | Path, ...], output: str) -> int:
    """Write the page of a session, or print it; return the exit status.

    Raises:
        CommandError: not one session is named, or there is no such session.
    """
    if len(sessions) != 1:
        raise CommandError("html-replay takes one session: its file, its id or the beginning of that, or latest.")
    context, word = report_context(), str(sessions[0])
    files, recording = load_session(context, word)
    with closing(private_store()) as store:
        read_files(store, files, context.view_prices())
        content = query_replay(store, recording)
    if content is None:
        raise CommandError(f"{quoted(word)} holds no session.", NOTHING_FOUND)
    write_report(replay_page(content), output)
    return OK
