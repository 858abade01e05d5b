"""The identity of this process on the lines of its sessions and agents: by it a monitor knows when they have ended."""

from __future__ import annotations

import os

from tui_monitor.process_identity import own_start, process_space

_facts: dict[str, object] = {}


def process_facts() -> dict[str, object]:
    """Return the fields of an ``agent`` line that identify this process."""
    global _facts
    if _facts.get("process_id") != os.getpid():  # a forked child inherits those of its parent
        facts = {"process_id": os.getpid(), "process_started": own_start(), "process_space": process_space()}
        _facts = {name: value for name, value in facts.items() if value}
    return _facts
