"""Sequences planted wherever a name can come from: no byte of them comes out of any command as a control sequence."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.clean.sequences import EVIL, hidden_characters
from tests.e2e.terminal import Terminal
from tests.feed.sessions import lines
from tests.sources.claude_builder import ID, Transcript, text_block, tool_use

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

UNDECODABLE = b"\xff\x9b66;66H"
TEXT = f"evil{EVIL}\x1b[66;66H\x00[red]\n\ud800"

_OWN = re.compile(
    r"\x1b\[[<=>?]?[0-9;]*\$?[a-zA-Z]|\x1b[=>78]|\x1b_[^\x1b]*\x1b\\|\x1bP[+$]q[^\x1b]*\x1b\\"
    r"|\x1b\]22;[a-z]*\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|[\r\n]"
)
"""What the program itself may send besides text."""


def harmful(output: bytes) -> str:
    """Return what an output holds besides text and the sequences of the program itself."""
    text = _OWN.sub("", output.decode("utf-8", "surrogateescape"))
    bad = hidden_characters(text)
    forbidden = [part for part in (b"\x1b[66;66H", b"\x1b]2;", b"\x1b]52;c;UFdO") if part in output]
    return bad + repr(forbidden) if bad or forbidden else ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a hostile name, in which a file and a session have hostile names, too."""
    path = tmp_path / f"folder{EVIL}"
    path.mkdir()
    (path / f"foreign{EVIL}.txt").write_text("no session")
    Path(os.fsdecode(os.fsencode(path / "bytes") + UNDECODABLE)).write_text("no session")
    (path / f"session{EVIL}.jsonl").write_bytes(lines(session().records))
    (path / f"{ID}.jsonl").write_bytes(lines(session().records))
    return path


def session() -> Transcript:
    """Return a session in which every name is hostile."""
    transcript = Transcript()
    around: dict[str, Any] = {"cwd": f"/home/{TEXT}", "gitBranch": TEXT, "version": TEXT, "slug": TEXT}
    transcript.bare("summary", summary=TEXT, leafUuid="00000000")
    transcript.user(f"Count the boats {TEXT}", **around)
    for number, name in enumerate(("Bash", "Read", "Edit", "Task", "WebFetch", f"Odd{TEXT}", f"mcp__{TEXT}__{TEXT}")):
        keys = ("command", "file_path", "description", "subagent_type", "prompt", "url", "pattern", TEXT)
        transcript.assistant(tool_use(f"c{number}", name, **dict.fromkeys(keys, f"/tmp/{TEXT}")), model=TEXT, **around)
        transcript.result(TEXT, TEXT, call=f"c{number}", error=bool(number % 2))
    transcript.assistant(text_block(TEXT), model=TEXT, **around)
    return transcript


