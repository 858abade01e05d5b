"""Markdown as lines for people: headings, lists, code with its colours, tables; everything else as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tui_monitor.tui.lines.document import StyleRange, TextSection, one_line
from tui_monitor.tui.lines.syntax import highlight_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_LENGTH = 64 * 1024
"""Characters of a text; longer ones stay as they are."""

_STYLES = {"strong": "strong", "em": "emphasis", "s": "faint", "link": "link"}
_BULLETS = ("•", "◦", "▪")
_CODE, _QUOTE, _RULE = "│ ", "▎ ", "─" * 24
_GAP = "  "


class Piece(NamedTuple):
    """A part of a line with its style; empty for the style of the line."""

    text: str
    style_name: str = ""


class Cell(NamedTuple):
    """A cell of a table, and its width on the screen."""

    pieces: tuple[Piece, ...]
    width: int


def markdown_section(text: str, width: int = 0) -> TextSection:
    """Return ``text`` as a section. A table wider than ``width`` cells (0: any) is written as one line per value."""
    if len(text) > MAX_LENGTH:
        return TextSection.of(text)
    writer = _Writer(width)
    try:
        writer.write_all(_parser().parse(text))
    except (ValueError, IndexError, RecursionError):  # of a library, on text from anywhere
        return TextSection.of(text)
    return writer.section()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # by the first text: a start does not need its sixty modules

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass
class _Writer:
    """Collects lines with their styles; ``_margins`` are the beginnings of all lines within lists and quotations, those
    of a list's item once its bullet is written."""

    width: int
    lines: list[str] = field(default_factory=list)
    spans: list[list[StyleRange]] = field(default_factory=list)
    _margins: list[Piece] = field(default_factory=list)
    _bullet: str = ""
    _counters: list[int | None] = field(default_factory=list)

    def section(self) -> TextSection:
        """Return the lines so far."""
        while self.lines and not self.lines[-1].strip():
            del self.lines[-1], self.spans[-1]
        return TextSection(self.lines, spans=self.spans)

    def write_all(self, tokens: Sequence[Token]) -> None:
        """Write the blocks of a document."""
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = next(at for at in range(index, len(tokens)) if tokens[at].type == "table_close")
                self._write_table(_rows_of(tokens[index:end]))
                index = end
            else:
                self._write(token, tokens[index - 1] if index else None)
            index += 1

    def _write(self, token: Token, before: Token | None) -> None:
        match token.type:
            case "inline":
                heading = before is not None and before.type == "heading_open"
                for pieces in _lines_of(token.children or (), "name" if heading else ""):
                    self._put(pieces)
            case "fence" | "code_block":
                self._write_code(token.content, token.info.split(maxsplit=1)[0] if token.info.strip() else "")
            case "hr":
                self._put((Piece(_RULE, "faint"),))
            case "html_block":
                for line in token.content.rstrip("\n").split("\n"):
                    self._put((Piece(one_line(line)),))
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start") if token.type == "ordered_list_open" else None
                self._counters.append(int(start or 1) if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                self._counters.pop()
            case "list_item_open":
                self._bullet = self._next_bullet()
                self._margins.append(Piece(" " * cell_len(self._bullet)))
            case "blockquote_open":
                self._margins.append(Piece(_QUOTE, "faint"))
            case "list_item_close":
                self._margins.pop()
                self._bullet = ""
            case "blockquote_close":
                self._margins.pop()
                self._end_quote()
            case _:
                pass
        if _ends_block(token) and not (self._counters and token.type == "paragraph_close" and token.hidden):
            self._put_blank()

    def _next_bullet(self) -> str:
        number = self._counters[-1]
        if number is None:
            return f"{_BULLETS[min(len(self._counters), len(_BULLETS)) - 1]} "
        self._counters[-1] = number + 1
        return f"{number}. "

    def _write_code(self, code: str, language: str) -> None:
        lines = [one_line(line) for line in code.rstrip("\n").split("\n")]
        for line, spans in zip(lines, highlight_lines(lines, language), strict=True):
            self._put((Piece(_CODE, "faint"), Piece(line, "" if language else "code")), spans, len(_CODE))

    def _write_table(self, rows: list[list[Cell]]) -> None:
        if not rows:
            return
        widths = [max(row[column].width for row in rows if column < len(row)) for column in range(len(rows[0]))]
        margin = sum(cell_len(piece.text) for piece in self._margins)
        if self.width and margin + sum(widths) + len(_GAP) * (len(widths) - 1) > self.width:
            self._write_records(rows)
        else:
            for number, row in enumerate(rows):
                self._put(tuple(_aligned(row, widths, "strong" if number == 0 else "")))
                if number == 0:
                    self._put((Piece(_GAP.join("─" * width for width in widths), "faint"),))
        self._put_blank()

    def _write_records(self, rows: list[list[Cell]]) -> None:
        head, *others = rows
        for row in others:
            for number, (name, value) in enumerate(zip(head, row, strict=False)):
                begin = Piece("• " if number == 0 else "  ")
                self._put((begin, *_styled(name.pieces, "strong"), Piece(": "), *value.pieces))

    def _put(self, pieces: Iterable[Piece], own: Sequence[StyleRange] = (), at: int = 0) -> None:
        """Add a line; ``own`` are styles of its text from the character ``at`` on."""
        *outer, last = self._margins or (Piece(""),)
        begin = Piece(self._bullet, "key") if self._bullet else last
        self._bullet = ""
        line, spans = "", list[StyleRange]()
        for text, style_name in (*outer, begin):
            line, spans = _added(line, spans, text, style_name)
        before = len(line) + at
        for text, style_name in pieces:
            line, spans = _added(line, spans, text, style_name)
        spans += (StyleRange(span.start + before, span.end + before, span.style_name) for span in own)
        self.lines.append(line)
        self.spans.append(spans)

    def _end_quote(self) -> None:
        """Let the blank line after a quotation be none of it."""
        if self.lines and self.lines[-1] == _QUOTE.strip():
            self.lines[-1], self.spans[-1] = "", []

    def _put_blank(self) -> None:
        if self.lines and self.lines[-1].strip(" ▎"):
            quotes = [margin for margin in self._margins if margin.style_name]
            self.lines.append("".join(margin.text for margin in quotes).rstrip())
            self.spans.append([StyleRange(0, len(self.lines[-1]), "faint")] if quotes else [])


def _added(line: str, spans: list[StyleRange], text: str, style_name: str) -> tuple[str, list[StyleRange]]:
    if style_name and text:
        spans.append(StyleRange(len(line), len(line) + len(text), style_name))
    return line + text, spans


def _ends_block(token: Token) -> bool:
    if token.type in ("bullet_list_close", "ordered_list_close"):
        return token.level == 0
    return token.type in ("paragraph_close", "heading_close", "fence", "code_block", "hr", "html_block")


def _lines_of(tokens: Sequence[Token], style_name: str) -> Iterator[tuple[Piece, ...]]:
    """Yield the lines of a paragraph, in which a line break of the text stays one."""
    line: list[Piece] = []
    styles = [style_name]
    address, linked = "", 0
    for token in tokens:
        if token.type == "link_open":
            address, linked = str(token.attrGet("href") or ""), len(line)
        if token.type in ("softbreak", "hardbreak"):
            yield tuple(line)
            line = []
        elif token.nesting == 1:
            styles.append(_STYLES.get(token.tag, _STYLES.get(token.type.removesuffix("_open"), styles[-1])))
        elif token.nesting == -1:
            styles.pop()
            if token.type == "link_close" and address and address != "".join(piece.text for piece in line[linked:]):
                line.append(Piece(one_line(f" ({address})"), "faint"))
        elif token.type == "code_inline":
            line.append(Piece(one_line(token.content), "code"))
        elif token.type == "image":
            line.append(Piece(one_line(f"[{token.content or token.attrGet('src')}]"), "link"))
        else:
            line.append(Piece(one_line(token.content), styles[-1]))
    yield tuple(line)


def _rows_of(tokens: Sequence[Token]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            pieces = tuple(piece for line in _lines_of(token.children or (), "") for piece in line)
            rows[-1].append(Cell(pieces, sum(cell_len(piece.text) for piece in pieces)))
    return rows


def _aligned(row: list[Cell], widths: list[int], style_name: str) -> Iterator[Piece]:
    for number, (cell, width) in enumerate(zip(row, widths, strict=False)):
        yield from _styled(cell.pieces, style_name)
        if number < len(row) - 1:
            yield Piece(" " * (width - cell.width) + _GAP)


def _styled(pieces: Iterable[Piece], style_name: str) -> Iterator[Piece]:
    return (Piece(piece.text, piece.style_name or style_name) for piece in pieces)
