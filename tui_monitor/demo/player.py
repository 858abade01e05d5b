"""Plays the session: a thread that writes each line in its time."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tui_monitor.demo.transcript import TranscriptWriter


class DemoPlayer(threading.Thread):
    """Writes the session into ``folder``: what was before at once, the rest once it is started."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="tui-monitor-demo", daemon=True)
        self._began = time.time()
        self._tape = TranscriptWriter(folder, self._began)
        self._stopped = threading.Event()
        self._tape.play(until=0)

    @property
    def path(self) -> Path:
        """The file of the session."""
        return self._tape.path

    def stop(self) -> None:
        """End at once."""
        self._stopped.set()

    def run(self) -> None:
        """Play until the end, or until stopped."""
        while (at := self._tape.next_at) is not None and not self._stopped.wait(self._began + at - time.time()):
            self._tape.play(until=at)
