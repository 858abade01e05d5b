"""Whether the words of a command line can be meant as paths, and what else they may have meant."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from glob import has_magic
from itertools import islice
from pathlib import Path

from tui_monitor.cli.commands import COMMANDS
from tui_monitor.cli.ending import WRONG_USAGE, Failure

_LOOKED_AT = 1000
"""So many neighbours of a file that is not there are compared with its name."""


def check_paths(words: Iterable[str]) -> None:
    """Make sure that each word is an existing path, a glob or ``-``.

    Raises:
        Failure: one is not; the text suggests what may have been meant.
    """
    for word in words:
        if word != "-" and not has_magic(word) and not _exists(word):
            raise Failure(_sentence(word), WRONG_USAGE)


def quoted(word: str) -> str:
    """A word of the command line as it can be shown."""
    return f"“{word}”" if word.isprintable() else ascii(word)


def suggestion(word: str, known: Iterable[str]) -> str:
    """The one of those ``known`` that may have been meant; empty when none is close."""
    return next(iter(get_close_matches(word, known, n=1)), "")


def _exists(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def _sentence(word: str) -> str:
    close = suggestion(word, [*COMMANDS, *_neighbours(word)])
    hint = f"did you mean {quoted(close)}?" if close else "see tui-monitor --help."
    return f"{quoted(word)} is no command and no existing file: {hint}"


def _neighbours(word: str) -> list[str]:
    """What there is in the folder of a path, written as the path is."""
    folder = os.path.dirname(word)  # noqa: PTH120  # a Path would lose the "./" of "./sesion.jsonl"
    try:
        with os.scandir(folder or ".") as entries:
            return [os.path.join(folder, entry.name) for entry in islice(entries, _LOOKED_AT)]  # noqa: PTH118
    except (OSError, ValueError):
        return []
