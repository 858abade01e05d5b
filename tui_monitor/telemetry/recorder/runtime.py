"""Process-wide primitives of the recording library: its lock, unique ids, and typing that costs nothing to import."""

from __future__ import annotations

import os
import time
from itertools import count
from threading import RLock

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import overload as overload
else:

    def overload(form):
        """Return ``form``: `typing.overload` for type checkers, without importing typing at run time.

        Linters recognise overloads by typing's own name and report these as redefinitions (F811).
        """
        return form


LOCK = RLock()
"""The one lock of the recording library.

Sections under it take microseconds, so one is enough, and it can be held across a fork: a child never inherits a lock
held by a thread that it does not have, nor a half-made change. It is reentrant because a signal handler may record.
Never wait for another lock (logging, a caller's own code) while holding it.
"""


class _Counters:
    """The id counters of one process. ``next`` is a single step of the interpreter, so threads never share a number.

    Each process, a forked one too, starts at a random place: numbers that restarted at 1 would collide across runs.
    """

    __slots__ = ("executions", "lines", "prefix")

    def __init__(self) -> None:
        self.prefix = os.urandom(8).hex()
        self.lines = count(1)
        # 52 bits: every JSON reader represents them exactly.
        self.executions = count(int.from_bytes(os.urandom(8), "big") >> 12)


_counters = _Counters()

PROCESS_SESSION = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(3).hex()}"
"""The session id of events recorded outside any `session`; made at import, so that forked workers share it."""


def new_uid() -> str:
    """Return a globally unique id for a line, an agent or a session."""
    counters = _counters
    return f"{counters.prefix}-{next(counters.lines):x}"


def new_execution_id() -> int:
    """Return a globally unique execution id, below 2**53."""
    return next(_counters.executions)


def _reset_counters() -> None:
    global _counters
    _counters = _Counters()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)
    os.register_at_fork(after_in_child=_reset_counters)
