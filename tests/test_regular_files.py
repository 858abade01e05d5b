"""Data files are opened by one helper, which opens regular files only: nothing else may be there, and nothing hangs."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tui_monitor
from tests.cli.sessions import install, short_session
from tui_monitor.regular_files import check_regular, open_binary, open_descriptor, read_bytes, read_text

PACKAGE = Path(tui_monitor.__file__).parent
TIMEOUT_S = 60

EXCEPTIONS = {
    ("regular_files.py", "os.open"): "the helper",
    ("cli/__init__.py", "open"): "standard streams by their numbers",
    ("cli/__init__.py", "os.open"): "the null device",
    ("cli/recording.py", "os.open"): "a new file with a name of its own",
    ("cli/subprocess_runner.py", "os.open"): "the terminal",
    ("cli/terminal.py", "open"): "the terminal",
    ("demo/player.py", "open"): "a file in a temporary folder of its own",
    ("demo/player.py", "write_text"): "a file in a temporary folder of its own",
    ("config/files.py", "write_text"): "a new file in a new folder",
    ("forwarding/delivery_log.py", "sqlite3.connect"): "creates and checks the file by the helper before",
    ("process_identity.py", "os.open"): "a file of the kernel about a process, which never blocks",
    ("sources/files/pipe_reader.py", "os.open"): "a named pipe that the command line names, in a thread of its own",
    ("sources/processes/linux.py", "os.open"): "files of the kernel about processes, which never block",
    ("store/damage.py", "sqlite3.connect"): "checks the files by the helper before",
    ("store/quarantine.py", "os.open"): "a folder, to lock it",
    ("sources/files/readonly_sqlite.py", "sqlite3.connect"): "checks the files by the helper before",
    ("sources/stream/adapter.py", "read_text"): "a resource of the package",
    ("pages/document.py", "read_text"): "a resource of the package",
    ("reports/replay/page.py", "read_text"): "a resource of the package",
    ("store/database.py", "sqlite3.connect"): "checks the files by the helper before",
    ("store/schema.py", "read_text"): "a resource of the package",
    ("telemetry/recorder/stream_file.py", "os.open"): "writes, without waiting: a stream may be a named pipe",
    ("tui/external_actions.py", "os.open"): "a new file: it must not exist",
    ("tui/widgets/activity_pane.py", "open"): "opens the filter line",
}
"""Where files are opened without the helper, and the reason."""

_PATH_METHODS = ("read_text", "read_bytes", "write_text", "write_bytes")
_MODE = re.compile(r"[rwxabt+]+")


def opening_calls(path: Path) -> Iterator[str]:
    """Yield the name of each call in a module that opens a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (name := opener_of(node)):
            yield name


def opener_of(call: ast.Call) -> str:
    """Return the name of the function by which a call opens a file; empty for other calls."""
    match call.func:
        case ast.Name(id="open" | "FileIO"):
            return "open"
        case ast.Attribute(value=ast.Name(id=module), attr=name) if (module, name) in (
            ("os", "open"),
            ("io", "open"),
            ("io", "FileIO"),
            ("sqlite3", "connect"),
        ):
            return f"{module}.{name}"
        case ast.Attribute(attr=name) if name in _PATH_METHODS:
            return name
        case ast.Attribute(attr="open") if is_mode_or_nothing(call):
            return "open"
    return ""


def is_mode_or_nothing(call: ast.Call) -> bool:
    """Return True for the arguments of `Path.open`: those of adapters and screens begin with something else."""
    first = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "mode"), None)
    return first is None or (
        isinstance(first, ast.Constant) and isinstance(first.value, str) and bool(_MODE.fullmatch(first.value))
    )


def test_nothing_opens_data_files_but_the_helper() -> None:
    found = {
        (str(path.relative_to(PACKAGE)), name) for path in sorted(PACKAGE.rglob("*.py")) for name in opening_calls(path)
    }
    assert found == set(EXCEPTIONS)


if sys.platform == "win32":
    pytest.skip("there are no special files", allow_module_level=True)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)  # its path may be too long for a socket
    before = os.open(".", os.O_RDONLY)
    try:
        os.fchdir(folder)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(before)
        os.close(folder)
        os.close(before)


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


