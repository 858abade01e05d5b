"""JSON text as lines for people: indented and coloured; a string of several lines becomes these lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias

from tui_monitor.tui.lines.document import StyleRange, TextSection, one_line

MAX_LENGTH = 1024 * 1024
"""Characters of a text; longer ones stay as they are."""

_INDENT = "  "


class _Number(str):
    """A number in its original notation."""


Json: TypeAlias = "dict[str, Json] | list[Json] | str | bool | None"
JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
StyledText: TypeAlias = tuple[str, str]
"""A text and the name of its style (empty for none)."""


def json_object(text: str) -> dict[str, JsonValue]:
    """Return the object in ``text``; empty if it is something else."""
    if len(text) > MAX_LENGTH or not text.lstrip().startswith("{"):
        return {}
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def json_section(text: str) -> TextSection | None:
    """Return the object or array in ``text`` as a section; None if it is something else."""
    if len(text) > MAX_LENGTH or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        writer = _Writer()
        writer.write(json.loads(text, parse_int=_Number, parse_float=_Number))
    except (ValueError, RecursionError):
        return None
    return TextSection(writer.lines, spans=writer.spans)


class _Writer:
    """Collects lines and their spans."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spans: list[list[StyleRange]] = []

    def write(self, value: Json, indent: str = "", before: tuple[StyledText, ...] = (), after: str = "") -> None:
        """Write a value, with the text ``before`` it (its key) and ``after`` it (a comma)."""
        match value:
            case dict() if value:
                members = (((_quoted(key, "key"), (": ", "")), member) for key, member in value.items())
                self._write_all(members, len(value), indent, before, "{", "}" + after)
            case list() if value:
                self._write_all((((), item) for item in value), len(value), indent, before, "[", "]" + after)
            case str() if "\n" in value.removesuffix("\n"):
                self._write_block(value, indent, before)
            case _:
                self._put(indent, *before, _scalar(value), (after, ""))

    def _write_all(
        self,
        members: Iterable[tuple[tuple[StyledText, ...], Json]],
        count: int,
        indent: str,
        before: tuple[StyledText, ...],
        opening: str,
        closing: str,
    ) -> None:
        self._put(indent, *before, (opening, ""))
        for number, (key, member) in enumerate(members, 1):
            self.write(member, indent + _INDENT, key, "," if number < count else "")
        self._put(indent, (closing, ""))

    def _write_block(self, text: str, indent: str, before: tuple[StyledText, ...]) -> None:
        if before:
            self._put(indent, *before)
            indent += _INDENT
        for line in text.removesuffix("\n").split("\n"):
            self._put(indent, ("│ ", "faint"), (one_line(line), "string"))

    def _put(self, indent: str, *pieces: StyledText) -> None:
        line, spans = indent, []
        for text, style_name in pieces:
            if style_name:
                spans.append(StyleRange(len(line), len(line) + len(text), style_name))
            line += text
        self.lines.append(line)
        self.spans.append(spans)


def _scalar(value: Json) -> StyledText:
    match value:
        case _Number():
            return str(value), "constant"
        case str():
            return _quoted(value, "string")
    return json.dumps(value), "constant"


def _quoted(text: str, style_name: str) -> StyledText:
    return one_line(json.dumps(text, ensure_ascii=False)), style_name
