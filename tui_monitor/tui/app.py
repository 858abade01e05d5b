"""The terminal program: one app, the monitor screen, the themes."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import ClassVar

from rich.cells import cell_len
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key, MouseDown, MouseScrollDown, MouseScrollUp, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui_monitor.clean import clean_line
from tui_monitor.tui import external_actions
from tui_monitor.tui.alerts.attention import Attention
from tui_monitor.tui.app_context import AppContext
from tui_monitor.tui.commands import MonitorCommands
from tui_monitor.tui.drawable import DrawableOnly
from tui_monitor.tui.housekeeping import Housekeeping
from tui_monitor.tui.keymap import keymap_of
from tui_monitor.tui.keys import actions_of
from tui_monitor.tui.purposes import by_purpose
from tui_monitor.tui.screens.monitor import MonitorScreen
from tui_monitor.tui.tones import AsciiOnly, TonedApp

SWITCH_S = 0.0003
"""Python's switch interval: seconds that another thread may keep the UI thread waiting when both have work."""

HOUSEKEEPING_S = 2.0
"""Seconds between two pieces of work for which a key would wait."""

SCREENSHOT = "tui-monitor.svg"
"""Name of the file that the command Screenshot saves in the current folder."""

COMMANDS_WITH_KEYS = ("Keys", "Quit")
"""Commands of Textual that have keys of their own here."""


class MonitorApp(TonedApp):
    """Shows the monitor screen on the source of its context."""

    TITLE = "tui-monitor"
    PAUSE_GC_ON_SCROLL = True
    CSS = """
    ToastRack { dock: top; align: right top; margin: 4 1 0 0; }
    ToastRack.-low { dock: bottom; align: left bottom; margin: 0; }
    ToastRack.-low ToastHolder { align-horizontal: left; }
    CommandPalette SearchIcon { display: none; }
    CommandPalette #--input { padding-left: 1; border: round $border; }
    CommandPalette #--input.--list-visible { border: round $border; border-bottom: none; }
    CommandPalette > Vertical { max-width: 110; background: $surface; }
    CommandPalette CommandList {
        border: round $border; border-top: none; background: $surface; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    CommandPalette CommandList > .option-list--option { padding: 0 1; text-style: none; }
    CommandPalette CommandList > .option-list--option-highlighted { background: $tone-cursor; text-style: bold; }
    Toast { width: auto; max-width: 100%; margin: 0; padding: 0 1; }
    """
    COMMANDS = {MonitorCommands}  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon,ctrl+p", "command_palette", "Commands", show=False, tooltip="Find a command by its name"),
        Binding("ctrl+q", "quit", show=False, system=True),  # Textual's own, which help would list beside q
    ]

    def __init__(self, app_context: AppContext) -> None:
        super().__init__()
        self._app_context = app_context
        self._left_at = 0
        self._attention = Attention(app_context.clock())
        keymap = keymap_of(app_context.keys)
        self._keymap_problems = keymap.problems
        self.set_keymap(keymap.keys)
        self._line_filters = [DrawableOnly(), *([AsciiOnly()] if app_context.display.ascii else [])]
        if app_context.display.theme in self.available_themes:
            self.theme = app_context.display.theme

    def on_mount(self) -> None:
        """Show the monitor screen."""
        self.push_screen(self._first_screen())

    def _first_screen(self) -> MonitorScreen:
        context = self._app_context
        if context.replay is None:
            return MonitorScreen(context, self._attention, self.send)
        from tui_monitor.tui.screens.replay import ReplayScreen

        return ReplayScreen(context, context.replay, self._attention, self.send)

    async def on_event(self, event: Event) -> None:
        """Take note of input, by which somebody is there."""
        if isinstance(event, Key | MouseDown | MouseScrollDown | MouseScrollUp):
            self._attention.note_input(self._app_context.clock())
        await super().on_event(event)

    def on_app_focus(self) -> None:
        """Take note that somebody looks, and say what has happened meanwhile."""
        self._attention.set_focus(True)
        left_at, self._left_at = self._left_at, 0
        for screen in self.screen_stack:
            if left_at and isinstance(screen, MonitorScreen):
                screen.come_back(left_at)

    def on_app_blur(self) -> None:
        """Take note that nobody looks."""
        self._attention.set_focus(False)
        self._left_at = self._app_context.clock()
        for screen in self.screen_stack:
            if isinstance(screen, MonitorScreen):
                screen.leave()

    def on_ready(self) -> None:
        """Do from now on what would have delayed the first frame; show the start-up notices."""
        housekeeping = Housekeeping()
        housekeeping.start()
        self.set_interval(HOUSEKEEPING_S, partial(self._keep_house, housekeeping))
        sys.setswitchinterval(SWITCH_S)
        for line in (*self._app_context.notices, *self._keymap_problems):
            self.notify(line, severity="warning")

    def _keep_house(self, housekeeping: Housekeeping) -> None:
        if self._attention.is_at_rest(self._app_context.clock()):
            housekeeping.work()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notice in one line. It is plain text, whatever it quotes: ``markup`` is ignored."""
        message = clean_line(message)
        if any(shown.message == message and not shown.has_expired for shown in self._notifications):
            return
        if isinstance(self.screen, MonitorScreen):
            self.screen.place_notices(1 + len(self._notifications), cell_len(message))
        super().notify(message, title=clean_line(title), severity=severity, timeout=timeout, markup=False)

    def send(self, sequence: str) -> None:
        """Send a sequence of `alerts.sequences` to the terminal: the one way for what is not drawn."""
        if self._driver is not None:
            self._driver.write(sequence)

    def end(self, status: int) -> None:
        """Exit with a status. Any thread may call this, and any handler of a signal."""
        self.exit(return_code=status)
        with suppress(RuntimeError):  # in a thread without a loop
            asyncio.get_running_loop().call_soon_threadsafe(lambda: None)  # a handler does not wake the loop

    def action_help_quit(self) -> None:
        """Say how to quit: Ctrl-C copies, where a text is selected."""
        self.notify("Press q to quit. The agent keeps running.")

    def deliver_screenshot(
        self, filename: str | None = None, path: str | None = None, time_format: str | None = None
    ) -> str | None:
        """Save a picture of the screen as the key for saving saves a text, not among the user's downloads."""
        external_actions.save(self, filename or SCREENSHOT, self.export_screenshot())
        return None

    def _handle_exception(self, error: Exception) -> None:
        """End the app; whoever ran it reports the error in one line, instead of Textual in a traceback."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def failure(self) -> Exception | None:
        """The unexpected error that ended the app."""
        return self._exception

    def on_resize(self, event: Resize) -> None:
        """Ask the terminal for its size: Textual may report the sizes of two quick changes in the wrong order."""
        size = Size(*shutil.get_terminal_size(event.size))
        if size != event.size and not self.is_headless:
            self.post_message(Resize(size, size))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters that each line passes before it is drawn."""
        return [*super().get_line_filters(), *self._line_filters]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return the commands of the palette: all actions with keys, and those of Textual."""
        others = [
            command._replace(title="Theme: light, dark …") if command.callback == self.action_change_theme else command
            for command in super().get_system_commands(screen)
            if command.title not in COMMANDS_WITH_KEYS
        ]
        for action in chain.from_iterable(by_purpose(actions_of(screen.active_bindings)).values()):
            title = f"{action.name}  ({' '.join(action.keys)})"
            yield SystemCommand(title, action.description, partial(self.run_action, action.action, action.node))
        yield from others
