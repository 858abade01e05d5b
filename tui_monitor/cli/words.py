"""Whether the words of a command line can be meant as paths, and what else they may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from glob import has_magic
from pathlib import Path

from tui_monitor.cli.commands import COMMANDS
from tui_monitor.cli.ending import WRONG_USAGE, Failure


def check_paths(words: Iterable[str]) -> None:
    """Make sure that each word is an existing path, a glob, an option or ``-``.

    Raises:
        Failure: one is not; the text suggests what may have been meant.
    """
    for word in words:
        if word.startswith("-"):
            return
        if not has_magic(word) and not _exists(word):
            raise Failure(_sentence(word), WRONG_USAGE)


def _exists(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def _sentence(word: str) -> str:
    shown = ascii(word) if not word.isprintable() else f"“{word}”"
    close = get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean {close[0]}?" if close else "see tui-monitor --help."
    return f"{shown} is no command and no existing file: {hint}"
