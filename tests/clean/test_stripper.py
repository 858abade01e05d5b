"""Control sequences are removed from a stream, wherever it is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clean.sequences import SEQUENCES
from tui_monitor.clean import ControlSequenceStripper, clean_text
from tui_monitor.clean.stripper import MAX_STRING


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_control_sequences_are_stripped_and_nothing_else(sequence: str) -> None:
    assert ControlSequenceStripper().feed(f"a{sequence}b\n\tc") == "ab\n\tc"


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
