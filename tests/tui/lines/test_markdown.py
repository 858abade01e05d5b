"""Markdown as lines: each kind of block, and text that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tui_monitor.tui.lines.document import SectionDocument, one_line
from tui_monitor.tui.lines.markdown import MAX_LENGTH, markdown_section

TABLE = "| File | Lines |\n|---|--:|\n| quay.py | 12 |\n| a.py | 3 |"


def lines(text: str, width: int = 0) -> list[str]:
    return list(markdown_section(text, width).lines)


def styled(text: str) -> list[tuple[str, str]]:
    section = markdown_section(text)
    return [
        (line[span.start : span.end], span.style_name)
        for line, spans in zip(section.lines, section.spans, strict=True)
        for span in spans
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Harbour\ntext", ["Harbour", "", "text"]),
        ("one\ntwo", ["one", "two"]),
        ("one\n\n\ntwo", ["one", "", "two"]),
        ("- a\n- b\n  - c\n\nend", ["• a", "• b", "  ◦ c", "", "end"]),
        ("3. a\n4. b\n   more", ["3. a", "4. b", "   more"]),
        ("- a\n\n  second\n- b", ["• a", "", "  second", "", "• b"]),
        ("> said\n> so\n\nend", ["▎ said", "▎ so", "", "end"]),
        ("```python\nx = 1\n\ny\n```\nend", ["│ x = 1", "│", "│ y", "", "end"]),
        ("- a\n  ```\n  x\n  ```", ["• a", "  │ x"]),
        ("a\n\n---\n\nb", ["a", "", "─" * 24, "", "b"]),
        ("see [the log](http://x/y) ![a ship](s.png)", ["see the log (http://x/y) [a ship]"]),
        ("<http://x/y>", ["http://x/y"]),
        ("<b>no tag</b>", ["<b>no tag</b>"]),
        (TABLE, ["File     Lines", "───────  ─────", "quay.py  12", "a.py     3"]),
        ("plain", ["plain"]),
        ("", []),
    ],
)
def test_block_becomes_lines(text: str, expected: list[str]) -> None:
    assert [line.rstrip() for line in lines(text)] == expected


def test_parts_of_a_line_have_their_styles() -> None:
    assert styled("**a** *b* `c` [d](u)") == [
        ("a", "strong"),
        ("b", "emphasis"),
        ("c", "code"),
        ("d", "link"),
        (" (u)", "faint"),
    ]
    assert styled("# Title") == [("Title", "name")]
    assert ("def", "keyword") in styled("```python\ndef f(): ...\n```")
    assert ("x", "code") in styled("```\nx\n```")


def test_table_that_is_too_wide_is_written_value_by_value() -> None:
    assert lines(TABLE, 14) == ["File     Lines", "───────  ─────", "quay.py  12", "a.py     3"]
    assert lines(TABLE, 13) == ["• File: quay.py", "  Lines: 12", "• File: a.py", "  Lines: 3"]


def test_very_long_text_stays_as_it_is() -> None:
    text = "# a\n" * (MAX_LENGTH // 4 + 1)
    assert lines(text)[0] == "# a"


@given(st.text(alphabet=st.sampled_from("#*_`->[]()|~!<&\\\n\t 1.ab é世\x1b\u200d"), max_size=200))
@UNHURRIED
def test_any_text_becomes_clean_lines_with_styles_inside(text: str) -> None:
    section = markdown_section(text, 20)
    document = SectionDocument([section])
    assert len(section.lines) == len(section.spans)
    for row, line in enumerate(section.lines):
        assert one_line(line) == line
        assert document.texts(row) == (line,)
        assert all(0 <= span.start < span.end <= len(line) for span in section.spans[row])
