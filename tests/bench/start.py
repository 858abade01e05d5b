"""Start-up: until the library is imported, and until the first frame of a session is drawn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure, seconds
from tests.bench.invented import claude_lines, write
from tests.bench.terminal import compiled_environment, running

TURNS = 300
EMPTY_APP = """
from textual.app import App
from textual.widgets import Static


class Empty(App):
    def compose(self):
        yield Static("berths")


Empty().run()
"""


def bench() -> Iterator[Figure]:
    """Yield milliseconds from the start of the interpreter."""
    bare = _ms(partial(_run, "pass"))
    yield Figure("import tui_monitor", _ms(partial(_run, "import tui_monitor")), "ms", bare, "a bare interpreter")
    with TemporaryDirectory() as name:
        path = write(Path(name) / "session.jsonl", claude_lines(TURNS))
        empty = _ms(lambda: _until_berths("-c", EMPTY_APP))
        first = _ms(lambda: _until_berths("-m", "tui_monitor", str(path), TUI_MONITOR_DATA_DIR=name))
        yield Figure("first frame", first, "ms", empty, "an empty Textual app")


def _ms(work: Callable[[], object]) -> float:
    return 1000 * seconds(work)


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], env=compiled_environment(), check=True)


def _until_berths(*words: str, **env: str) -> None:
    with running(*words, **env) as program:
        program.wait_for(b"berths")
