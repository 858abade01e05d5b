"""The table of commands: what the first word may be, and what the overview says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """A command: the module of this package whose ``run`` it is, and what it does."""

    module: str
    summary: str


COMMANDS: Mapping[str, Command] = {
    "watch": Command("watch", "the live monitor (also without this word); --once prints one frame"),
    "demo": Command("demo", "the live monitor on a session that is played, to see what it shows"),
    "stats": Command("stats", "tokens, cost, tools and files, by model and session; --json for programs"),
    "run": Command("run", "run an agent command, unchanged, and record what it prints"),
    "prices": Command("prices", "what a model costs, how large its context window is, and who says so"),
    "receive": Command("receive", "take telemetry (OTLP over HTTP) of agents, here or elsewhere"),
}

_USAGE = """\
tui-monitor: a live terminal monitor for AI-agent sessions.

  tui-monitor              the agent session of this directory, as it happens
  tui-monitor PATH…        sessions by file, folder or glob; - reads standard input
  tui-monitor COMMAND …    one of these; each has --help of its own

"""

OVERVIEW = (
    _USAGE
    + "\n".join(f"  {name:<12} {command.summary}" for name, command in COMMANDS.items())
    + "\n\n  -h, --help   this text\n  -V, --version"
)
