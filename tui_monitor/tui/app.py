"""The terminal program: one app, the monitor screen, the themes."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_monitor.tui.screens.help import key_name
from tui_monitor.tui.screens.monitor import MonitorScreen
from tui_monitor.tui.surroundings import Surroundings


class MonitorApp(App[None]):
    """Shows the monitor screen on the source that its surroundings open."""

    TITLE = "tui-monitor"
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "command_palette", "Commands", show=False, tooltip="Everything that can be done, by name"),
    ]

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self._around = surroundings
        if surroundings.display.theme in self.available_themes:
            self.theme = surroundings.display.theme

    def on_mount(self) -> None:
        """Show the monitor."""
        self.push_screen(MonitorScreen(self._around))

    def on_ready(self) -> None:
        """What is there now stays: the collector need not look at it again, and must not pause drawing."""
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        for line in self._around.notices:
            self.notify(line, severity="warning", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what Textual offers, and every key of what has the focus, by its name."""
        yield from super().get_system_commands(screen)
        for node, binding, enabled, _ in screen.active_bindings.values():
            if enabled and binding.tooltip and not binding.system:
                title = f"{binding.description}  ({key_name(binding.key)})"
                yield SystemCommand(title, binding.tooltip, partial(self.run_action, binding.action, node))
