"""Only adapters know agents and their records: other rooms treat all agents alike, as plug-ins need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui_monitor
from tui_monitor.sources.discovery.registry import BUILT_IN

PACKAGE = Path(tui_monitor.__file__).parent
AGENTS = set(BUILT_IN) - {"otlp", "stream"}
ROOMS = ("events", "ledger", "merge", "store", "live", "pricing", "feed", "reports", "tui", "cli", "totals", "units")


def nodes_of(room: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield the syntax nodes of a room, each with the name of its file."""
    module = PACKAGE / f"{room}.py"
    for path in [module] if module.is_file() else sorted((PACKAGE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield node, path.name


def texts_of(room: str) -> list[tuple[str, str]]:
    """Return the string constants of a room, each with the name of its file."""
    nodes = nodes_of(room)
    return [
        (node.value, name) for node, name in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_room_names_no_agent(room: str) -> None:
    assert not [(text, name) for text, name in texts_of(room) if text.lower() in AGENTS]


def test_agents_are_named_in_sources() -> None:
    assert {text for text, _ in texts_of("sources")} >= AGENTS


@pytest.mark.parametrize("room", ROOMS)
def test_records_of_sources_stay_in_sources(room: str) -> None:
    imports = [(node, name) for node, name in nodes_of(room) if isinstance(node, ast.ImportFrom)]
    assert not [
        name
        for node, name in imports
        if (node.module or "").startswith("tui_monitor.sources") and "Record" in {alias.name for alias in node.names}
    ]
