"""What a person may type: words, phrases, names; and whether a text has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.search.hits import FieldText, HitField, excerpt
from tui_monitor.search.query import SearchTerms, is_in_project, parse_query
from tui_monitor.search.tokens import MAX_TOKEN, tokens_in


def terms(text: str, *, is_typed: bool = False) -> SearchTerms:
    return parse_query(text, is_typed=is_typed).terms


def has(text: str, query: str, *, is_typed: bool = False) -> bool:
    return excerpt([FieldText(HitField.OUTPUT, text)], terms(query, is_typed=is_typed)) is not None


@pytest.mark.parametrize(
    ("text", "words", "project", "source"),
    [
        ("mix  Test", ("mix", "test"), "", ""),
        ('"No such  file" open', ("no such file", "open"), "", ""),
        ('"not closed', ("not closed",), "", ""),
        ("project:shop SOURCE:codex pay", ("pay",), "shop", "codex"),
        ('project:"my shop" pay', ("pay",), "my shop", ""),
        ("foo OR NEAR(bar*) ^-x", ("foo", "or", "near(bar*)", "^-x"), "", ""),
        ('""  " "', (), "", ""),
        ("", (), "", ""),
    ],
)
def test_query_has_words_phrases_and_names(text: str, words: tuple[str, ...], project: str, source: str) -> None:
    query = parse_query(text)
    assert (query.terms.words, query.project, query.source) == (words, project, source)


def test_last_word_is_open_only_while_it_is_typed() -> None:
    assert terms("run te", is_typed=True).prefix == "te"
    assert terms("run te", is_typed=True).tokens == {"run"}
    for query in (terms("run te"), terms("run te ", is_typed=True), terms('run "te"', is_typed=True)):
        assert (query.prefix, query.tokens) == ("", frozenset({"run", "te"}))


def test_open_word_of_several_tokens_is_open_in_its_last_one() -> None:
    query = terms("slice_builder.e", is_typed=True)
    assert (query.prefix, query.tokens) == ("e", frozenset({"slice", "builder"}))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Mix TEST", "mix test"),
        ("no such\n   file", '"No such file"'),
        ("lib/slice_builder.ex:44", "slice_builder.ex"),
        ("lib/slice_builder.ex:44", "builder"),
        ("(x) => y", "x => y"),
        ("Größe: 5 µm", "GRÖßE"),
        ("発言を検索する", "検索"),
        ("e" * 99, "e" * 99),
    ],
)
def test_text_with_the_words_is_found(text: str, query: str) -> None:
    assert has(text, query)
    assert terms(query).tokens <= set(tokens_in(text.lower()))


@pytest.mark.parametrize(
    ("text", "query"), [("contest", "test"), ("tests", "test"), ("such no", '"no such"'), ("", "a")]
)
def test_text_without_the_words_is_not_found(text: str, query: str) -> None:
    assert not has(text, query)


def test_begun_word_is_found_only_while_it_is_typed() -> None:
    assert has("tests", "test", is_typed=True)
    assert not has("contest", "test", is_typed=True)


def test_words_may_be_in_different_texts_and_the_line_is_of_the_one_with_most() -> None:
    texts = [FieldText(HitField.SUBJECT, "make lamps"), FieldText(HitField.OUTPUT, "one\n  lamps lit, red\nthree")]
    assert excerpt(texts, terms("red lit make")) == FieldText(HitField.OUTPUT, "lamps lit, red")
    assert excerpt(texts, terms("make")) == FieldText(HitField.SUBJECT, "make lamps")
    assert excerpt(texts, terms("make green")) is None


def test_line_is_cut_to_what_is_around_the_words() -> None:
    found = excerpt([FieldText(HitField.OUTPUT, f"{'a ' * 500}needle{' b' * 500}\nnext")], terms("needle"))
    assert found
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert "needle" in found.text[:60]
    assert len(found.text) < 300


@given(st.text(), st.booleans())
def test_no_query_is_invalid(text: str, is_typed: bool) -> None:
    query = parse_query(text, is_typed=is_typed)
    for token in [*query.terms.tokens, query.terms.prefix]:
        assert len(token) <= MAX_TOKEN
        assert all(letter.isalnum() for letter in token)


@given(st.text(min_size=1), st.integers(0, 50), st.integers(1, 30))
def test_any_part_of_a_text_that_begins_with_a_word_is_found_by_its_tokens(text: str, begin: int, length: int) -> None:
    lower = text.lower()
    words = lower.split()
    part = (words[begin % len(words)] if words else "").strip('"')[:length]
    query = SearchTerms((part,), is_open=True) if part else SearchTerms()
    if excerpt([FieldText(HitField.OUTPUT, text)], query):
        tokens = set(tokens_in(lower))
        assert query.tokens <= tokens
        assert not query.prefix or any(token.startswith(query.prefix) for token in tokens)


@pytest.mark.parametrize(
    ("folder", "project", "is_in"),
    [
        ("/home/ada/shop", "shop", True),
        ("/home/ada/shop/web", "shop", False),
        ("/home/ada/shop/web", "/home/ada/shop", True),
        ("C:\\work\\shop", "shop", True),
        ("", "shop", False),
    ],
)
def test_project_is_a_name_or_a_folder(folder: str, project: str, is_in: bool) -> None:
    assert is_in_project(folder, project) is is_in
