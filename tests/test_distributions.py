"""The two published distributions: what each has, and that the light one records and reads without the other."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import tui_monitor
from tests.test_rooms import ROOMS

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "tui_monitor"
SCREEN = ("textual", "rich", "pygments", "cyclopts", "pydantic", "genai_prices", "watchfiles")


def project(folder: str) -> dict[str, Any]:
    return tomllib.loads((TOP / folder / "pyproject.toml").read_text(encoding="utf-8"))


def parts(folder: str) -> set[str]:
    """Return the files and folders of the package that a distribution has."""
    included = project(folder)["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {source.removeprefix("../../") for source in included} == set(included.values())
    return {Path(path).relative_to("tui_monitor").name for path in included.values()}


def dependencies(folder: str) -> set[str]:
    return set(project(folder)["project"]["dependencies"])


def test_each_file_is_in_one_distribution() -> None:
    recorder, monitor = parts("distributions/recorder"), parts("distributions/monitor")
    assert recorder & monitor == set()
    assert recorder | monitor == {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}


def test_light_distribution_has_all_that_its_rooms_need() -> None:
    rooms = {Path(name).stem for name in parts("distributions/recorder")} & set(ROOMS)
    assert {"record", "telemetry", "integrations", "monitoring"} <= rooms
    assert {needed for room in rooms for needed in ROOMS[room].split()} <= rooms


def test_both_together_need_what_a_checkout_needs() -> None:
    monitor = dependencies("distributions/monitor")
    assert f"tui-monitor-recorder=={tui_monitor.__version__}" in monitor
    others = {each for each in monitor if not each.startswith("tui-monitor")}
    assert others | dependencies("distributions/recorder") == dependencies(".")
    assert project("distributions/monitor")["project"]["scripts"] == project(".")["project"]["scripts"]


PROGRAM = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {SCREEN}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from importlib import import_module
from threading import Event
from tui_monitor import monitor_session, record
from tui_monitor.telemetry import __all__ as names

for name in names:
    getattr(import_module("tui_monitor.telemetry"), name)
with record.session("s1", title="light"):
    with record.generation("gpt-4o") as call:
        call.usage = {{"model": "gpt-4o", "usage": {{"prompt_tokens": 5, "completion_tokens": 2}}}}
    with record.tool("bash", {{"command": "ls"}}) as call:
        call.output = "quay.py"
assert record.status().lost == 0
from tui_monitor.telemetry import calculate_cost
assert calculate_cost("gpt-4o", 5, 2) is None
seen = Event()
with monitor_session("s1", lambda session: session.totals.amount.total_tokens == 7 and seen.set(), 0.1):
    assert seen.wait(30)
print(import_module("tui_monitor").__file__)
"""


def test_light_distribution_records_and_reads_without_the_others_libraries(tmp_path: Path) -> None:
    copy = tmp_path / "site" / "tui_monitor"
    copy.mkdir(parents=True)
    for name in parts("distributions/recorder"):
        source = PACKAGE / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    env = {"PYTHONPATH": str(tmp_path / "site"), "TUI_MONITOR_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert Path(run.stdout.strip()).parent == copy


@pytest.mark.e2e
def test_wheels_are_installed_beside_each_other(tmp_path: Path) -> None:
    """Needs a package index."""
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    for folder in ("recorder", "monitor"):
        build = [*pip, "wheel", "--no-deps", "-w", str(tmp_path), str(TOP / "distributions" / folder)]
        subprocess.run(build, check=True, capture_output=True, timeout=100)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, timeout=60)
    python = str(tmp_path / "venv" / "bin" / "python")
    recorder, monitor = sorted(tmp_path.glob("*.whl"), key=lambda path: "recorder" not in path.name)
    subprocess.run([*pip, "--python", python, "install", str(recorder)], check=True, timeout=100)
    answer = subprocess.run([python, "-c", "import textual"], capture_output=True, check=False, timeout=60)
    assert answer.returncode == 1
    record_in(tmp_path / "alone", python)
    subprocess.run([*pip, "--python", python, "install", "--no-deps", str(monitor)], check=True, timeout=100)
    subprocess.run([*pip, "--python", python, "uninstall", "-y", "tui-monitor"], check=True, timeout=100)
    record_in(tmp_path / "after", python)


def record_in(folder: Path, python: str) -> None:
    """Run the program in a new folder: sessions of one name add up."""
    folder.mkdir()
    env = {"TUI_MONITOR_DATA_DIR": str(folder), "HOME": str(folder)}
    subprocess.run([python, "-c", PROGRAM], env=env, cwd=folder, check=True, timeout=100)
