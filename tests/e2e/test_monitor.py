"""The real program in a real terminal: its screen, its keys and its end."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import Terminal
from tests.feed.sessions import lines
from tests.sources.claude_builder import ID, Transcript, text_block, tool_use
from tests.sources.support import append
from tui_monitor.cli.terminal import HUNG_UP
from tui_monitor.store import open_store

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

Env = Mapping[str, str]
Show = Callable[[Transcript, tuple[int, int]], Terminal]

SIGNALS = ["TERM", "HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "SEGV", "ABRT", "BUS", "FPE", "PROF", "XCPU", "IO"]
SMALL = (80, 24)
WIDE = (120, 40)
ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"

_OWN = re.compile(
    rb"\x1b\[[<=>?]?[0-9;]*\$?[a-zA-Z]|\x1b[=>78]|\x1b_[^\x1b]*\x1b\\|\x1bP[+$]q[^\x1b]*\x1b\\|\x1b\]22;[a-z]*\x07|[\r\n]"
)
"""What the program itself may send besides text."""
_FORBIDDEN = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")
"""Control characters, those of eight bits too, and what turns the direction of text."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The session's file."""
    return tmp_path / f"{ID}.jsonl"


@pytest.fixture
def env(tmp_path: Path) -> Env:
    """The environment of a made-up user."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "CONFIG": os.devnull}
    return {"HOME": str(tmp_path), "TZ": "UTC", **{f"TUI_MONITOR_{name}": text for name, text in settings.items()}}


@pytest.fixture
def show(path: Path, tmp_path: Path, env: Env) -> Iterator[Show]:
    """Opens the monitor on a session, in a terminal of a given size."""
    with ExitStack() as opened:

        def open_on(session: Transcript, size: tuple[int, int]) -> Terminal:
            path.write_bytes(lines(session.records))
            return opened.enter_context(closing(Terminal([str(path)], *size, env, tmp_path)))

        yield open_on


def session() -> Transcript:
    """Return a finished turn that runs a command and edits a file."""
    transcript = Transcript()
    transcript.user("Count the boats in the harbour.")
    transcript.calls("Bash", "c1", command="make boats")
    transcript.result("7 boats\n", call="c1")
    transcript.calls(
        "Edit", "c2", file_path="/home/ada/engine/boats.py", old_string="boats = 6", new_string="boats = 7"
    )
    hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-boats = 6", "+boats = 7"]}
    transcript.result("ok", {"filePath": "/home/ada/engine/boats.py", "structuredPatch": [hunk]}, call="c2")
    transcript.assistant(text_block("There are seven."), stop="end_turn")
    return transcript


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_session_diff_and_help_are_shown_and_the_terminal_is_restored(show: Show, size: tuple[int, int]) -> None:
    terminal = show(session(), size)
    terminal.wait_for("IDLE", "≥$0.03", "≥46k tok", "make boats", "boats.py", "+1 −1", "Count the boats")
    terminal.press("k")  # from the last words to the change before them
    terminal.press("\r")
    terminal.wait_for("boats = 6", "boats = 7")
    terminal.press("?")
    terminal.wait_for("Keys here")
    terminal.press("\x1b")
    terminal.wait_until_gone("Keys here")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert _is_restored(terminal)


def test_appended_lines_appear(show: Show, path: Path) -> None:
    transcript = session()
    before = len(lines(transcript.records))
    terminal = show(transcript, SMALL)
    terminal.wait_for("IDLE", "make boats")
    transcript.user("Count them again.")
    transcript.calls("Bash", "c3", command="make again")
    append(path, lines(transcript.records)[before:-40])
    terminal.wait_for("Count them again.")
    assert "make again" not in terminal.text()
    append(path, lines(transcript.records)[-40:])
    terminal.wait_for("make again")
    terminal.wait_until_gone("IDLE")


@pytest.mark.parametrize("name", SIGNALS)
def test_signals_restore_the_terminal_and_store_what_was_read(show: Show, tmp_path: Path, name: str) -> None:
    number = getattr(signal, f"SIG{name}", None)
    if number is None:
        pytest.skip(f"there is no SIG{name}")
    terminal = show(session(), SMALL)
    terminal.wait_for("make boats")
    terminal.terminate(number)
    assert terminal.wait_for_exit() == 128 + number
    assert _is_restored(terminal)
    assert b"Traceback" not in terminal.output
    with closing(open_store(tmp_path / "data" / "monitoring.db")) as store:
        assert [row.session.id for row in store.sessions()] == [ID]


def test_interrupt_key_says_how_to_quit(show: Show) -> None:
    terminal = show(session(), SMALL)
    terminal.wait_for("make boats")
    terminal.press("\x03")
    terminal.wait_for("Press q to quit.")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0


def test_interrupt_while_it_starts_restores_the_terminal(show: Show) -> None:
    for delay in (0.1, 0.3, 0.5, 0.7):
        terminal = show(session(), SMALL)
        terminal.read_for(delay)
        terminal.press("\x03")
        terminal.read_for(0.5)
        if terminal.is_running():
            terminal.press("q")
            assert terminal.wait_for_exit() == 0
            assert _is_restored(terminal)
        else:
            assert terminal.wait_for_exit() in (130, -signal.SIGINT, 1)
        assert b"Traceback" not in terminal.output


def test_closed_terminal_ends_the_program(show: Show, tmp_path: Path) -> None:
    monitor = show(session(), SMALL)
    monitor.wait_for("make boats")
    assert monitor.hang_up() == HUNG_UP
    with closing(open_store(tmp_path / "data" / "monitoring.db")) as store:
        assert [row.session.id for row in store.sessions()] == [ID]


def test_windows_of_any_size_are_usable(show: Show) -> None:
    terminal = show(session(), WIDE)
    terminal.wait_for("make boats")
    for columns, rows in ((60, 20), (40, 10)):
        terminal.resize(columns, rows)
        terminal.wait_for("IDLE", "$0.03", "make boats")
    for columns, rows in ((20, 5), (1, 1), (200, 60)):
        terminal.resize(columns, rows)
    terminal.wait_for("IDLE", "make boats", "There are seven.")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0


HOSTILE = (
    "\x1b[66;66H\x1b]0;pwned\x07\x1bc\x1bP$q66\x1b\\\x9b66;66H\x90pwned\x9c"
    "\x00\x07\x08\r\t\u202e[/bold][red]e\u0301港\U0001f6a4"
)
"""Moves the cursor, sets the title, resets the terminal, …: whatever a terminal or a markup reader would act on."""


def test_hostile_text_reaches_the_terminal_as_text(show: Show) -> None:
    terminal = show(_hostile_session(), WIDE)
    terminal.wait_for("make boats", "[/bold]", "港")
    for key, text in (("\r", "hunk line"), ("2", "the result"), ("3", "old_string"), ("4", "c4")):
        terminal.press(key)
        terminal.wait_for(text)
    for key in "fmt":
        terminal.press(key)
        terminal.wait_for("[/bold]")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert not _FORBIDDEN.findall(_OWN.sub(b"", terminal.output))
    assert b"\x1b[66;66H" not in terminal.output


def _hostile_session() -> Transcript:
    transcript = Transcript()
    around: dict[str, Any] = {"cwd": f"/home/{HOSTILE}", "gitBranch": HOSTILE, "version": HOSTILE, "slug": HOSTILE}
    transcript.bare("summary", summary=HOSTILE, leafUuid="00000000")
    transcript.user(f"Count the boats {HOSTILE}", **around)
    transcript.assistant(
        tool_use("c1", "Bash", command=f"make boats {HOSTILE}", description=HOSTILE), model=HOSTILE, **around
    )
    transcript.result(f"7 boats {HOSTILE}\n", HOSTILE, call="c1", error=True)
    transcript.calls(f"Odd {HOSTILE}", "c2", **{HOSTILE: HOSTILE, "subject": HOSTILE})
    transcript.result(HOSTILE, {HOSTILE: HOSTILE}, call="c2")
    transcript.calls("Task", "c3", subagent_type=HOSTILE, description=HOSTILE, prompt=HOSTILE)
    transcript.result(HOSTILE, call="c3")
    transcript.assistant(text_block(HOSTILE), model=HOSTILE, **around)
    name = f"/home/ada/{HOSTILE}.py"
    transcript.calls("Edit", "c4", file_path=name, old_string=f"{HOSTILE} old", new_string=f"{HOSTILE} new")
    hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1}
    patch = {**hunk, "lines": [f"-hunk line {HOSTILE}", f"+hunk line {HOSTILE}"]}
    transcript.result(f"{HOSTILE} the result", {"filePath": name, "structuredPatch": [patch]}, call="c4")
    return transcript


def _is_restored(terminal: Terminal) -> bool:
    """Return whether the alternate screen was left and the cursor shown, last of all."""
    output = terminal.output
    has_left = output.rfind(LEAVE_SCREEN) > output.rfind(ENTER_SCREEN) > -1
    return has_left and output.rfind(SHOW_CURSOR) > output.rfind(HIDE_CURSOR)
