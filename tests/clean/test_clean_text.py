"""Text from outside is made harmless, whatever it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clean.sequences import SEQUENCES
from tui_monitor.clean import clean_line, clean_text, final_states

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\x1b[]()\\\x07\x9b\x9c\x90;0123456789mHJK?\r\n\t\x00 "),
    )
)


@given(HOSTILE)
def test_no_control_character_is_left(text: str) -> None:
    for character in clean_text(text).replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )


@given(HOSTILE)
def test_cleaning_is_idempotent(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(HOSTILE)
def test_clean_line_has_no_line_break(text: str) -> None:
    assert "\n" not in clean_line(text)
    assert "  " not in clean_line(text)


@pytest.mark.parametrize(
    ("dirty", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;YWJj\nnext line", "\nnext line"),
        ("\x1bPq#0;2;0\x1b\\sixel", "sixel"),
        ("\x9b2Jcleared", "cleared"),
        ("unfinished \x1b[", "unfinished "),
        ("a\x00b", "a␀b"),
        ("a\tb", "a   b"),
        ("rm -r /\rls", "rm -r /␍ls"),
        ("100%\r", "100%"),
        ("one\r\ntwo\r\r\nthree", "one\ntwo\nthree"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("[/bold] stays", "[/bold] stays"),
        ("e\u0301 and 👩\u200d👩\u200d👧 stay", "e\u0301 and 👩👩👧 stay"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_examples(dirty: str, harmless: str) -> None:
    assert clean_text(dirty) == harmless


@pytest.mark.parametrize(
    ("output", "final"),
    [
        (" 10%\r 55%\r100%", "100%"),
        ("100%\r", "100%"),
        ("one\r\ntwo\rTWO\r\nthree", "one\nTWO\nthree"),
        ("\r\r", ""),
    ],
)
def test_final_states_of_overwritten_lines_remain(output: str, final: str) -> None:
    assert final_states(output) == final


def test_clean_line_folds_all_white_space() -> None:
    assert clean_line("  git\n\tcommit   -m\x0bx ") == "git commit -m x"


@pytest.mark.parametrize("sequence", [sequence for sequence in SEQUENCES if len(sequence) > 1])
def test_clean_text_strips_the_same_sequences(sequence: str) -> None:
    assert clean_text(f"a{sequence}b") == "ab"
