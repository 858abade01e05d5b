"""Exit statuses of a command, and the error that ends one."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Sequence

OK = 0
INTERNAL_ERROR = 1
CHECK_FAILED = 1
"""The answer of a command that checks something: a budget is exceeded, a problem was found."""
USAGE_ERROR = 2
NOTHING_FOUND = 3
INTERRUPTED = 130


class CommandError(Exception):
    """Ends the command with ``status``; its text is the one line for standard error."""

    def __init__(self, text: str, status: int = USAGE_ERROR) -> None:
        super().__init__(text)
        self.status = status


def summary_line(lines: Sequence[str]) -> str:
    """Return the first of several lines with the count of the others; empty without any."""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return lines[0] + more if lines else ""