@pytest.fixture
def program(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs the program in the hostile folder."""
    with ExitStack() as opened:

        def start(words: list[str], env: Mapping[str, str] | None = None, cwd: Path = folder) -> Terminal:
            home = {"HOME": str(tmp_path / "home"), "TZ": "UTC", "TUI_MONITOR_CONFIG": os.devnull, "EDITOR": "true"}
            data = {"TUI_MONITOR_DATA_DIR": str(tmp_path / "data")}
            return opened.enter_context(closing(Terminal(words, 100, 30, {**home, **data, **(env or {})}, cwd)))

        yield start


COMMANDS = {
    "stats of a folder": ["stats", "."],
    "stats of files": ["stats", f"foreign{EVIL}.txt", f"session{EVIL}.jsonl"],
    "stats as JSON": ["stats", "--json", "."],
    "stats of nothing": ["stats", f"{EVIL}/*"],
    "stats of all": ["stats"],
    "stats of a missing file": ["stats", f"missing{EVIL}"],
    "store that is none": ["stats", "--store", f"foreign{EVIL}.txt"],
    "store in a missing folder": ["stats", "--store", f"{EVIL}/{EVIL}"],
    "once of a folder": ["watch", "--once", "."],
    "once of a file": ["watch", "--once", f"session{EVIL}.jsonl"],
    "once of no session": ["watch", "--once", f"foreign{EVIL}.txt"],
    "once with a store that is none": ["watch", "--once", "--store", f"foreign{EVIL}.txt", f"session{EVIL}.jsonl"],
    "monitor with a missing file": [f"missing{EVIL}"],
    "theme": ["--theme", EVIL, "."],
    "option": [f"--{EVIL}"],
    "option of a command": ["stats", f"--{EVIL}"],
    "value of an option": ["stats", "--since", EVIL],
    "zone": ["stats", "--tz", EVIL],
    "surplus argument": ["prices", "a", EVIL],
    "price of a model": ["prices", EVIL],
    "price of a known model": ["prices", f"claude-opus-4-6{EVIL}"],
    "price of a provider": ["prices", "claude-opus-4-6", "--provider", EVIL],
    "price as JSON": ["prices", "--json", f"my{EVIL}"],
    "price at a time": ["prices", "claude-opus-4-6", "--at", EVIL],
    "command that does not exist": ["run", "--", f"missing{EVIL}"],
    "command that is no program": ["run", "--", f"./foreign{EVIL}.txt"],
    "receive on a host": ["receive", "--host", EVIL],
    "receive on a port": ["receive", "--port", EVIL],
    "help of a command": ["help", EVIL],
    "completion": ["--completion", EVIL],
    "demo": ["demo", EVIL],
    "sessions of a folder": ["sessions", "."],
    "session of a file": ["session", f"session{EVIL}.jsonl"],
    "session that does not exist": ["session", EVIL],
    "agent": ["agent", EVIL],
    "cost by branch": ["cost", "--by", "branch", "."],
    "export in a form": ["export", EVIL],
    "export of a folder": ["export", "csv", "."],
    "export into a file": ["export", "csv", ".", "-o", f"foreign{EVIL}.txt/{EVIL}"],
    "import of a file": ["import", f"foreign{EVIL}.txt"],
    "settings of an agent": ["setup", EVIL],
    "own store of a folder": ["init", "--workspace"],
    "page of a host": ["serve", "--host", EVIL],
    "other name of a page": ["serve", "--allow-host", f"[{EVIL}"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_name_leaves_a_command_as_a_control_sequence(program: Callable[..., Terminal], name: str) -> None:
    terminal = program(COMMANDS[name])
    assert terminal.wait_for_exit() in (0, 2, 3, 126, 127)
    assert terminal.output
    assert harmful(terminal.output) == ""
    assert b"Traceback" not in terminal.output


CONFIG = f"""
unknown = 1
"key{EVIL.encode("unicode_escape").decode().replace(chr(92) + "x", chr(92) + "u00")}" = 1
[display]
theme = "theme{EVIL.encode("unicode_escape").decode().replace(chr(92) + "x", chr(92) + "u00")}"
levels = "no"
"""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        *((place, "watch --once .") for place in ("project", "own", "broken", "missing", "environment")),
        *(("own", words) for words in ("stats .", "prices claude-opus-4-6", "run true")),
    ],
)
def test_no_setting_leaves_a_command_as_a_control_sequence(
    program: Callable[..., Terminal], folder: Path, tmp_path: Path, words: str, place: str
) -> None:
    env = {}
    if place == "environment":
        env = {
            f"TUI_MONITOR_{name}": EVIL for name in ("DISPLAY_THEME", "DISPLAY_LEVELS", "STREAM", "TELEMETRY_ENABLED")
        }
        env |= {
            "CLAUDE_CONFIG_DIR": EVIL,
            "CODEX_HOME": EVIL,
            "TZ": EVIL,
            "COLUMNS": EVIL,
            "TUI_MONITOR_DATA_DIR": "/dev/null",
        }
    elif place in ("own", "missing"):
        env = {"TUI_MONITOR_CONFIG": str(tmp_path / f"config{EVIL}.toml")}
    if place in ("project", "broken"):
        (folder / ".tui-monitor.toml").write_text(CONFIG if place == "project" else f"broken {EVIL}")
    elif place == "own":
        Path(env["TUI_MONITOR_CONFIG"]).write_text(CONFIG)
    terminal = program(words.split(), env)
    terminal.wait_for_exit()
    assert harmful(terminal.output) == ""
    assert b"Traceback" not in terminal.output


def test_no_plug_in_leaves_a_command_as_a_control_sequence(program: Callable[..., Terminal], tmp_path: Path) -> None:
    package = tmp_path / "site"
    (package / "evil-1.dist-info").mkdir(parents=True)
    (package / "evil-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (package / "evil-1.dist-info" / "entry_points.txt").write_text(
        "[tui_monitor.sources]\nmissing = evil_missing:Adapter\nbroken = evil_broken:Adapter\n"
    )
    (package / "evil_broken.py").write_text(f"import sys\nsys.stderr.write({EVIL!r})\nraise ImportError({EVIL!r})\n")
    for words in (["stats"], ["watch", "--once"]):
        terminal = program(words, {"PYTHONPATH": str(package)})
        terminal.wait_for_exit()
        assert harmful(terminal.output) == ""
        assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("path", [".", f"session{EVIL}.jsonl", ""])
def test_no_name_leaves_the_monitor_as_a_control_sequence(
    program: Callable[..., Terminal], folder: Path, path: str
) -> None:
    (folder / ".tui-monitor.toml").write_text(CONFIG)
    terminal = program([path, "--no-store"] if path else [], {"TUI_MONITOR_DISPLAY_THEME": EVIL})
    terminal.wait_for("levels", "rising")  # the notice may break anywhere between
    if path:
        terminal.wait_for("Count the boats")
        escape = "\x1b"
        keys = ("G", "\r", *"1234eoyeo", escape, *"fmti?", escape, "s", escape, "/evil\r", *"EE:", escape, escape)
        for key in keys:
            terminal.press(key)
            terminal.read_for(0.2)
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert harmful(terminal.output) == ""
