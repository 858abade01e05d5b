"""Public names of the library, and the modules that importing them loads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tui_monitor
from tui_monitor import record, telemetry

SLOW = ["asyncio", "genai_prices", "orjson", "platformdirs", "pydantic", "rich", "sqlite3", "textual", "typing"]


def modules_after(statement: str, folder: Path) -> set[str]:
    program = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    env = {"TUI_MONITOR_DATA_DIR": str(folder), "HOME": str(folder)}
    process = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=env)
    return set(json.loads(process.stdout))


def test_all_public_names_are_importable() -> None:
    assert set(telemetry.__all__) == set(telemetry._MODULE_OF)
    for name in telemetry.__all__:
        assert getattr(tui_monitor, name) is getattr(telemetry, name)
    assert set(telemetry.__all__) <= set(dir(telemetry))


def test_top_level_lists_few_entry_points() -> None:
    assert set(tui_monitor.__all__) <= set(dir(tui_monitor))
    assert all(getattr(tui_monitor, name) for name in tui_monitor.__all__)
    assert len(tui_monitor.__all__) < 8


def test_record_has_the_functions_that_record_under_short_names() -> None:
    assert set(record._LONGER_NAMES) < set(record.__all__) <= set(dir(record))
    for name in record.__all__:
        assert getattr(record, name) is getattr(telemetry, record._LONGER_NAMES.get(name, name))
    assert all(getattr(record, name).__doc__ for name in record.__all__)
    assert re.findall(r"`(\w+)`", record.__doc__ or "").count("waiting") == 1
    assert set(record.__all__) <= set(re.findall(r"`(\w+)`", record.__doc__ or ""))


@pytest.mark.parametrize("module", [tui_monitor, telemetry, record])
def test_unknown_names_raise_attribute_error(module: object) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        module.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_every_public_name_has_a_docstring() -> None:
    described = [getattr(telemetry, name) for name in telemetry.__all__ if not name.isupper()]
    assert all(each.__doc__ for each in described)


def test_import_loads_no_slow_library(tmp_path: Path) -> None:
    statement = "import tui_monitor.telemetry\nfrom tui_monitor import agent, execution, record_usage, session"
    assert modules_after(statement, tmp_path).isdisjoint(SLOW)
    statement = (
        "from tui_monitor import record\nrecord.session, record.agent, record.tool, record.generation, record.usage"
    )
    assert modules_after(statement, tmp_path).isdisjoint(SLOW)


def test_import_loads_no_submodule(tmp_path: Path) -> None:
    modules = modules_after("import tui_monitor.telemetry", tmp_path)
    assert {name for name in modules if name.startswith("tui_monitor")} == {"tui_monitor", "tui_monitor.telemetry"}


def test_recording_imports_neither_events_nor_prices(tmp_path: Path) -> None:
    modules = modules_after("from tui_monitor import execution\nwith execution('bash'): pass", tmp_path)
    assert modules.isdisjoint({"tui_monitor.events", "tui_monitor.pricing", "genai_prices", "asyncio", "sqlite3"})
