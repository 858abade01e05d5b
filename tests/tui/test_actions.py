"""Every action has a key, a place in help and in the palette, and a purpose."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tui_monitor.tui
from tests.tui.harbour_totals import working_afternoon
from tests.tui.monitor_bench import monitor_of
from tui_monitor.tui.keys import Action, actions_of
from tui_monitor.tui.purposes import HERE, PROGRAM, by_purpose, purpose_of
from tui_monitor.tui.screens.help import help_lines

WITHOUT_HELP = {"sessions.filtered-down", "sessions.filtered-up"}
"""Keys that act as in the list, while the filter above it is written."""


def subclasses(parent: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def own_bindings() -> Iterator[tuple[str, Binding]]:
    """Yield the bindings of all widgets, screens and the app, with the names of their classes."""
    for module in pkgutil.walk_packages(tui_monitor.tui.__path__, "tui_monitor.tui."):
        importlib.import_module(module.name)
    for node in set(subclasses(DOMNode)):
        if node.__module__.startswith("tui_monitor."):
            yield from ((node.__name__, binding) for binding in node.__dict__.get("BINDINGS", ()))


def test_every_binding_is_explained_and_has_a_purpose() -> None:
    bindings = [(name, binding) for name, binding in own_bindings() if not binding.system]
    assert len(bindings) > 80
    unexplained = [
        (name, each.key) for name, each in bindings if not each.tooltip and each.id not in WITHOUT_HELP and each.id
    ]
    assert unexplained == []
    assert [(name, each.action) for name, each in bindings if purpose_of(each.action) == HERE] == []


@pytest.mark.parametrize("keys", [(), ("enter",), ("1",), ("f",), ("t",), ("slash",), ("ctrl+f",)])
async def test_every_active_action_is_in_help_and_palette(keys: tuple[str, ...]) -> None:
    async with monitor_of(working_afternoon(), (160, 45)) as at:
        await at.press(*keys)
        actions = actions_of(at.screen.active_bindings)
        explained = " ".join(" ".join("".join(span.text for span in line).split()) for line in help_lines(actions, 90))
        titles = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert len(actions) > 8
        for action in actions:
            assert all(word in explained for word in action.description.split())
            assert f"{action.name}  ({' '.join(action.keys)})" in titles


def test_purposes_of_the_focused_pane_come_first_and_those_of_the_program_last() -> None:
    node = DOMNode()
    actions = [Action(node, name, name, name, ["x"]) for name in ("app.quit", "seek('hit', 1)", "move(1)", "move(-1)")]
    assert list(by_purpose(actions)) == ["Jump", "Move", PROGRAM]
