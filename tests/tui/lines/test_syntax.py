"""Code is coloured by its language, even a piece of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.lines import syntax
from tui_monitor.tui.lines.syntax import MAX_LENGTH, highlight_lines, language_of, load_language


def style_names(lines: list[str], language: str = "python") -> list[list[tuple[str, str]]]:
    rows = highlight_lines(lines, language)
    return [[(line[s.start : s.end], s.style_name) for s in row] for line, row in zip(lines, rows, strict=True)]


@pytest.mark.parametrize(
    ("path", "language"), [("a/quay.py", "python"), ("Makefile", "make"), ("x.unheard-of", ""), ("", "")]
)
def test_language_by_file_name(path: str, language: str) -> None:
    load_language(path)
    assert language_of(path) == language


def test_language_is_empty_until_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "_languages", {})
    assert language_of("quay.py") == ""


def test_number_of_cached_languages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    languages: dict[str, str] = {}
    monkeypatch.setattr(syntax, "_languages", languages)
    monkeypatch.setattr(syntax, "_MAX_LANGUAGES", 3)
    for number in range(10):
        load_language(f"{number}.txt")
    assert len(languages) <= 3


def test_code_has_its_colours() -> None:
    assert style_names(["def moor(ship):  # now"]) == [[("def", "keyword"), ("moor", "name"), ("# now", "comment")]]


def test_string_over_several_lines_is_coloured_on_each() -> None:
    rows = style_names(['x = """one', 'two"""'])
    assert [("".join(text for text, _ in row), {style_name for _, style_name in row}) for row in rows] == [
        ('"""one', {"string"}),
        ('two"""', {"string"}),
    ]


@pytest.mark.parametrize(
    ("language", "end"), [("python", '"""'), ("python", "'''"), ("c", " */"), ("go", "and this. */  ")]
)
def test_piece_that_begins_inside_a_docstring_or_comment(language: str, end: str) -> None:
    first, _, third = style_names(["end of it.", end, "return the_ship + the_quay"], language)
    assert first == [("end of it.", "comment")]
    assert third[0] == ("return", "keyword")


@pytest.mark.parametrize("line", ["/* all */", "x = '**/*.js';", "a /* b", "glob('a/*/b')"])
def test_other_code_is_not_the_end_of_a_comment(line: str) -> None:
    assert style_names(["return x;", line], "javascript")[0] == [("return", "keyword")]


def test_very_long_lines_have_no_colours_and_the_others_keep_theirs() -> None:
    rows = style_names(["return " * MAX_LENGTH, "return x"])
    assert rows == [[], [("return", "keyword")]]


def test_failing_lexer_leaves_the_text_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexError

    monkeypatch.setattr(syntax, "highlight", fail)
    assert style_names(["return x"]) == [[]]


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))), max_size=5))
def test_spans_stay_within_their_line(lines: list[str]) -> None:
    for line, row in zip(lines, highlight_lines(lines, "python"), strict=True):
        assert all(0 <= span.start <= span.end <= len(line) for span in row)
