"""Process-wide primitives of the recording library: its lock, unique ids, and `overload` without importing typing."""

from __future__ import annotations

import os
import time
from itertools import count
from threading import RLock

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import overload as overload
else:

    def overload(form):
        """Return ``form``; type checkers see `typing.overload`.

        Linters recognise overloads only by typing's own name, and report these as redefinitions (F811).
        """
        return form


LOCK = RLock()
"""The only lock of the recording library.

Sections under it take microseconds, so one is enough, and it can be held across a fork: a child then never inherits a
lock held by a thread that it does not have, nor a half-made change. It is reentrant because a signal handler may
record. Never wait for another lock (logging, a caller's own code) while holding it.
"""

PROCESS_SESSION = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(3).hex()}"
"""Session id of events recorded outside any `session`. Made on import, so that forked workers share it."""


class _Counters:
    """The id counters of one process.

    ``next`` on a counter is a single step of the interpreter, so threads never share a number. Every process, forked
    ones too, starts at a random place: counters starting at 1 would repeat ids across runs.
    """

    __slots__ = ("executions", "prefix", "uids")

    def __init__(self) -> None:
        self.prefix = os.urandom(8).hex()
        self.uids = count(1)
        # 52 bits: every JSON reader represents them exactly.
        self.executions = count(int.from_bytes(os.urandom(8), "big") >> 12)


_counters = _Counters()


def new_uid() -> str:
    """Return a globally unique id, for a line, an agent or a session."""
    counters = _counters
    return f"{counters.prefix}-{next(counters.uids):x}"


def new_execution_id() -> int:
    """Return a globally unique execution id, below 2**53."""
    return next(_counters.executions)


def _reset_counters() -> None:
    global _counters
    _counters = _Counters()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)
    os.register_at_fork(after_in_child=_reset_counters)
