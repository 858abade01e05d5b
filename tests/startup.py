"""Start-up checks: the program starts and answers. Standard library only, so any environment can run them.

``python -m tests.startup`` checks the interpreter it runs in; each check prints one line, the exit status is 1 if any
failed. They need the package and its dependencies, but no test tools: this is how the oldest versions of dependencies
that ``pyproject.toml`` allows are tried.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

LIMIT_S = 60.0
LINES = (
    {"v": 1, "type": "agent", "session_id": "startup", "agent_id": "", "status": "running", "timestamp": 1_700_000_000},
    {"v": 1, "type": "usage", "session_id": "startup", "model": "gpt-4o", "input_tokens": 7, "output_tokens": 5},
    {"v": 1, "type": "tool", "session_id": "startup", "call_id": "c", "tool_name": "bash", "input": {"command": "ls"}},
)
Environment = Mapping[str, str]


def main() -> int:
    """Run all checks and return the exit status."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        stream, env = _stage(Path(folder))
        for check in CHECKS:
            try:
                check(stream, env)
            except Exception as error:  # whatever is wrong is the answer
                failed += 1
                print(f"FAIL {check.__name__}: {error}")
            else:
                print(f"ok   {check.__name__}")
    return 1 if failed else 0


EXTRAS = {
    "tui_monitor.cli.web.": "textual_serve",
    "tui_monitor.forwarding.otlp": "opentelemetry",
    "tui_monitor.forwarding.direct_session": "requests",
    "tui_monitor.forwarding.cloudwatch": "boto3",
}
"""The modules that need an extra, by the beginnings of their names, and its library."""


def every_module_is_importable(_: Path, __: Environment) -> None:
    """Import all modules but those of an extra that is not installed; integrations import their frameworks only when
    used."""
    package = import_module("tui_monitor")
    missing = tuple(name for name, library in EXTRAS.items() if find_spec(library) is None)
    for module in walk_packages(package.__path__, "tui_monitor."):
        if not module.name.endswith("__main__") and not module.name.startswith(missing):
            import_module(module.name)


def version_and_help(_: Path, env: Environment) -> None:
    """Print the version and the overview."""
    assert _run(env, "--version").strip()
    assert "stats" in _run(env, "--help")


def prices_of_a_model(_: Path, env: Environment) -> None:
    """Load the price list."""
    assert "gpt-4o" in _run(env, "prices", "gpt-4o")


def totals_as_json(stream: Path, env: Environment) -> None:
    """Read a session and add it up."""
    assert json.loads(_run(env, "stats", "--json", str(stream)))["totals"]["total_tokens"] == 12


def totals_with_stderr_closed(stream: Path, env: Environment) -> None:
    """Answer a parent that has closed standard error."""
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", *_command("stats", "--json", str(stream))]
    answer = subprocess.run(command, env=env, capture_output=True, timeout=LIMIT_S, check=True)
    assert json.loads(answer.stdout)["totals"]["requests"] == 1


def one_frame_as_text(stream: Path, env: Environment) -> None:
    """Draw a frame without a terminal."""
    assert "ls" in _run(env, "watch", "--once", str(stream))


def sessions_in_one_line(_: Path, env: Environment) -> None:
    """Print nothing where no session is live."""
    assert "\n\n" not in _run(env, "watch", "--line")


def events_as_lines(stream: Path, env: Environment) -> None:
    """Print what comes from a pipe, to its end."""
    answer = subprocess.run(
        _command("--plain", "-"), env=env, input=stream.read_bytes(), capture_output=True, timeout=LIMIT_S, check=True
    )
    assert b"Bash ls" in answer.stdout


def child_runs_unchanged(_: Path, env: Environment) -> None:
    """Pass a command's output through."""
    assert _run(env, "run", "--", sys.executable, "-c", "print('hello')") == "hello\n"


def screen_opens_and_closes(stream: Path, env: Environment) -> None:
    """Open the monitor in a pseudo-terminal, wait for the session's row, and quit."""
    if os.name != "posix":
        return
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, _command("--no-store", str(stream)), dict(env))
    output = b"".join(_read_until(terminal, b"bash", b"Bash"))
    os.write(terminal, b"q")
    for _ in _read_until(terminal):  # an unread terminal blocks the program's last words
        pass
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert b"Traceback" not in output
    assert os.waitstatus_to_exitcode(status) == 0


CHECKS: tuple[Callable[[Path, Environment], None], ...] = (
    every_module_is_importable,
    version_and_help,
    prices_of_a_model,
    totals_as_json,
    totals_with_stderr_closed,
    one_frame_as_text,
    events_as_lines,
    sessions_in_one_line,
    child_runs_unchanged,
    screen_opens_and_closes,
)


def _stage(folder: Path) -> tuple[Path, Environment]:
    stream = folder / "startup.jsonl"
    stream.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    own = {"HOME": str(folder), "TUI_MONITOR_DATA_DIR": str(folder / "data"), "TERM": "xterm-256color"}
    return stream, {**os.environ, **own}


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tui_monitor", *words]


def _run(env: Environment, *words: str) -> str:
    answer = subprocess.run(_command(*words), env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if answer.returncode:
        raise AssertionError(f"exit status {answer.returncode}: {answer.stderr.strip()[-400:]}")
    return answer.stdout


def _read_until(terminal: int, *words: bytes) -> Iterator[bytes]:
    """Yield what the program writes until one of the words is among it; without words, until it ends."""
    seen, deadline = b"", time.monotonic() + LIMIT_S
    while not any(word in seen for word in words):
        if not select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"none of {words} within {LIMIT_S:.0f} s: {seen[-200:]!r}")
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux reports the end of a terminal's other side as an error
            chunk = b""
        if not chunk and not words:
            return
        if not chunk:
            raise AssertionError(f"the program ended: {seen[-400:]!r}")
        seen += chunk
        yield chunk


if __name__ == "__main__":
    sys.exit(main())
