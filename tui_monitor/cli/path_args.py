"""Checks of the words of a command line that may be paths, with suggestions for misspelt ones."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from tui_monitor.cli.commands import COMMANDS
from tui_monitor.cli.exit_status import CommandError

_MOST_NEIGHBOURS = 1000
"""Names in a folder that are compared with the name of a missing file."""


def is_option(word: str) -> bool:
    """Return whether a word is an option; ``-`` is standard input."""
    return word.startswith("-") and word != "-"


def check_first_word(words: Sequence[str]) -> None:
    """Check that the first word, which is no command, is an option or a path.

    Raises:
        CommandError: it is neither.
    """
    if words and not is_option(words[0]) and not _is_path(words[0]):
        close = suggestion(words[0], [*COMMANDS, *_neighbours(words[0])])
        raise CommandError(f"{quoted(words[0])} is neither a command nor an existing file: {_hint(close)}")


def check_paths(words: Iterable[str]) -> None:
    """Check that each word is an existing path, a glob or ``-``.

    Raises:
        CommandError: one is not; the text suggests a similar name.
    """
    for word in words:
        if not _is_path(word):
            close = suggestion(word, _neighbours(word))
            raise CommandError(f"{quoted(word)} is not an existing file" + (f": {_hint(close)}" if close else "."))


def check_command(word: str) -> None:
    """Check that a word is the name of a command.

    Raises:
        CommandError: it is not.
    """
    if word not in COMMANDS:
        raise CommandError(f"{quoted(word)} is not a command: {_hint(suggestion(word, COMMANDS))}")


def quoted(word: str) -> str:
    """Return a word of the command line in quotes, without anything that a terminal would act on."""
    return f'"{word if word.isprintable() else ascii(word)[1:-1]}"'


def suggestion(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate closest to a word; empty when none is close."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, candidates, n=1)), "")


def _hint(close: str) -> str:
    return f"did you mean {quoted(close)}?" if close else "see tui-monitor --help."


def _is_path(word: str) -> bool:
    return word == "-" or any(character in word for character in "*?[") or _exists(word)


def _exists(word: str) -> bool:
    try:
        return os.path.exists(word)  # noqa: PTH110  # pathlib costs 5 ms to import
    except (OSError, ValueError):
        return False


def _neighbours(word: str) -> list[str]:
    """Return the names in the folder of a path, each written as the path is."""
    folder = os.path.dirname(word)  # noqa: PTH120  # a Path would lose the "./" of "./sesion.jsonl"
    try:
        with os.scandir(folder or ".") as entries:
            names = [os.path.join(folder, entry.name) for _, entry in zip(range(_MOST_NEIGHBOURS), entries)]  # noqa: PTH118, B905
    except (OSError, ValueError):
        return []
    return names
