"""Checks of the terminal and of the system's notifications of changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.cli.checks.model import Finding, note, ok, problem

SMALLEST = (40, 15)
"""Columns and rows from which the screen is readable."""
_MULTIPLEXERS = {"TMUX": "tmux", "ZELLIJ": "zellij", "STY": "screen"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal: whether there is one, its columns and rows, and the encoding of output."""

    is_there: bool
    columns: int
    rows: int
    encoding: str


def check_terminal(terminal: Terminal, env: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what the screen can do in a terminal with this environment."""
    if not terminal.is_there:
        yield note("terminal", "standard output is none", "run it in a terminal to check that")
        return
    yield _size(terminal)
    yield _encoding(terminal)
    yield _colors(env)
    inside = next((name for variable, name in _MULTIPLEXERS.items() if env.get(variable)), "")
    if inside:
        yield ok("multiplexer", f"{inside}; a goes to the pane of an agent" if inside != "screen" else inside)


def check_notifications(folder: Path) -> Iterator[Finding]:
    """Yield whether the system reports changes in a folder."""
    from tui_monitor.sources.files.notifier import Notifier

    notifier = Notifier((), (folder,))
    try:
        if notifier.fault:
            yield problem("changes", notifier.fault, "raise the limit of the system; until then files are polled")
        else:
            yield ok("changes", "the system reports them")
    finally:
        notifier.close()


def _size(terminal: Terminal) -> Finding:
    size = f"{terminal.columns} columns, {terminal.rows} rows"
    if terminal.columns < SMALLEST[0] or terminal.rows < SMALLEST[1]:
        return note("size", size, f"make it at least {SMALLEST[0]} by {SMALLEST[1]} to read everything")
    return ok("size", size)


def _encoding(terminal: Terminal) -> Finding:
    if "utf" in terminal.encoding.lower():
        return ok("encoding", terminal.encoding)
    return note("encoding", f"{terminal.encoding}: signs are drawn in ASCII", "set LANG to a UTF-8 locale")


def _colors(env: Mapping[str, str]) -> Finding:
    if env.get("NO_COLOR"):
        return ok("colours", "none: NO_COLOR is set")
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ok("colours", "16 million")
    term = env.get("TERM", "")
    if "256color" in term:
        return ok("colours", "256")
    return note("colours", f"16 or fewer (TERM={term})", "set COLORTERM=truecolor if the terminal can do more")
