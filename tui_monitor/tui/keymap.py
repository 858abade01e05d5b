"""Keys that the settings give to actions, in place of their usual ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from textual.binding import Binding
from textual.keys import _character_to_key

from tui_monitor.tui.keys import LOG_KEYS, MONITOR_KEYS, PANE_KEYS, SIDE_KEYS, key_name

EVERYWHERE = "monitor"
"""Owner of the bindings that are active beside those of any pane."""


class Keymap(NamedTuple):
    """The keys by binding id, as Textual takes them, and a line for each setting that is not applied."""

    keys: Mapping[str, str]
    problems: Sequence[str]


def keymap_of(settings: Mapping[str, str]) -> Keymap:
    """Return the keymap of settings such as ``{"next-failure": "ctrl+n"}``: keys, separated by spaces, by action."""
    bindings = list(all_bindings())
    keys: dict[str, str] = {}
    problems: list[str] = []
    for action, text in settings.items():
        chosen = [_key(word) for word in text.split()]
        named = [binding for binding in bindings if name_of(binding) == action]
        changed = [binding for binding in bindings if any(_stand_together(binding, each) for each in named)]
        if not named:
            problems.append(_unknown(action, bindings))
        elif not chosen:
            problems.append(f'keys: "{action}" has no key')
        elif conflict := _conflict(chosen, changed, bindings, keys):
            problems.append(f'keys: "{action}" is not changed: {conflict}')
        else:
            keys.update({str(binding.id): ",".join(chosen) for binding in changed})
    return Keymap(keys, problems)


def all_bindings() -> Iterator[Binding]:
    """Yield the bindings that can have other keys."""
    yield from (binding for binding in (*MONITOR_KEYS, *LOG_KEYS, *PANE_KEYS, *SIDE_KEYS) if binding.id)


def name_of(binding: Binding) -> str:
    """Return the name of an action in the settings."""
    return (binding.id or "").partition(".")[2]


def _owner(binding: Binding) -> str:
    return (binding.id or "").partition(".")[0]


def _key(word: str) -> str:
    """Return a key by Textual's name for it: ``question_mark`` for ``?``, ``ctrl+n`` for ``^n``."""
    if len(word) == 2 and word.startswith("^"):
        return f"ctrl+{word[1]}"
    return _character_to_key(word) if len(word) == 1 else word.lower()


def _stand_together(one: Binding, other: Binding) -> bool:
    """Return True for the same action, and for two of which one is active at a time, on the same key."""
    return one is other or (_owner(one) == _owner(other) and one.key == other.key)


def _conflict(
    chosen: Sequence[str], changed: Sequence[Binding], bindings: Iterable[Binding], keys: Mapping[str, str]
) -> str:
    """Return which other action has one of the chosen keys in the same place; empty if none has."""
    owners = {_owner(binding) for binding in changed}
    for other in bindings:
        meets = _owner(other) in owners or EVERYWHERE in (*owners, _owner(other))
        taken = set(keys.get(str(other.id), other.key).split(",")).intersection(chosen)
        if meets and taken and not any(_stand_together(other, binding) for binding in changed):
            return f'{key_name(min(taken))} is the key of "{name_of(other)}"'
    return ""


def _unknown(action: str, bindings: Iterable[Binding]) -> str:
    close = get_close_matches(action, map(name_of, bindings), 1)
    hint = f'; did you mean "{close[0]}"?' if close else "; see the list of keys in docs/keys.md"
    return f'keys: there is no action "{action}"{hint}'
