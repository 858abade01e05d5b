"""The one lock of the recording library.

What it guards takes microseconds, so one is enough, and one can be held across a fork: no child begins with a lock
that a thread holds which it has not got, nor with half a change. It is reentrant, because a signal handler may record.
Nothing that may wait for another lock (logging, a caller's own code) runs under it.
"""

from __future__ import annotations

import os
from threading import RLock

LOCK = RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)
