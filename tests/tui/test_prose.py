"""An agent's words as one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.prose import spoken_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("All tests pass.", "All tests pass."),
        ("## Summary\n\nAll **green**.", "Summary: All green."),
        ("# Is it done?\nYes", "Is it done? Yes"),
        ("Run this:\n```bash\nmake test\n```\nthen commit.", "Run this: make test then commit."),
        ("~~~\ncode\n~~~", "code"),
        ("> quoted\n> text", "quoted text"),
        ("* one\n+ two\n- three\n1. four", "- one - two - three 1. four"),
        ("Before\n\n---\n\nafter", "Before after"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a · b 1 · 2"),
        ("See [the guide](docs/guide.md) and ![a plan](plan.png)", "See the guide and a plan"),
        ("*emphasis*, **strong**, ~~gone~~", "emphasis, strong, gone"),
        (
            "The `mix test` run, 2 * 3 * 4, snake_case_name, __init__.py",
            "The `mix test` run, 2 * 3 * 4, snake_case_name, __init__.py",
        ),
        ("#1 is fixed, C# too", "#1 is fixed, C# too"),
        ("**", "**"),
    ],
)
def test_words_lose_the_signs_of_markdown(text: str, line: str) -> None:
    assert spoken_line(text) == line


@given(st.text(alphabet="ab *_~`#>|-[]()!\n\x1b", max_size=200))
def test_any_words_become_one_clean_line(text: str) -> None:
    line = spoken_line(text)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "```" not in line or "```" in text.replace("\n", "")
