"""The command line on cyclopts: lazily loaded commands, their help, and messages on wrong usage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    Parameter,
    UnknownOptionError,
    UnusedCliTokensError,
)

from tui_monitor.cli.commands import COMMANDS, COMPLETION, GLOBAL_OPTIONS, INSTALL_COMPLETION, SUMMARY
from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.help import help_width, paragraphs, section
from tui_monitor.cli.output import write_verbatim
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.watch import watch

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

_LIKENESS = 0.75
"""How alike two options, or choices, are of which one may be meant by the other: --store is not what --source means."""
_NUMBERS = {int: "a whole number", float: "a number"}


LONGEST_CHOICES = 40
"""Characters of the values of an option that stand beside it; longer ones are for its description."""


def run_app(words: Sequence[str]) -> int:
    """Run the command that the words name, the default one if they name none; return its exit status.

    Raises:
        CommandError: the words are no correct usage.
    """
    try:
        status = build_app()(_pipe_last(words), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise CommandError(_message(error)) from None
    return status if isinstance(status, int) else OK


def build_app() -> App:
    """Return the command line; a command is imported when it runs, is explained or completed."""
    app = App(
        name="tui-monitor",
        help=SUMMARY,
        help_format="plaintext",
        help_formatter=_HelpFormatter(),
        version_flags=[],
        default_parameter=Parameter(negative="", show_default=False),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    app.default(watch)
    for name, (function, _) in COMMANDS.items():
        app.command(function, name=name)
    app.command("tui_monitor.cli.completion:print_completion", name=COMPLETION)
    app.command("tui_monitor.cli.completion:install_completion", name=INSTALL_COMPLETION)
    app["--help"].group = "Options"
    return app


def _pipe_last(words: Sequence[str]) -> list[str]:
    """Return the words with ``-`` at the end and behind ``--``, since cyclopts takes it for an option."""
    if "-" not in words or "--" in words:
        return list(words)
    return [*(word for word in words if word != "-"), "--", "-"]


def _message(error: CycloptsError) -> str:
    """Return a one-line error for wrong usage, with the way out."""
    advice = f"see {_help_command(error)}."
    match error:
        case UnknownOptionError():
            option = error.token.keyword or error.token.value
            names = (name for argument in error.argument_collection for name in argument.names)
            close = _close_option(option, [*names, *_global_options()])
            return f"unknown option {quoted(option)}" + (f": did you mean {close}?" if close else f": {advice}")
        case UnusedCliTokensError():
            return f"unexpected argument {quoted((error.unused_tokens or [''])[0])}: {advice}"
        case MissingArgumentError() if error.argument:
            name = error.argument.name
            return f"{name} {'needs a value' if name.startswith('-') else 'is missing'}: {advice}"
        case CoercionError() if error.token and error.target_type in _NUMBERS:
            where = error.token.keyword or (error.argument.name if error.argument else "")
            return f"invalid value {quoted(error.token.value)} for {where}: give {_NUMBERS[error.target_type]}."
        case CoercionError() if error.token and (close := _close_choice(error)):
            return f"invalid value {quoted(error.token.value)} for {error.token.keyword}: did you mean {close}?"
    text = " ".join(str(error).split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}: {advice}"


def _close_option(option: str, names: Iterable[str]) -> str:
    """Return the option that is written almost like this one; empty if none is."""
    by_word = {name.lstrip("-"): name for name in names}
    close = get_close_matches(option.lstrip("-"), by_word, n=1, cutoff=_LIKENESS)
    return by_word[close[0]] if close else ""


def _close_choice(error: CoercionError) -> str:
    """Return the choice of an option that is written almost like the word that was given."""
    kind = error.target_type
    choices = [str(one.value) for one in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []
    close = get_close_matches(error.token.value if error.token else "", choices, n=1, cutoff=_LIKENESS)
    return close[0] if close else ""


def _global_options() -> Iterator[str]:
    for label in GLOBAL_OPTIONS:
        yield from (word for word in label.replace(",", "").split() if word.startswith("--"))


def _help_command(error: CycloptsError) -> str:
    return " ".join(("tui-monitor", *takewhile(COMMANDS.__contains__, error.command_chain or ()), "--help"))


class _HelpFormatter:
    """Prints the help of a command in the layout of the overview."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        title = "Options" if panel.title == "Parameters" else panel.title
        rows = [(_label(entry), _plain(entry.description)) for entry in panel.entries]
        _print(section(str(title), rows, help_width()))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        _print([f"Usage: {str(usage).strip()}", ""])

    def render_description(self, console: Console, options: ConsoleOptions, description: object) -> None:
        _print(paragraphs(_plain(description), help_width()))


def _print(lines: Sequence[str] | Iterator[str]) -> None:
    write_verbatim("".join(f"{line}\n" for line in lines))


def _label(entry: HelpEntry) -> str:
    """Return the names of a parameter as usage shows them: ``-h, --help``, ``--store STORE``, ``PATHS``."""
    if entry.positional_label:
        return entry.positional_label
    names = ", ".join((*entry.positive_shorts, *entry.positive_names))
    if not entry.metavar:
        return names
    choices = "|".join(entry.choices or ())
    if not choices or len(choices) > LONGEST_CHOICES:
        choices = names.rpartition("--")[2].replace("-", "_").upper()
    return f"{names} {choices}"


def _plain(text: object) -> str:
    """Return the characters of a text that cyclopts has wrapped for rich."""
    return str(getattr(text, "primary_renderable", text) or "")
