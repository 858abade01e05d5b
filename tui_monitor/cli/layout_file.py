"""The layout of the screen as it was left, in the data folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from tui_monitor.regular_files import open_descriptor

NAME = "layout.json"
LIMIT = 4096
"""Bytes that are read: the file has less than a hundred."""
LEAST, MOST = 25, 80
"""The smallest and the largest share of the log, in percent."""


class LayoutFile:
    """Reads and writes the share of the log in ``folder``.

    A file that is damaged is said in `problem`, and ignored; it is replaced when a person changes the layout.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.problem = ""

    def load(self) -> int | None:
        """Return the share of the log in percent; None if nothing is kept."""
        try:
            with os.fdopen(open_descriptor(self._path), "rb") as file:
                share = json.loads(file.read(LIMIT))["log_share"]
            if type(share) is int and LEAST <= share <= MOST:
                return share
            raise ValueError(share)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.problem = f"{self._path} is damaged: the panes have their usual sizes"
            return None

    def save(self, share: int) -> None:
        """Keep the share of the log; nothing happens where the folder cannot be written."""
        with suppress(OSError):
            descriptor, name = mkstemp(dir=self._path.parent, prefix=f".{NAME}.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump({"log_share": share}, file)
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
