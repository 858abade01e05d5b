"""A setting is changed in the text of a configuration, of which all else stays."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.config.edit import with_setting

DAILY = ("budgets", "daily")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "[budgets]\ndaily = 10\n"),
        ("a = 1", "a = 1\n\n[budgets]\ndaily = 10\n"),
        ("[budgets]\nweekly = 3 # w\n", "[budgets]\nweekly = 3 # w\ndaily = 10\n"),
        ("[budgets]\ndaily = 3  # mine\n\n[x]\n", "[budgets]\ndaily = 10  # mine\n\n[x]\n"),
        ("[ budgets ]\n\n[x]\ndaily = 1\n", "[ budgets ]\ndaily = 10\n\n[x]\ndaily = 1\n"),
        ('[budgets]\n"daily" = 1\n', "[budgets]\ndaily = 10\n"),
    ],
)
def test_value_is_replaced_or_added_where_it_belongs(text: str, expected: str) -> None:
    assert with_setting(text, DAILY, 10.0) == expected


def test_name_of_a_folder_is_quoted() -> None:
    text = with_setting("", ("budgets", "projects", '/work/the "shop"', "daily"), 2.5)
    assert text == '[budgets.projects."/work/the \\"shop\\""]\ndaily = 2.5\n'
    assert with_setting(text, ("budgets", "projects", '/work/the "shop"', "daily"), 3).count("daily") == 1


@pytest.mark.parametrize(
    "text", ["budgets.daily = 3\n", "budgets = {daily = 3}\n", "[budgets", 'x = """\n[budgets]\n"""\n']
)
def test_what_only_a_person_can_change_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_setting(text, DAILY, 10.0)


@given(st.text("/ab \"\\'#]é", min_size=1), st.floats(0, 10**6).map(lambda value: round(value, 2)))
def test_any_folder_and_amount_is_read_back(folder: str, value: float) -> None:
    key = ("budgets", "projects", folder, "daily")
    text = with_setting(with_setting("# note\n[budgets]\n", key, 1), key, value)
    assert tomllib.loads(text) == {"budgets": {"projects": {folder: {"daily": value}}}}
    assert text.startswith("# note\n")
