"""Code is coloured by its language, also when one sees only a piece of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.lines import syntax
from tui_monitor.tui.lines.syntax import MAX_LENGTH, highlight_lines, language_of, load_language


def looks(lines: list[str], language: str = "python") -> list[list[tuple[str, str]]]:
    rows = highlight_lines(lines, language)
    return [[(line[s.start : s.end], s.style_name) for s in row] for line, row in zip(lines, rows, strict=True)]


@pytest.mark.parametrize(
    ("path", "language"), [("a/quay.py", "python"), ("Makefile", "make"), ("x.unheard-of", ""), ("", "")]
)
def test_language_is_known_by_the_name_of_the_file(path: str, language: str) -> None:
    load_language(path)
    assert language_of(path) == language


def test_language_that_was_not_learned_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "_languages", {})
    assert language_of("quay.py") == ""


def test_languages_of_endless_names_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, str] = {}
    monkeypatch.setattr(syntax, "_languages", known)
    monkeypatch.setattr(syntax, "_MAX_LANGUAGES", 3)
    for number in range(10):
        load_language(f"{number}.txt")
    assert len(known) <= 3


def test_code_has_its_colours() -> None:
    assert looks(["def moor(ship):  # now"]) == [[("def", "keyword"), ("moor", "name"), ("# now", "comment")]]


def test_string_over_several_lines_is_one_on_each() -> None:
    rows = looks(['x = """one', 'two"""'])
    assert [("".join(text for text, _ in row), {style_name for _, style_name in row}) for row in rows] == [
        ('"""one', {"string"}),
        ('two"""', {"string"}),
    ]


@pytest.mark.parametrize(
    ("language", "end"), [("python", '"""'), ("python", "'''"), ("c", " */"), ("go", "and this. */  ")]
)
def test_piece_that_begins_inside_a_docstring_or_comment_is_seen_as_such(language: str, end: str) -> None:
    first, _, third = looks(["end of it.", end, "return the_ship + the_quay"], language)
    assert first == [("end of it.", "comment")]
    assert third[0] == ("return", "keyword")


@pytest.mark.parametrize("line", ["/* all */", "x = '**/*.js';", "a /* b", "glob('a/*/b')"])
def test_other_code_is_not_taken_for_the_end_of_a_comment(line: str) -> None:
    assert looks(["return x;", line], "javascript")[0] == [("return", "keyword")]


def test_very_long_lines_have_no_colours_and_the_others_keep_theirs() -> None:
    rows = looks(["return " * MAX_LENGTH, "return x"])
    assert rows == [[], [("return", "keyword")]]


def test_stumbling_lexer_leaves_the_text_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise IndexError

    monkeypatch.setattr(syntax, "highlight", stumble)
    assert looks(["return x"]) == [[]]


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))), max_size=5))
def test_spans_stay_within_their_line(lines: list[str]) -> None:
    for line, row in zip(lines, highlight_lines(lines, "python"), strict=True):
        assert all(0 <= span.start <= span.end <= len(line) for span in row)
