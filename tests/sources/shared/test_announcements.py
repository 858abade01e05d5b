"""What the last sentence of a text says of what comes next."""

import pytest

from tui_monitor.sources.shared.announcements import announces, introduces, is_english


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The quay is long. Let me measure it.", True),
        ("Now the crane.", True),
        ("**Next** the crane is oiled.", True),
        ("I’ll oil it", True),
        ("The quay is measured.\nLet me know what you want.", False),
        ("I'll measure it.\n\nThe quay is measured.", False),
        ("You know it now.", False),
        ("", False),
    ],
)
def test_last_sentence_announces_what_comes(words: str, expected: bool) -> None:
    assert announces(words) is expected


def test_colon_introduces_and_english_is_known_by_its_small_words() -> None:
    assert [introduces(words) for words in ("Here it is: ", "数えます：", "a: b")] == [True, True, False]
    assert [is_english(words) for words in ("Measure the quay", "Ich messe den Kai")] == [True, False]
