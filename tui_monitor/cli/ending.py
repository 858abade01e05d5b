"""How a command ends: its exit status, and for what went wrong one line that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

FINE = 0
WRONG_USAGE = 2
NOTHING_FOUND = 3
INTERRUPTED = 130


class Failure(Exception):
    """The command ends here; the text is the line for standard error."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def in_one_line(lines: Sequence[str]) -> str:
    """The first of several lines, with how many more there are; empty where there is none."""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return lines[0] + more if lines else ""
