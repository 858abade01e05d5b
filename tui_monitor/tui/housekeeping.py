"""Work for moments in which nobody presses a key: one would wait for it."""

from __future__ import annotations

import gc
from importlib import import_module

GC_THRESHOLDS = (5_000, 5, 100)
"""When garbage is collected even while keys are pressed. A full collection stops several frames; Textual leaves
cycles behind, which in a session of days would fill the memory."""
DUE = 20
"""Partial collections after which a full one is due."""

SCREENS = ("help", "reason", "sessions")
"""Modules of screens that open by a key, imported ahead of it."""


class Housekeeping:
    """Does one piece of work at each call of `work`."""

    def __init__(self) -> None:
        self._screens = list(SCREENS)

    def start(self) -> None:
        """Collect garbage from now on, but never among what is loaded already."""
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()

    def work(self) -> None:
        """Import a screen, or collect garbage if that is due."""
        if self._screens:
            import_module(f"tui_monitor.tui.screens.{self._screens.pop(0)}")
        elif gc.get_count()[2] >= DUE:
            gc.collect()
