"""The program in this process: its exit status and every byte that it prints, at the home of a made-up user."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tests.clean.sequences import hidden_characters
from tui_monitor.cli import main

STATUSES = (0, 2, 3)
"""Success, a wrong use, nothing found: what a command may answer to any input."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command answered and printed."""

    status: int
    out: bytes
    error: bytes

    def check(self) -> None:
        """Assert that the command ended as it may, and printed nothing that a terminal would obey."""
        told = self.error.decode("utf-8", "replace")
        assert self.status in STATUSES, (self.status, told)
        assert "Traceback" not in told, told
        assert "internal error" not in told, told
        for output in (self.out, self.error):
            assert hidden_characters(output.decode("utf-8", "surrogateescape").replace("\n", "")) == ""


def run_program(words: list[str], home: Path, cwd: Path, env: Mapping[str, str] | None = None) -> Output:
    """Run a command in the folder ``cwd`` for the user with this home, and return what it printed."""
    out, error = io.BytesIO(), io.BytesIO()
    with _surroundings(home, cwd, env or {}), _captured(out, error):
        status = main(words)
    return Output(status, out.getvalue(), error.getvalue())


def own_variables(home: Path) -> dict[str, str]:
    """Return the environment of the made-up user: nothing of it lies outside of ``home``."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "COLUMNS": "100",
        "TZ": "UTC",
        "TUI_MONITOR_DATA_DIR": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


@contextmanager
def _surroundings(home: Path, cwd: Path, env: Mapping[str, str]) -> Iterator[None]:
    home.mkdir(exist_ok=True)
    with patch.dict(os.environ, own_variables(home) | dict(env), clear=True), chdir(cwd):
        yield


@contextmanager
def _captured(out: io.BytesIO, error: io.BytesIO) -> Iterator[None]:
    streams = [io.TextIOWrapper(stream, "utf-8", newline="\n", write_through=True) for stream in (out, error)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        yield
    for stream in streams:
        stream.detach()
