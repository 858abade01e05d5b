"""The volume of texts: each counts once, whole or cut."""

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.merge.text_volume import MAX_BODY, MAX_MESSAGES, SizedText, TextKind, TextVolume, is_cut, text_length
from tui_monitor.store.texts import truncate


@given(st.text(max_size=50), st.integers(1, 300), st.integers(70, 400))
def test_text_length_includes_characters_that_a_store_left_out(piece: str, times: int, limit: int) -> None:
    text = piece * times
    assert text_length(truncate(text, limit)) == min(len(text), MAX_BODY)
    assert is_cut(truncate(text, limit)) is (len(text) > limit)


def test_text_length_is_bounded() -> None:
    assert text_length("\n⋯ 999,999,999 characters left out ⋯\n") == MAX_BODY
    assert text_length("\n⋯ , characters left out ⋯\n") == 0
    assert text_length("x" * 2 * MAX_BODY) == MAX_BODY


def test_text_volume_is_bounded() -> None:
    volume = TextVolume()
    for at in range(MAX_MESSAGES + 10):
        volume.add(at, TextKind.WORDS, "x")
    assert len(volume.between(0, 2**62)) == MAX_MESSAGES
    assert len(volume.between(MAX_MESSAGES, 2**62)) == 10


def test_text_read_again_counts_once_and_has_its_kind() -> None:
    volume = TextVolume()
    for _ in range(2):
        volume.add(5, TextKind.PROMPT, "abc")
        volume.add(5, TextKind.THINKING, "abc")
    assert volume.between(5, 6) == [SizedText(5, TextKind.PROMPT, 3), SizedText(5, TextKind.THINKING, 3)]
    assert volume.between(6, 9) == volume.between(0, 5) == []
