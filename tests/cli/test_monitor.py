"""The monitor opens on a terminal alone, reads keys from it, and exits on signals."""

from __future__ import annotations

import os
import pty
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.sessions import short_session, write
from tui_monitor.cli import main, monitor
from tui_monitor.cli.terminal import PLAIN_FORMS
from tui_monitor.config.model import MAX_WARNINGS
from tui_monitor.tui.app import MonitorApp

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class FakeScreen:
    """Stands for the running app: keeps each app, and sends the process a signal."""

    def __init__(self) -> None:
        self.apps: list[MonitorApp] = []
        self.signal: int | None = None

    def run(self, app: MonitorApp) -> None:
        """Take the place of `MonitorApp.run`."""
        self.apps.append(app)
        if self.signal:
            os.kill(os.getpid(), self.signal)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeScreen]:
    """A screen in place of the app; signal handlers are restored."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    screen = FakeScreen()
    monkeypatch.setattr(MonitorApp, "run", lambda app: screen.run(app))
    monkeypatch.setattr(monitor, "exit_with_terminal", lambda finish: None)
    yield screen
    for number, handler in handlers.items():
        signal.signal(number, handler)


@contextmanager
def terminal(has_keyboard: bool = True) -> Iterator[None]:
    """A terminal as standard output, error and (with ``has_keyboard``) input.

    It is made within a test, since pytest puts outputs of its own there before each.
    """
    primary, secondary = pty.openpty()
    with pytest.MonkeyPatch.context() as patch, os.fdopen(secondary, "w") as tty, Path(os.devnull).open() as nothing:
        patch.setattr(sys, "stdout", tty)
        patch.setattr(sys, "stderr", tty)
        patch.setattr(sys, "stdin", tty if has_keyboard else nothing)
        patch.setattr(sys, "__stdin__", nothing)
        yield
        if sys.__stdin__ and sys.__stdin__ is not nothing:
            sys.__stdin__.close()
    os.close(primary)


def test_without_a_terminal_the_error_names_the_alternatives(
    home: Path, screen: FakeScreen, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([], ["watch"], [str(write(short_session("/x"), home / "session.jsonl"))]):
        assert main(words) == 2
        line = f"standard output is not a terminal: {PLAIN_FORMS}"
        assert capsys.readouterr() == ("", f"tui-monitor: {line}\n")
    assert main(["demo"]) == 2
    assert "--once" not in capsys.readouterr().err
    assert not screen.apps


def test_dumb_terminal_is_refused(
    home: Path, screen: FakeScreen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with terminal():
        assert main([]) == 2
    assert not screen.apps


def test_monitor_opens_on_a_terminal(home: Path, screen: FakeScreen) -> None:
    path = str(write(short_session("/x"), home / "session.jsonl"))
    with terminal():
        for words in ([], [path], ["--no-store"], ["watch", path], ["demo"]):
            assert main(words) == 0
    assert len(screen.apps) == 5


def test_keys_come_from_the_terminal_where_standard_input_is_something_else(home: Path, screen: FakeScreen) -> None:
    with terminal(has_keyboard=False):
        assert main(["-"]) == 0
        assert sys.__stdin__
        assert os.ttyname(sys.__stdin__.fileno()) == os.ttyname(sys.stdout.fileno())


def test_keyboard_is_no_session(home: Path, screen: FakeScreen) -> None:
    with terminal():
        assert main(["-"]) == 2
    assert not screen.apps


def test_theme_option_is_checked(home: Path, screen: FakeScreen) -> None:
    with terminal():
        assert main(["--theme", "nord"]) == 0
        assert main(["--theme", "nrod"]) == 2
    assert [app.theme for app in screen.apps] == ["nord"]


def test_thousands_of_wrong_settings_are_few_notices(home: Path, screen: FakeScreen, config: Path) -> None:
    config.write_text("[display]\n" + "".join(f"x{n} = 1\n" for n in range(1200)))
    with terminal():
        assert main([]) == 0
    (app,) = screen.apps
    notices = app._app_context.notices
    assert len(notices) == MAX_WARNINGS + 1
    assert notices[-1] == "1,195 more warnings about the configuration"


def test_wrong_theme_in_the_configuration_is_shown_on_the_screen(home: Path, screen: FakeScreen, config: Path) -> None:
    config.write_text('display.theme = "nrod"\n')
    with terminal():
        assert main([]) == 0
    (app,) = screen.apps
    assert 'unknown theme "nrod": did you mean "nord"?' in app._app_context.notices


@pytest.mark.parametrize("number", SIGNALS)
def test_signals_exit_the_app(
    number: signal.Signals, home: Path, screen: FakeScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    return_codes: list[int] = []
    monkeypatch.setattr(MonitorApp, "exit", lambda app, return_code: return_codes.append(return_code))
    screen.signal = number
    with terminal():
        main(["--no-store"])
    assert return_codes == [128 + number]


@pytest.mark.parametrize(("name", "ascii_only"), [("xterm-256color", False), ("linux", True)])
def test_terminal_with_few_characters_gets_ascii(
    home: Path, screen: FakeScreen, monkeypatch: pytest.MonkeyPatch, name: str, ascii_only: bool
) -> None:
    monkeypatch.setenv("TERM", name)
    with terminal():
        assert main([]) == 0
    (app,) = screen.apps
    assert app._app_context.display.ascii is ascii_only
