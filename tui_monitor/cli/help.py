"""The overview that ``--help`` prints, and the layout of all help: as wide as the terminal.

It imports little, so that ``--help`` alone is fast.
"""

from __future__ import annotations

import os
import sys

from tui_monitor.cli.commands import COMMANDS, EXAMPLES, GLOBAL_OPTIONS, SUMMARY
from tui_monitor.cli.watch import watch

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

USAGE = """\
Usage: tui-monitor [OPTIONS] [PATHS...]
       tui-monitor COMMAND [OPTIONS] [ARGS...]
"""

NARROWEST, DEFAULT_WIDTH, WIDEST = 40, 80, 100
LONGEST_LABEL = 28
"""A longer label has a line of its own."""


def overview() -> str:
    """Return the help of the program as a whole."""
    description, arguments = _documentation()
    width = help_width()
    options = [(_label(name), text) for name, text in arguments.items() if name != "paths"]
    lines = [
        SUMMARY,
        "",
        *paragraphs(description, width),
        *section("Commands", ((name, summary) for name, (_, summary) in COMMANDS.items()), width),
        *section("Arguments", [("PATHS", arguments["paths"])], width),
        *section("Options", [*options, *GLOBAL_OPTIONS.items()], width),
        *section("Examples", EXAMPLES.items(), width),
    ]
    return USAGE + "\n" + "".join(f"{line}\n" for line in lines)


def _documentation() -> tuple[str, dict[str, str]]:
    """Return the description of the default command, and the text of each of its parameters."""
    head, _, tail = (watch.__doc__ or "").partition("Args:")
    _, _, description = head.partition("\n\n")
    return "\n".join(map(str.strip, description.splitlines())), dict(_parameters(tail))


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().splitlines():
        name, _, meaning = line.strip().partition(": ")
        yield name, meaning


def _label(name: str) -> str:
    option = "--" + name.replace("_", "-")
    is_switch = (watch.__kwdefaults__ or {}).get(name) is False
    return option if is_switch else f"{option} {name.upper()}"


def help_width() -> int:
    """Return the width of help in cells: that of the terminal, within limits that are good to read."""
    variable = os.environ.get("COLUMNS", "")
    try:
        columns = int(variable) if variable.isdecimal() else os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        columns = DEFAULT_WIDTH
    return max(NARROWEST, min(WIDEST, columns))


def paragraphs(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text: each paragraph is wrapped, indented lines stay as they are."""
    for number, block in enumerate(text.strip("\n").split("\n\n")):
        if number:
            yield ""
        lines = block.splitlines()
        if all(line.startswith("  ") for line in lines):
            yield from lines
        else:
            yield from wrap(block, width)


def section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield a title and below it each label with its text in a column beside it."""
    rows = list(rows)
    if not rows:
        return
    longest = min(LONGEST_LABEL, width // 2 - 4)
    column = 2 + max((len(label) for label, _ in rows if len(label) <= longest), default=4) + 2
    yield ""
    yield f"{title}:"
    for label, text in rows:
        lines = list(wrap(text, width - column))
        head = f"  {label}".ljust(column)
        if len(label) > longest or not lines:
            yield head.rstrip()
        else:
            yield head + lines.pop(0)
        for line in lines:
            yield " " * column + line


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the text in lines of at most ``width`` cells, broken between words."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
