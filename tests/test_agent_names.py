"""Only the adapters know agents: every other room treats all agents alike, so that a plug-in can add one."""

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


def texts_of(room: str) -> Iterator[tuple[str, str]]:
    """Yield the string constants of a room, each with the name of its file."""
    module = PACKAGE / f"{room}.py"
    for path in [module] if module.is_file() else sorted((PACKAGE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, path.name


@pytest.mark.parametrize("room", ROOMS)
def test_room_names_no_agent(room: str) -> None:
    assert not [(text, name) for text, name in texts_of(room) if text.lower() in AGENTS]


def test_agents_are_found_where_they_are_named() -> None:
    assert {text for text, _ in texts_of("sources")} >= AGENTS
