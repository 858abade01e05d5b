"""The identity of a process: a number alone may be another process's later, or elsewhere."""

from __future__ import annotations

import os

_START = 19
"""The field of ``/proc/PID/stat`` after the name, which may contain anything (``man 5 proc``)."""


def process_space() -> str:
    """Return the machine, and the space of process ids on it, in which the ids that this process sees have a meaning.
    Containers on one machine have spaces of their own."""
    machine = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    try:
        return f"{machine} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115  # pathlib costs 10 ms to import
    except OSError:
        return machine


def own_start() -> str:
    """Return when this process began, in a form that only equality matters for: on Linux the ticks since the machine's
    start. Empty where that is unknown."""
    try:
        descriptor = os.open("/proc/self/stat", os.O_RDONLY)
    except OSError:
        return ""
    try:
        fields = os.read(descriptor, 4096).decode(errors="replace").rpartition(")")[2].split()
    finally:
        os.close(descriptor)
    return fields[_START] if len(fields) > _START else ""
