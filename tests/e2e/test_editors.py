"""Real editors open files with hostile names, and run none of them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.feed.sessions import lines
from tests.sources.claude_builder import ID, Transcript, tool_use

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

EDITORS = {
    "vi": ":q!\r",
    "vim": ":q!\r",
    "nvim": ":q!\r",
    "nvi": ":q!\r",
    "vis": ":q!\r",
    "nano": "\x18",
    "emacs -nw -Q": "\x18\x03",
    "kak": ":q!\r",
    "hx": ":q!\r",
    "micro": "\x11",
    "joe": "\x0bq",
    "ne": "\x1bq",
    "mg": "\x18\x03",
}
"""Editors, and the keys that end them."""
NAMES = ["-c:!touch PWNED", "+!touch PWNED", "$(touch PWNED):5"]
MARK = "the boats are counted"


@pytest.fixture(params=EDITORS)
def editor(request: pytest.FixtureRequest) -> str:
    """The command of an editor that is installed here."""
    command: str = request.param
    if not shutil.which(command.split()[0]):
        pytest.skip(f"{command.split()[0]} is not installed")
    return command


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Terminals, closed at the end."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("cwd", [".", ""])
@pytest.mark.timeout(300)
def test_name_of_a_file_is_no_command(opened: ExitStack, tmp_path: Path, editor: str, cwd: str) -> None:
    for name in NAMES if cwd else NAMES[:1]:
        folder = tmp_path / str(NAMES.index(name))
        (folder / "home").mkdir(parents=True)
        (folder / name).write_text("".join(f"line {number}: {MARK}\n" for number in range(1, 5)))
        transcript = Transcript()
        transcript.user("Count the boats.", cwd=cwd)
        transcript.assistant(tool_use("c1", "Read", file_path=name, offset=2), cwd=cwd)
        (folder / f"{ID}.jsonl").write_bytes(lines(transcript.records))
        env = {"HOME": str(folder / "home"), "EDITOR": editor, "VISUAL": "", "TUI_MONITOR_CONFIG": os.devnull}
        terminal = opened.enter_context(closing(Terminal([f"{ID}.jsonl", "--no-store"], 100, 30, env, folder)))
        terminal.wait_for("Count the boats")
        terminal.press("G\r")
        terminal.wait_for("offset")
        terminal.press("e")
        terminal.wait_for(MARK)
        terminal.press(EDITORS[editor])
        terminal.wait_for("offset")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert not list(tmp_path.rglob("PWNED")), name
