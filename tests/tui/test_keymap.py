"""Keys from the settings."""

from __future__ import annotations

import pytest

from tests.tui.keys_document import DOCUMENT, table
from tests.tui.log_app import LogApp
from tests.tui.log_bench import commands
from tui_monitor.tui.keymap import keymap_of


def test_keys_are_those_of_the_settings() -> None:
    taken = keymap_of({"filter": "^l ?", "find": "ctrl+g"})
    assert taken.problems == ['keys: "filter" is not changed: ? is the key of "keys"']
    assert taken.keys == {"monitor.find": "ctrl+g"}
    keymap = keymap_of({"filter": "^l \\", "only-changes": "X"})
    assert keymap.problems == []
    assert keymap.keys == {"monitor.filter": "ctrl+l,backslash", "log.only-changes": "X"}


def test_actions_that_share_a_key_keep_sharing_it() -> None:
    assert keymap_of({"pause": "f8"}).keys == {"log.pause": "f8", "log.follow": "f8"}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"filtre": "x"}, 'keys: there is no action "filtre"; did you mean "filter"?'),
        ({"zzz": "x"}, 'keys: there is no action "zzz"; see the list of keys in docs/keys.md'),
        ({"only-errors": "s"}, 'keys: "only-errors" is not changed: s is the key of "sessions"'),
        ({"only-errors": " "}, 'keys: "only-errors" has no key'),
        ({"filter": "f9", "find": "f9"}, 'keys: "find" is not changed: f9 is the key of "filter"'),
    ],
)
def test_what_cannot_be_is_said_in_a_line(settings: dict[str, str], problem: str) -> None:
    assert keymap_of(settings).problems == [problem]


def test_two_actions_can_exchange_their_keys_one_after_the_other() -> None:
    assert keymap_of({"only-changes": "ctrl+x", "only-errors": "x"}).problems == []


async def test_keymap_is_applied() -> None:
    app = LogApp(commands(9))
    async with app.run_test(size=(80, 12)) as pilot:
        app.set_keymap(keymap_of({"up": "ctrl+g"}).keys)
        await pilot.press("ctrl+g")
        assert not app.log_pane.following
        await pilot.press("space")
        await pilot.press("k")
        assert app.log_pane.following


def test_all_actions_are_documented() -> None:
    assert DOCUMENT.read_text(encoding="utf-8").endswith(table()), "run python -m tests.tui.keys_document"
