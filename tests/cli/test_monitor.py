"""The monitor opens on a terminal alone, takes its keys from it, and leaves when it is told to."""

from __future__ import annotations

import os
import pty
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.sessions import worked, write
from tui_monitor.cli import main, monitor
from tui_monitor.tui.app import MonitorApp

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Opened:
    """Stands for the app: remembers what was opened, and does what a person does there."""

    def __init__(self) -> None:
        self.apps: list[MonitorApp] = []
        self.signal: int | None = None

    def run(self, app: MonitorApp) -> None:
        """Instead of showing it."""
        self.apps.append(app)
        if self.signal:
            os.kill(os.getpid(), self.signal)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """What is opened instead of the screen; the handlers of signals are put back."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    opened = Opened()
    monkeypatch.setattr(MonitorApp, "run", lambda app: opened.run(app))
    monkeypatch.setattr(monitor, "end_with_terminal", lambda finish: None)
    yield opened
    for number, handler in handlers.items():
        signal.signal(number, handler)


@contextmanager
def terminal(keys: bool = True) -> Iterator[None]:
    """A terminal as standard output and error, and (unless the ``keys`` are to be found elsewhere) as input. It is made
    within a test, since pytest puts outputs of its own there before each."""
    primary, secondary = pty.openpty()
    with pytest.MonkeyPatch.context() as patch, os.fdopen(secondary, "w") as screen, Path(os.devnull).open() as nothing:
        patch.setattr(sys, "stdout", screen)
        patch.setattr(sys, "stderr", screen)
        patch.setattr(sys, "stdin", screen if keys else nothing)
        patch.setattr(sys, "__stdin__", nothing)
        yield
        if sys.__stdin__ and sys.__stdin__ is not nothing:
            sys.__stdin__.close()
    os.close(primary)


def test_without_a_terminal_it_says_what_else_there_is(
    home: Path, opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([], ["watch"], ["demo"], [str(write(worked("/x"), home / "session.jsonl"))]):
        assert main(words) == 2
        out, error = capsys.readouterr()
        assert (out, error.count("\n")) == ("", 1)
        assert "--once" in error
    assert not opened.apps


def test_it_opens_on_a_terminal(home: Path, opened: Opened) -> None:
    path = str(write(worked("/x"), home / "session.jsonl"))
    with terminal():
        for words in ([], [path], ["--no-store"], ["watch", path], ["demo"]):
            assert main(words) == 0
    assert len(opened.apps) == 5


def test_keys_come_from_the_terminal_where_input_comes_from_elsewhere(home: Path, opened: Opened) -> None:
    with terminal(keys=False):
        assert main(["-"]) == 0
        assert sys.__stdin__
        assert os.ttyname(sys.__stdin__.fileno()) == os.ttyname(sys.stdout.fileno())


def test_the_keyboard_is_no_session(home: Path, opened: Opened) -> None:
    with terminal():
        assert main(["-"]) == 2
    assert not opened.apps


def test_a_theme_can_be_chosen_and_a_wrong_one_is_refused(home: Path, opened: Opened) -> None:
    with terminal():
        assert main(["--theme", "nord"]) == 0
        assert main(["--theme", "nrod"]) == 2
    assert [app.theme for app in opened.apps] == ["nord"]


def test_a_wrong_theme_in_the_configuration_is_told_on_the_screen(home: Path, opened: Opened) -> None:
    Path(os.environ["TUI_MONITOR_CONFIG"]).write_text('display.theme = "nrod"\n')
    with terminal():
        assert main([]) == 0
    (app,) = opened.apps
    assert "there is no theme “nrod”: did you mean nord?" in app._app_context.notices


@pytest.mark.parametrize("number", SIGNALS)
def test_it_leaves_when_it_is_told_to(
    number: signal.Signals, home: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(MonitorApp, "exit", lambda app, return_code: left.append(return_code))
    opened.signal = number
    with terminal():
        main(["--no-store"])
    assert left == [128 + number]


@pytest.mark.parametrize(("name", "ascii_alone"), [("xterm-256color", False), ("linux", True)])
def test_a_terminal_that_draws_little_gets_ascii_alone(
    home: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch, name: str, ascii_alone: bool
) -> None:
    monkeypatch.setenv("TERM", name)
    with terminal():
        assert main([]) == 0
    (app,) = opened.apps
    assert app._app_context.display.ascii is ascii_alone
