"""Names that are unique in the world, given out without asking anybody: of lines, executions, agents and sessions.

Numbers that begin with 1 in each process repeat across runs, and executions that have nothing to do with each other
become one; so each process, a forked one too, begins at a random place.
"""

from __future__ import annotations

import os
import time
from itertools import count


class _Numbers:
    """The numbers of one process. Taking the next one is a single step of the interpreter: no thread gets another's."""

    __slots__ = ("executions", "lines", "prefix")

    def __init__(self) -> None:
        self.prefix = os.urandom(8).hex()
        self.lines = count(1)
        # 52 bits: every reader of JSON keeps them exactly.
        self.executions = count(int.from_bytes(os.urandom(8), "big") >> 12)


_numbers = _Numbers()

PROCESS_SESSION = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(3).hex()}"
"""The session of whatever is recorded outside of any: made when this is imported, so that forked workers share it."""


def line_name() -> str:
    """A new ``uid`` of a line."""
    numbers = _numbers
    return f"{numbers.prefix}-{next(numbers.lines):x}"


def execution_number() -> int:
    """A new id of an execution, below 2**53."""
    return next(_numbers.executions)


def _begin_anew() -> None:
    global _numbers
    _numbers = _Numbers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