SPECIAL: dict[str, Callable[[Path], None]] = {
    "named pipe": make_pipe,
    "socket": make_socket,
    "link to zeros": link_to("/dev/zero"),
    "link to random bytes": link_to("/dev/urandom"),
    "link to the kernel's log": link_to("/proc/kmsg"),
    "link to the terminal": link_to("/dev/tty"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "folder": lambda path: path.mkdir(),
}
ENDLESS = pytest.mark.parametrize(
    "make", [SPECIAL[name] for name in ("named pipe", "link to zeros", "link to the kernel's log")]
)
"""Those that block, or never end."""
KINDS = pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL.keys())


@KINDS
def test_only_regular_files_are_opened(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "x"
    make(path)
    for open_it in (open_descriptor, open_binary, read_bytes, read_text, check_regular):
        with pytest.raises(OSError, match=r".") as raised:
            open_it(path)
        assert raised.value.filename == str(path)
    with pytest.raises(OSError, match=r"."):
        open_descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def test_regular_file_is_opened_and_created_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(FileNotFoundError):
        open_descriptor(path)
    os.close(open_descriptor(path, os.O_RDWR | os.O_CREAT))
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("ä", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(path)
    assert (read_text(link), read_bytes(link, 1)) == ("ä", b"\xc3")


def test_pipe_put_in_place_of_the_file_meanwhile_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    ordinary = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda name: ordinary)  # as it was a moment ago
    with pytest.raises(OSError, match="named pipe"):
        open_descriptor(path)


PLACES = (
    ".claude/projects/engine/x.jsonl",
    ".claude/projects/engine/agent-1.jsonl",
    ".claude/projects/engine/{session}/subagents/agent-2.jsonl",
    ".claude/projects/engine/{session}/subagents/agent-3.meta.json",
    ".config/claude/projects/engine/x.jsonl",
    ".codex/sessions/2026/11/29/rollout-2026-11-29T00-00-00-00000000-0000-4000-8000-000000000001.jsonl",
    ".codex/sessions/2026/11/29/x.jsonl",
    ".codex/archived_sessions/x.jsonl",
    ".codex/state_1.sqlite",
    ".codex/state_2.sqlite-wal",
    ".gemini/tmp/engine/chats/session-1.json",
    ".gemini/tmp/engine/chats/session-2.jsonl",
    ".gemini/tmp/engine/.project_root",
    ".local/share/opencode/opencode.db",
    ".local/share/opencode/opencode-dev.db",
    ".local/share/opencode/opencode-dev.db-wal",
    "data/streams/x.jsonl",
    "data/streams/x.1.jsonl",
    "data/otlp/x.jsonl",
    "data/recordings/claude-code/x.jsonl",
    "data/recordings/codex/x.jsonl",
    "stream.jsonl",
    "engine/.tui-monitor.toml",
    "config.toml",
)
"""All places in a home where the program looks for files."""


def occupy(home: Path, make: Callable[[Path], None]) -> None:
    """Put a special file in every place where a file is read."""
    for place in PLACES:
        path = home / place.format(session="00000000-0000-4000-8000-000000000001")
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path)


def run_in(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program as the owner of this home, who is in the folder ``engine``."""
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "TUI_MONITOR_DATA_DIR": str(home / "data"),
        "TUI_MONITOR_CONFIG": str(home / "config.toml"),
        "TUI_MONITOR_STREAM": str(home / "stream.jsonl"),
    }
    command = [sys.executable, "-m", "tui_monitor", *words]
    folder = home / "engine"
    return subprocess.run(
        command,
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@ENDLESS
def test_special_files_in_all_places_hang_nothing_and_hide_no_session(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    install(short_session(tmp_path / "engine"), tmp_path, "00000000-0000-4000-8000-000000000001")
    occupy(tmp_path, make)
    stats = run_in(tmp_path, "stats")
    assert (stats.returncode, "Traceback" in stats.stderr) == (0, False), stats.stderr
    assert "engine" in stats.stdout
    once = run_in(tmp_path, "watch", "--once", "--no-store")
    assert (once.returncode, "Traceback" in once.stderr) == (0, False), once.stderr
    assert "Mend the valve." in once.stdout
    folder = run_in(tmp_path, "stats", str(tmp_path / ".claude"))
    assert (folder.returncode, "Traceback" in folder.stderr) == (0, False), folder.stderr


@ENDLESS
def test_special_file_in_place_of_the_store_is_reported(make: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    install(short_session(tmp_path / "engine"), tmp_path, "00000000-0000-4000-8000-000000000001")
    (tmp_path / "data").mkdir()
    make(tmp_path / "data" / "monitoring.db")
    result = run_in(tmp_path, "stats")
    assert "Traceback" not in result.stderr
    assert "monitoring.db" in result.stderr + result.stdout
