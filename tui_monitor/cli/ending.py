"""How a command ends: its exit status, and for what went wrong one line that says what to do."""

from __future__ import annotations

FINE = 0
CHECK_FAILED = 1
WRONG_USAGE = 2
NOTHING_FOUND = 3


class Failure(Exception):
    """The command ends here; the text is the line for standard error."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status
