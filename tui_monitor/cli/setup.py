"""``setup``: shows the change of an agent's settings by which it reports more, asks, and makes or undoes it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from difflib import unified_diff

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.output import write
from tui_monitor.cli.path_args import quoted, suggestion
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.settings_file import backup, replace_file
from tui_monitor.net.token import kept_token
from tui_monitor.sources.discovery.recorded_runs import recordings_folder
from tui_monitor.sources.discovery.settings import CHANGES, proposer
from tui_monitor.sources.settings import SettingsChange, SettingsError, SettingsRequest, TelemetryTarget

DEFAULT_URL = "http://127.0.0.1:4318"


def setup(
    agent: str,
    /,
    *,
    undo: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    telemetry: bool = False,
    url: str = DEFAULT_URL,
) -> int:
    """Let an agent report more: shows the change of its settings, asks, undoes.

    Claude Code gets hooks, which make its states certain, and a status line, which makes cost, context and plan windows
    exact. Gemini CLI gets a file of telemetry. All three can export telemetry to tui-monitor receive, Codex nothing
    else. A copy of the settings is kept beside them. For example:

      tui-monitor setup claude-code --dry-run    shows the change alone
      tui-monitor setup gemini --yes             without a question, for scripts
      tui-monitor setup claude-code --undo

    Args:
        agent: claude-code, codex or gemini.
        undo: Take back what an earlier setup changed, and nothing else.
        dry_run: Show the change, and make none.
        yes: Don't ask.
        telemetry: Let it also export its telemetry to tui-monitor receive.
        url: Address of tui-monitor receive.
    """
    if agent not in CHANGES:
        close = suggestion(agent, CHANGES)
        hint = f"did you mean {close}?" if close else f"known are {', '.join(CHANGES)}."
        raise CommandError(f"unknown agent {quoted(agent)}: {hint}")
    context = report_context()
    change = _proposed(context, agent, undo=undo, url=url if telemetry or undo else "")
    write("".join(f"{line}\n" for line in _explanation(change)))
    if change.after == change.before or dry_run:
        return OK
    if not yes and not _is_confirmed(change):
        write("Nothing was changed.\n")
        return OK
    try:
        copy = backup(change)
        replace_file(change)
        recordings_folder(context.data, agent).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{change.path} cannot be changed ({error.strerror or error}).") from None
    write(f"Changed {change.path}" + (f"; it was as in {copy}.\n" if copy else ".\n"))
    return OK


def _proposed(context: RunContext, agent: str, *, undo: bool, url: str) -> SettingsChange:
    receiver = TelemetryTarget(url.rstrip("/"), kept_token(context.data)) if url else None
    recordings = recordings_folder(context.data, agent)
    request = SettingsRequest(context.search_context, _program(), recordings, receiver, undo=undo)
    try:
        return proposer(agent)(request)
    except SettingsError as error:
        raise CommandError(str(error)) from None


def _program() -> str:
    """Return the shell command that runs this program from any folder."""
    name = os.path.basename(sys.argv[0])  # noqa: PTH119  # a word, not a path to open
    installed = shutil.which(sys.argv[0]) if name == "tui-monitor" else shutil.which("tui-monitor")
    if installed:
        return shlex.quote(os.path.abspath(installed))  # noqa: PTH100  # a link stays one: it survives updates
    return shlex.join([sys.executable, "-m", "tui_monitor"])


def _explanation(change: SettingsChange) -> Iterator[str]:
    """Yield the change as a diff, and what it is for."""
    if change.after == change.before:
        yield f"{change.path}: nothing to change."
    else:
        before, after = change.before.splitlines(), change.after.splitlines()
        yield from unified_diff(before, after, str(change.path), str(change.path), lineterm="")
        yield ""
    yield from (f"+ {effect}" for effect in change.effects if change.after != change.before)
    yield from (f"· {note}" for note in change.notes)


def _is_confirmed(change: SettingsChange) -> bool:
    """Ask whether the change is wanted.

    Raises:
        CommandError: there is nobody to ask.
    """
    if not sys.stdin or not sys.stdin.isatty():
        raise CommandError("standard input is no terminal to ask on: use --yes to change the settings.")
    write(f"Change {change.path}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
