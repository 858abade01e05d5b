"""The identity of a process: a number alone may be another process's later, or elsewhere."""

from __future__ import annotations

import os

_STATE, STARTED = 0, 19
"""Fields of ``/proc/PID/stat`` after the name, which may contain anything (``man 5 proc``)."""
_ENDED = ("Z", "X", "x")


def process_space() -> str:
    """Return the machine, and the space of process ids on it, in which the ids that this process sees have a meaning.
    Containers on one machine have spaces of their own."""
    machine = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    try:
        return f"{machine} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115  # pathlib costs 10 ms to import
    except OSError:
        return machine


def process_start(pid: int) -> str:
    """Return when a process began, in a form that only equality matters for: on Linux the ticks since the machine's
    start. Empty where that is unknown."""
    fields = status_fields(pid)
    return fields[STARTED] if fields else ""


def is_alive(pid: int, started: str = "") -> bool:
    """Return True if a process of this space lives; ``started``, if known, excludes a later one of the same id. False
    where that is unknown."""
    if fields := status_fields(pid):
        return is_running(fields, started)
    if os.name != "posix" or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def is_running(fields: list[str], started: str = "") -> bool:
    """Return True if these are the fields of a process that has not ended, and began when ``started`` says."""
    return bool(fields) and fields[_STATE] not in _ENDED and started in ("", fields[STARTED])


def status_fields(pid: int | str, root: str = "/proc") -> list[str]:
    """Return the fields of a process that Linux states after its name; empty if it is gone, or this is no Linux."""
    try:
        descriptor = os.open(f"{root}/{pid}/stat", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return []
    try:
        fields = os.read(descriptor, 4096).decode(errors="replace").rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return []
    finally:
        os.close(descriptor)
    return fields if len(fields) > STARTED else []
