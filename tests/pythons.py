"""Try every Python on this machine: the start-up checks, and the whole suite unless told otherwise.

``python -m tests.pythons [--startup] [--lowest] [VERSION...]`` finds interpreters on the PATH and among pyenv's
versions, makes an environment for each below ``.pythons/``, and prints a table. ``--startup`` leaves the suite out,
``--lowest`` tries the oldest direct dependencies that ``pyproject.toml`` allows (needs uv, start-up checks only).
Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
ENVIRONMENTS = TOP / ".pythons"
OLDEST = (3, 11)
SUITE_LIMIT_S = 1500
_VERSION = "import sys; print(*sys.version_info[:2], '.'.join(map(str, sys.version_info[:3])))"


@dataclass(frozen=True)
class Interpreter:
    """One Python: its full version and its executable."""

    version: str
    path: Path


@dataclass
class Outcome:
    """The table row of one interpreter and one set of dependencies."""

    version: str
    dependencies: str
    startup: str = "not run"
    suite: str = "not run"

    @property
    def failed(self) -> bool:
        """Return True if anything that was run did not pass."""
        return not all(cell == "not run" or cell.startswith("ok") or "passed" in cell for cell in self._cells)

    @property
    def _cells(self) -> tuple[str, str]:
        return self.startup, self.suite if "failed" not in self.suite and "error" not in self.suite else "failed"


def main(words: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.pythons", description="Try every Python on this machine.")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="only these, e.g. 3.12 or 3.13.0")
    parser.add_argument("--startup", action="store_true", help="only the start-up checks")
    parser.add_argument("--lowest", action="store_true", help="with the oldest direct dependencies (start-up only)")
    arguments = parser.parse_args(words)
    interpreters = [one for one in find_interpreters() if _is_chosen(one, arguments.versions)]
    if not interpreters:
        print("No Python of these versions was found on the PATH or in pyenv.", file=sys.stderr)
        return 3
    outcomes = [attempt(one, lowest=arguments.lowest, startup_only=arguments.startup) for one in interpreters]
    print("\n".join(_table(outcomes)))
    return int(any(outcome.failed for outcome in outcomes))


def find_interpreters() -> list[Interpreter]:
    """Return one interpreter per full version, oldest first: the PATH before pyenv."""
    interpreters: dict[str, Interpreter] = {}
    for path in _candidates():
        interpreter = _ask(path)
        if interpreter and interpreter.version not in interpreters:
            interpreters[interpreter.version] = interpreter
    return sorted(interpreters.values(), key=lambda one: [int(part) for part in one.version.split(".")])


def attempt(interpreter: Interpreter, *, lowest: bool, startup_only: bool) -> Outcome:
    """Set up an environment of its own for ``interpreter`` and run the checks in it."""
    outcome = Outcome(interpreter.version, "lowest" if lowest else "newest")
    environment = ENVIRONMENTS / f"{interpreter.version}-{outcome.dependencies}"
    print(f"Python {interpreter.version} ({outcome.dependencies} dependencies): setting up …", flush=True)
    error = _install(interpreter, environment, lowest=lowest, with_tests=not (lowest or startup_only))
    if error:
        outcome.startup = f"does not install: {error}"
        return outcome
    python = environment / "bin" / "python"
    outcome.startup = _startup(python)
    if not (startup_only or lowest):
        outcome.suite = _suite(python)
    return outcome


def _candidates() -> Iterator[Path]:
    names = re.compile(r"python3(\.\d+)?$")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if Path(folder).is_dir():
            yield from sorted(path for path in Path(folder).iterdir() if names.match(path.name))
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/*/bin/python"))


def _ask(path: Path) -> Interpreter | None:
    """Return the interpreter at ``path``; None if it does not run (a shim without a version) or is too old."""
    try:
        command = [str(path), "-c", _VERSION]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return Interpreter(answer[2], path) if (int(answer[0]), int(answer[1])) >= OLDEST else None


def _is_chosen(interpreter: Interpreter, versions: Iterable[str]) -> bool:
    chosen = list(versions)
    return not chosen or any(f"{interpreter.version}.".startswith(f"{version}.") for version in chosen)


def _install(interpreter: Interpreter, environment: Path, *, lowest: bool, with_tests: bool) -> str:
    """Return the last line of the error, or the empty text."""
    uv = shutil.which("uv")
    python = environment / "bin" / "python"
    group = ["--group", "dev"] if with_tests else []
    if uv:
        resolution = ["--resolution", "lowest-direct"] if lowest else []
        commands = [
            *([] if python.exists() else [[uv, "venv", "-q", "--python", str(interpreter.path), str(environment)]]),
            [uv, "pip", "install", "-q", "--python", str(python), *resolution, "-e", str(TOP), *group],
        ]
    elif lowest:
        return "uv is needed for the oldest dependencies"
    else:
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        commands = [
            *([] if python.exists() else [[str(interpreter.path), "-m", "venv", str(environment)]]),
            *([[*pip, "--upgrade", "pip>=25.1"]] if group else []),
            [*pip, "-e", str(TOP), *group],
        ]
    for command in commands:
        answer = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
        if answer.returncode:
            return (answer.stderr.strip() or answer.stdout.strip() or "no reason given").splitlines()[-1]
    return ""


def _startup(python: Path) -> str:
    command = [str(python), "-m", "tests.startup"]
    answer = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    failures = [line for line in answer.stdout.splitlines() if line.startswith("FAIL")]
    if answer.returncode == 0:
        return "ok"
    print("\n".join(failures) or answer.stderr, flush=True)
    return f"{len(failures)} failed"


def _suite(python: Path) -> str:
    """Return pytest's closing line. Pictures are left to the Python they were taken with."""
    began = time.monotonic()
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    try:
        answer = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=SUITE_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return f"error: not finished after {SUITE_LIMIT_S} s"
    lines = answer.stdout.strip().splitlines() or [f"error: {answer.stderr.strip()[-200:]}"]
    if answer.returncode:
        print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR"))), flush=True)
    return f"{lines[-1].strip('= ')} ({time.monotonic() - began:.0f} s)"


def _table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    yield f"{'Python':<10} {'dependencies':<13} {'start-up':<14} suite"
    for outcome in outcomes:
        yield f"{outcome.version:<10} {outcome.dependencies:<13} {outcome.startup:<14} {outcome.suite}"


if __name__ == "__main__":
    sys.exit(main())
