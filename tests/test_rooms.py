"""Rooms bring only what they may: each is imported in an interpreter of its own, and all that came is looked at.

The import contracts in ``pyproject.toml`` read the same from the source, this sees also what libraries bring along.
"""

from __future__ import annotations

import subprocess
import sys
from pkgutil import iter_modules

import pytest

import tui_monitor

ROOMS = {
    "events": "",
    "regular_files": "",
    "process_identity": "",
    "clean": "",
    "config": "regular_files",
    "pages": "",
    "units": "events",
    "ledger": "events",
    "merge": "events",
    "totals": "events ledger",
    "figures": "events ledger totals",
    "search": "events merge",
    "telemetry": "events ledger clean config pages regular_files process_identity",
    "pricing": "events regular_files",
    "sources": "events regular_files process_identity",
    "store": "events ledger merge totals figures search regular_files",
    "live": "events ledger merge totals figures search units config regular_files",
    "feed": "events ledger merge totals figures search clean config pricing sources store regular_files"
    " process_identity",
    "reports": "events ledger merge totals figures search clean units config pages pricing sources store live feed"
    " telemetry regular_files process_identity",
    "forwarding": "events ledger merge totals figures search clean units config pages pricing sources store feed"
    " telemetry regular_files process_identity",
    "net": "regular_files",
    "integrations": "events ledger clean config pages telemetry regular_files process_identity",
    "record": "",
    "monitoring": "events ledger merge totals figures search clean config pages pricing sources store feed telemetry"
    " regular_files process_identity",
    "demo": "",
}
"""The rooms beside and under the screen, each with those that may come with it."""
WHOLE = {"__main__", "cli", "tui"}
"""These may bring anything."""

SCREEN = {"textual", "rich", "pygments"}
HEAVY = {*SCREEN, "pydantic", "genai_prices", "watchfiles", "cyclopts", "sqlite3", "orjson", "asyncio"}
MAY_BRING = {
    "telemetry": {"orjson"},
    "sources": {"orjson", "sqlite3"},
    "net": {"orjson"},
    "store": {"sqlite3"},
    "feed": {"orjson", "sqlite3"},
    "reports": {"orjson", "sqlite3", "rich"},
    "monitoring": {"orjson", "sqlite3"},
    "forwarding": {"orjson", "sqlite3"},
}
"""What is slow to import and may come all the same; the rest is imported when it is first needed, if ever."""

IMPORT_ROOM = """
import sys
from importlib import import_module
from pkgutil import walk_packages

room = import_module(sys.argv[1])
for found in walk_packages(getattr(room, "__path__", ()), room.__name__ + "."):
    if found.name not in (
        "tui_monitor.telemetry.service.monitoring_service",  # the only module there that uses the store
        "tui_monitor.forwarding.otlp",  # these need the libraries of extras
        "tui_monitor.forwarding.direct_session",
        "tui_monitor.forwarding.cloudwatch",
    ):
        import_module(found.name)
print(*sys.modules)
"""
PRINT_PARSERS = """
import sys
from tui_monitor.sources.discovery.registry import default_registry

default_registry()
for name, module in sys.modules.items():
    classes = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
    if name.startswith("tui_monitor.") and any({"parse", "state"} <= vars(value).keys() for value in classes):
        print(name)
"""
IMPORT_LIBRARY = "import sys, tui_monitor.telemetry; print(*sys.modules)"


def brought_by(code: str, *words: str) -> set[str]:
    """The modules that are there once ``code`` has run in an interpreter of its own."""
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


@pytest.mark.parametrize("room", sorted({module.name for module in iter_modules(tui_monitor.__path__)} - WHOLE))
def test_room_brings_only_the_rooms_below_it_and_no_slow_library(room: str) -> None:
    modules = brought_by(IMPORT_ROOM, f"tui_monitor.{room}")
    rooms = {name.split(".")[1] for name in modules if name.startswith("tui_monitor.")}
    assert rooms <= {room, *ROOMS[room].split()}
    assert modules & HEAVY <= MAY_BRING.get(room, set())


def test_the_recording_library_brings_nothing_until_something_is_recorded() -> None:
    modules = brought_by(IMPORT_LIBRARY)
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("tui_monitor.")} == {"tui_monitor.telemetry"}


def test_the_monitor_alone_starts_without_the_library_of_the_command_line() -> None:
    modules = brought_by("import sys, tui_monitor.cli.monitor, tui_monitor.tui.app; print(*sys.modules)")
    assert "textual" in modules
    assert not modules & {"cyclopts", "pydantic", "genai_prices", "watchfiles", "markdown_it"}


def test_formats_bring_a_parser_only_for_a_file_that_is_read() -> None:
    parsers = brought_by(PRINT_PARSERS)
    assert parsers == {"tui_monitor.sources.base"}, "which has the protocol alone"
