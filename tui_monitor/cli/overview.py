"""``--help``: the commands, the options of the default command, and examples. Needs no command-line library."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.cli.commands import COMMANDS, EXAMPLES, GLOBAL_OPTIONS, SUMMARY
from tui_monitor.cli.help_layout import help_width, paragraphs, section
from tui_monitor.cli.watch import watch

USAGE = """\
Usage: tui-monitor [OPTIONS] [PATHS...]
       tui-monitor COMMAND [OPTIONS] [ARGS...]
"""


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
