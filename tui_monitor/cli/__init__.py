"""The command line. The first word decides which command runs, before anything heavy is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from tui_monitor.cli.commands import COMMANDS, OVERVIEW
from tui_monitor.cli.ending import WRONG_USAGE, Failure
from tui_monitor.cli.words import check_paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (None: those of the process) name, and answer with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except Failure as failure:
        with suppress(OSError):
            print(f"tui-monitor: {failure}", file=sys.stderr)  # noqa: T201
        return failure.status
    except BrokenPipeError:  # whoever read our output has had enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    first = words[0] if words else ""
    if first in ("-h", "--help", "help"):
        print(OVERVIEW)  # noqa: T201
        return 0
    if first in ("-V", "--version"):
        from tui_monitor import __version__

        print(__version__)  # noqa: T201
        return 0
    if first in COMMANDS:
        return _command(first, words[1:])
    check_paths(words)
    if any(word.startswith("-") and word != "-" for word in words):
        return _command("watch", words)
    from tui_monitor.cli import watch

    return watch.run(*words)


def _command(name: str, words: list[str]) -> int:
    """Parse the options of a command with the command-line library, and run it."""
    module = import_module(f"tui_monitor.cli.{COMMANDS[name].module}")
    from cyclopts import App, CycloptsError

    app = App(name=f"tui-monitor {name}", help_format="plaintext", version_flags=[], result_action="return_value")
    app.default(module.run)
    try:
        status = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        text = " ".join(str(error).split())
        raise Failure(f"{text} See tui-monitor {name} --help.", WRONG_USAGE) from None
    return status if isinstance(status, int) else 0
