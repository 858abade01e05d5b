"""What ``receive`` says of the exports that come: a line for each, and where there are many one for a second's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from tui_monitor.clean import clean_line
from tui_monitor.cli.output import write_line
from tui_monitor.net.exports import Export

EVERY_S = 1.0
_LONGEST_NAME = 60


@dataclass(slots=True)
class _Tally:
    """The records and exports of one kind that nothing was said of yet, and when something was."""

    records: int = 0
    exports: int = 0
    said_at: float = -EVERY_S


class ExportLog:
    """Counts exports by service and signal; thread-safe."""

    def __init__(self, write: Callable[[str], None] = write_line, clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._lock = Lock()
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def note(self, export: Export) -> None:
        """Count an export, and say so unless something was said of its kind just now."""
        services = clean_line(", ".join(export.services))[:_LONGEST_NAME] or "unnamed service"
        key = (services, export.signal)
        with self._lock:
            tally = self._tallies.setdefault(key, _Tally())
            tally.records += export.records
            tally.exports += 1
            self._say(key, tally)

    def flush(self) -> None:
        """Say what nothing was said of yet, once its second is over; forget kinds that are silent."""
        with self._lock:
            for key, tally in list(self._tallies.items()):
                if tally.exports:
                    self._say(key, tally)
                elif self._is_due(tally):
                    del self._tallies[key]

    def _say(self, key: tuple[str, str], tally: _Tally) -> None:
        if not self._is_due(tally):
            return
        records = "1 record" if tally.records == 1 else f"{tally.records:,} records"
        exports = f" in {tally.exports:,} exports" if tally.exports > 1 else ""
        tally.records, tally.exports, tally.said_at = 0, 0, self._clock()
        self._write(f"{time.strftime('%H:%M:%S')}  {'  '.join(key)}  {records}{exports}")

    def _is_due(self, tally: _Tally) -> bool:
        return self._clock() - tally.said_at >= EVERY_S
