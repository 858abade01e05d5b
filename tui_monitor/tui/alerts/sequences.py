"""Sequences by which a terminal rings, is titled, and shows a notice on the desktop. No other place builds one.

Their text is one clean line without control characters, bounded in length, and never the first field of a sequence:
some terminals take numbers there for commands of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui_monitor.tui.drawable import drawable
from tui_monitor.tui.spans import cut_end, one_line

BELL = "\x07"
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""The title on the terminal's stack."""
MAX_CELLS = 200
"""Cells of a text in a sequence."""
TITLE = "tui-monitor"
_ESCAPE, _END = "\x1b", "\x1b\\"

_PROGRAMS = {"iTerm.app": "osc9", "WezTerm": "osc777", "ghostty": "osc777"}
"""The kind of notice by ``TERM_PROGRAM``."""
_TERMINALS = {
    "xterm-kitty": "osc99",
    "xterm-ghostty": "osc777",
    "wezterm": "osc777",
    "foot": "osc777",
    "rxvt-unicode": "osc777",
}
"""The kind of notice by the beginning of ``TERM``."""
_MULTIPLEXERS = ("TMUX", "STY", "ZELLIJ")
"""Variables of programs that keep such sequences to themselves."""


def title_sequence(count: int) -> str:
    """Return the sequence that titles the terminal with the number of sessions that need somebody."""
    return f"{_ESCAPE}]2;({count}) {TITLE}{BELL}" if count else f"{_ESCAPE}]2;{TITLE}{BELL}"


def notice_kind(setting: str, environment: Mapping[str, str]) -> str:
    """Return the kind of desktop notice for a setting: ``auto`` chooses one by the terminal; empty for none."""
    if setting != "auto":
        return "" if setting == "off" else setting
    if any(environment.get(name) for name in _MULTIPLEXERS):
        return ""
    terminal = environment.get("TERM", "")
    by_terminal = (kind for name, kind in _TERMINALS.items() if terminal.startswith(name))
    return _PROGRAMS.get(environment.get("TERM_PROGRAM", "")) or next(by_terminal, "")


def notice_sequence(kind: str, text: str, environment: Mapping[str, str]) -> str:
    """Return the sequence for a notice of this kind, wrapped so that tmux passes it on; empty for an unknown kind."""
    line = drawable(cut_end(one_line(text), MAX_CELLS))
    sequence = {
        "osc9": f"{_ESCAPE}]9;{TITLE}: {line}{BELL}",
        "osc777": f"{_ESCAPE}]777;notify;{TITLE};{line}{BELL}",
        "osc99": f"{_ESCAPE}]99;i={TITLE}:d=0;{TITLE}{_END}{_ESCAPE}]99;i={TITLE}:p=body;{line}{_END}",
    }.get(kind, "")
    if not sequence or not environment.get("TMUX"):
        return sequence
    return f"{_ESCAPE}Ptmux;{sequence.replace(_ESCAPE, 2 * _ESCAPE)}{_END}"
