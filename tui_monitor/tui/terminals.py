"""The pane in which an agent runs: the commands of tmux, zellij, kitty and WezTerm that list panes and go to one.

No other place builds such a command. What comes from outside (a device, a number of a process, an id of a pane) is only
compared; an id that becomes an argument is a number, or ``%`` and a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tui_monitor.events import SessionProcess

_Panes: TypeAlias = Callable[[str, SessionProcess, Mapping[str, str]], list[str]]

_TMUX_PANE = re.compile(r"%\d+")


@dataclass(frozen=True, slots=True)
class PaneProgram:
    """A program with panes: the environment ``variable`` that it sets in them, the command that lists them, and a
    function from its output, a process and the environment to the command that goes to the pane of the process, empty
    if it is in none of them."""

    name: str
    variable: str
    listing: tuple[str, ...]
    focus: _Panes


def pane_programs(environment: Mapping[str, str]) -> list[PaneProgram]:
    """Return the programs with panes that the monitor runs in, the innermost first."""
    return [program for program in _PROGRAMS if environment.get(program.variable)]


def _tmux(output: str, process: SessionProcess, environment: Mapping[str, str]) -> list[str]:
    panes = dict(line.split(" ", 1) for line in output.splitlines() if _TMUX_PANE.match(line) and " " in line)
    by_terminal = [pane for pane, terminal in panes.items() if terminal == process.terminal and terminal]
    pane = next(iter(by_terminal), process.pane if not process.terminal and process.pane in panes else "")
    if not _TMUX_PANE.fullmatch(pane):
        return []
    return [
        "tmux",
        *("select-window", "-t", pane, ";"),
        *("select-pane", "-t", pane, ";"),
        *("switch-client", "-t", pane),
    ]


def _zellij(output: str, process: SessionProcess, environment: Mapping[str, str]) -> list[str]:
    """Go by the folder, which is all that zellij says of a pane: only one other pane may be in it."""
    own = environment.get("ZELLIJ_PANE_ID", "")
    panes = [
        number
        for pane in _objects(_decode(output))
        if not pane.get("is_plugin") and process.cwd and pane.get("pane_cwd") == process.cwd
        if (number := _number(pane.get("id"))) and number != own
    ]
    return ["zellij", "action", "focus-pane-id", f"terminal_{panes[0]}"] if len(panes) == 1 else []


def _kitty(output: str, process: SessionProcess, environment: Mapping[str, str]) -> list[str]:
    for system_window in _objects(_decode(output)):
        for tab in _objects(system_window.get("tabs")):
            for window in _objects(tab.get("windows")):
                number = _number(window.get("id"))
                processes = [window, *_objects(window.get("foreground_processes"))]
                if number and process.pid in [each.get("pid") for each in processes]:
                    return ["kitten", "@", "focus-window", "--match", f"id:{number}"]
    return []


def _wezterm(output: str, process: SessionProcess, environment: Mapping[str, str]) -> list[str]:
    for pane in _objects(_decode(output)):
        number = _number(pane.get("pane_id"))
        if number and process.terminal and pane.get("tty_name") == process.terminal:
            return ["wezterm", "cli", "activate-pane", "--pane-id", number]
    return []


_PROGRAMS = (
    PaneProgram("tmux", "TMUX", ("tmux", "list-panes", "-a", "-F", "#{pane_id} #{pane_tty}"), _tmux),
    PaneProgram("zellij", "ZELLIJ", ("zellij", "action", "list-panes", "--json"), _zellij),
    PaneProgram("kitty", "KITTY_WINDOW_ID", ("kitten", "@", "ls"), _kitty),
    PaneProgram("WezTerm", "WEZTERM_PANE", ("wezterm", "cli", "list", "--format", "json"), _wezterm),
)


def _decode(output: str) -> object:
    try:
        return json.loads(output)
    except (ValueError, RecursionError):
        return None


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _number(value: object) -> str:
    """Return an id as an argument; empty if it is no number."""
    return str(value) if type(value) is int and value >= 0 else ""
