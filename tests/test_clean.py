"""Text from outside is made harmless, whatever it is."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.clean import MAX_STRING, ControlSequenceStripper, clean_line, clean_text

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\x1b[]()\\\x07\x9b\x9c\x90;0123456789mHJK?\r\n\t\x00 "),
    )
)

SEQUENCES = [
    "\x1b[31m",
    "\x1b[2K",
    "\x1b[38;5;196m",
    "\x1b[?25l",
    "\x9b1;2H",
    "\x1b]0;a title\x07",
    "\x1b]8;;https://example.org\x1b\\",
    "\x9d0;title\x9c",
    "\x1bPq#0;2;0;0;0\x1b\\",
    "\x1b_private\x1b\\",
    "\x1b^message\x1b\\",
    "\x1bXstring\x1b\\",
    "\x90data\x9c",
    "\x1b(B",
    "\x1bc",
    "\x1b#8",
    "\x84",
    "\x07",
    "\x00",
    "\x7f",
]
"""Control sequences and control characters, in their 7-bit and 8-bit forms."""


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
        (" 10%\r 55%\r100%", "100%"),
        ("100%\r", "100%"),
        ("one\r\ntwo\rTWO", "one\nTWO"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("[/bold] stays", "[/bold] stays"),
        ("e\u0301 and 👩\u200d👩\u200d👧 stay", "e\u0301 and 👩\u200d👩\u200d👧 stay"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_examples(dirty: str, harmless: str) -> None:
    assert clean_text(dirty) == harmless


def test_clean_line_folds_all_white_space() -> None:
    assert clean_line("  git\n\tcommit   -m\x0bx ") == "git commit -m x"


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_control_sequences_are_stripped_and_nothing_else(sequence: str) -> None:
    assert ControlSequenceStripper().feed(f"a{sequence}b\n\tc") == "ab\n\tc"


@pytest.mark.parametrize("sequence", [sequence for sequence in SEQUENCES if len(sequence) > 1])
def test_clean_text_strips_the_same_sequences(sequence: str) -> None:
    assert clean_text(f"a{sequence}b") == "ab"


@pytest.mark.parametrize("cancel", ["\x18", "\x1a"])
def test_cancelled_string_ends_in_both_forms(cancel: str) -> None:
    assert clean_text(f"a\x1b]0;title{cancel}b") == ControlSequenceStripper().feed(f"a\x1b]0;title{cancel}b") == "ab"


@given(st.lists(st.sampled_from([*SEQUENCES, "berth 4", "ä→\n", "\r\n", "\x1b", "\x1b[", "\x1b]"])), st.data())
def test_stripping_does_not_depend_on_where_text_is_cut(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    whole, cut = ControlSequenceStripper(), ControlSequenceStripper()
    parts = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    stripped = "".join(map(cut.feed, parts)) + cut.finish()
    assert stripped == whole.feed(text) + whole.finish()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", stripped)


def test_bytes_may_be_cut_within_a_character() -> None:
    plain = ControlSequenceStripper()
    assert "".join(plain.feed(bytes([byte])) for byte in "ä\x1b[1m→".encode() + b"\x9b2m!\xff") == "ä→!�"


def test_unterminated_string_hides_no_more_than_the_limit() -> None:
    plain, half = ControlSequenceStripper(), "x" * (MAX_STRING // 2)
    assert plain.feed(f"\x1b]0;{half}") == ""
    assert plain.feed(half) == half
    assert plain.feed("the rest\n") == "the rest\n"


def test_consecutive_strings_have_a_limit_each() -> None:
    plain, most = ControlSequenceStripper(), "x" * (MAX_STRING // 2)
    assert [plain.feed(f"\x1b]0;{most}") for _ in range(4)] == [""] * 4


def test_carriage_return_begins_a_new_line() -> None:
    plain = ControlSequenceStripper()
    assert plain.feed("10 %\r") + plain.feed("20 %\r\nready\r") + plain.finish() == "10 %\n20 %\nready\n"
