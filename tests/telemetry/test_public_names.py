"""What the package offers, and what importing it brings along."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import tui_monitor
from tui_monitor import telemetry

SLOW = ["asyncio", "genai_prices", "orjson", "platformdirs", "pydantic", "rich", "sqlite3", "textual", "typing"]


def modules_after(statement: str, folder: Path) -> set[str]:
    program = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    env = {"TUI_MONITOR_DATA_DIR": str(folder), "HOME": str(folder)}
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=env)
    return set(json.loads(done.stdout))


def test_all_names_are_there() -> None:
    assert set(telemetry.__all__) == set(telemetry._MODULE_OF)
    for name in telemetry.__all__:
        assert getattr(tui_monitor, name) is getattr(telemetry, name)
    assert set(telemetry.__all__) <= set(dir(tui_monitor)) & set(dir(telemetry))


@pytest.mark.parametrize("module", [tui_monitor, telemetry])
def test_other_names_are_not(module: object) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        module.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_every_public_thing_is_described() -> None:
    described = [getattr(telemetry, name) for name in telemetry.__all__ if not name.isupper()]
    assert all(each.__doc__ for each in described)


def test_importing_them_imports_nothing_slow(tmp_path: Path) -> None:
    statement = "import tui_monitor.telemetry\nfrom tui_monitor import agent, execution, record_usage, session"
    assert modules_after(statement, tmp_path).isdisjoint(SLOW)


def test_the_package_alone_imports_no_part_of_itself(tmp_path: Path) -> None:
    brought = modules_after("import tui_monitor.telemetry", tmp_path)
    assert {name for name in brought if name.startswith("tui_monitor")} == {"tui_monitor", "tui_monitor.telemetry"}


def test_recording_imports_neither_the_vocabulary_nor_prices(tmp_path: Path) -> None:
    brought = modules_after("from tui_monitor import execution\nwith execution('bash'): pass", tmp_path)
    assert brought.isdisjoint({"tui_monitor.events", "tui_monitor.pricing", "genai_prices", "asyncio", "sqlite3"})
