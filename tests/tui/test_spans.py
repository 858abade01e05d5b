"""Text is measured, cut and padded in terminal cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_monitor.tui.spans import (
    TextSpan,
    Tone,
    cut_end,
    cut_start,
    first_fit,
    flush_right,
    one_line,
    to_width,
    width_of,
)

TEXTS = st.text(max_size=60).map(one_line)
WIDE_TEXTS = st.text("港a é́𝒳字…", max_size=60).map(one_line)
WIDTHS = st.integers(0, 40)


@given(st.one_of(TEXTS, WIDE_TEXTS), WIDTHS)
def test_cut_text_has_the_requested_width(text: str, width: int) -> None:
    for cut in (cut_end, cut_start):
        assert cell_len(cut(text, width)) == min(cell_len(text), width)


@given(st.lists(st.one_of(TEXTS, WIDE_TEXTS), max_size=6), WIDTHS)
def test_spans_are_fitted_exactly(texts: list[str], width: int) -> None:
    spans = tuple(TextSpan(text) for text in texts)
    assert width_of(to_width(spans, width)) == width
    assert width_of(flush_right(spans, width)) == width


@given(st.text())
def test_width_of_spans_is_the_sum_of_their_widths(text: str) -> None:
    line = one_line(text)
    assert cell_len(line) == sum(cell_len(character) for character in line)


def test_cut_side_is_marked() -> None:
    assert cut_end("harbour", 4) == "har…"
    assert cut_start("harbour", 4) == "…our"


def test_half_a_wide_character_becomes_a_space() -> None:
    assert cut_end("a港口", 3) == "a …"
    assert cut_start("港口a", 3) == "… a"


def test_cut_spans_keep_their_tone() -> None:
    fitted = to_width([TextSpan("new ", Tone.DIM), TextSpan("+120", Tone.ADDED), TextSpan(" −3", Tone.REMOVED)], 7)
    assert fitted == (TextSpan("new ", Tone.DIM), TextSpan("+1…", Tone.ADDED))


def test_first_form_that_fits() -> None:
    forms = [(TextSpan("18m56s"),), (TextSpan("19m"),)]
    assert first_fit(forms, 6) == (TextSpan("18m56s"),)
    assert first_fit(forms, 5) == (TextSpan("19m"),)
    assert first_fit(forms, 2) == (TextSpan("1…"),)
    assert first_fit([], 5) == ()


def test_text_from_outside_becomes_one_clean_line() -> None:
    assert one_line("a\x1b[31m\nb\t c\r\n") == "a b c"
    assert one_line("👩\u200d🚀 ☀\ufe0f") == "👩🚀 ☀"
