"""What can be done by keys, an action each: help and the command palette are made of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.binding import ActiveBinding
from textual.dom import DOMNode

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "enter": "⏎",
    "escape": "Esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
}


@dataclass(slots=True)
class Action:
    """One thing that can be done: where, its name, what it does, and the keys that do it."""

    node: DOMNode
    action: str
    name: str
    what: str
    keys: list[str] = field(default_factory=list)


def actions_of(bindings: Mapping[str, ActiveBinding]) -> list[Action]:
    """The actions of ``bindings`` (by key) that say what they do, in their order."""
    actions: dict[tuple[DOMNode, str], Action] = {}
    for node, binding, enabled, tooltip in bindings.values():
        what = binding.tooltip or tooltip
        if enabled and what and not binding.system:
            action = Action(node, binding.action, binding.description, what)
            actions.setdefault((node, binding.action), action).keys.append(key_name(binding.key))
    return list(actions.values())


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard."""
    return _NAMES.get(key) or key.replace("ctrl+", "^")
