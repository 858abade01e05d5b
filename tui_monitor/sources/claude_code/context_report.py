"""The output of ``/context``: what fills the window, as the program itself counts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import ContextPart
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.tools import tool_name

MAX_ITEMS = 200

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_CATEGORIES = {
    "system prompt": "system prompt",
    "system tools": "tools",
    "mcp tools": "MCP servers",
    "custom agents": "agents",
    "memory files": "memory",
    "skills": "skills",
}
_LISTED = re.compile(r"^.{0,40}?\b([A-Z][A-Za-z ]{2,30}): ([\d.,]+)([kKmM]?) tokens", re.MULTILINE)
_ROW = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
_HEADING = re.compile(r"^#+ *(.+)$", re.MULTILINE)
_TOKENS = re.compile(r"~?([\d.,]+)([kKmM]?)(?: tokens)?")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}


def reported_parts(line: ClaudeLine, output: str) -> Iterator[ContextPart]:
    """Yield the parts in the output of ``/context``: its categories, and the servers, skills and files in them."""
    if "Context Usage" not in output:
        return
    plain = _ESCAPES.sub("", output)
    for match in _LISTED.finditer(plain):
        if name := _CATEGORIES.get(match[1].strip().lower()):
            yield ContextPart(**line.fields, name=name, chars=0, tokens=_count(match[2], match[3]))
    sizes = dict[tuple[str, str], int]()
    for group, name, tokens in _table_rows(plain):
        sizes[group, name] = sizes.get((group, name), 0) + tokens
    for (group, name), tokens in list(sizes.items())[:MAX_ITEMS]:
        yield ContextPart(**line.fields, name=name, chars=0, tokens=tokens, group=group)


def _table_rows(output: str) -> Iterator[tuple[str, str, int]]:
    """Yield group, name and tokens of each row of the tables in ``output``; a category has no group."""
    sections = _HEADING.split(output)
    for heading, body in zip(sections[1::2], sections[2::2], strict=True):
        group = _CATEGORIES.get(heading.strip().lower(), "")
        for match in _ROW.finditer(body):
            cells = [cell.strip() for cell in match[1].split("|")]
            size = [count for cell in cells[1:] if (count := _TOKENS.fullmatch(cell))]
            name = _name(group, cells)
            if size and name:
                yield group, name, _count(size[-1][1], size[-1][2])


def _name(group: str, cells: list[str]) -> str:
    if not group:
        return _CATEGORIES.get(cells[0].lower(), "")
    if group == "MCP servers":
        server, separator, _ = tool_name(cells[0]).partition("·")
        return server if separator else cells[1]
    return cells[1] if group == "memory" and len(cells) > 2 else cells[0]


def _count(digits: str, unit: str) -> int:
    try:
        return round(float(digits.replace(",", "")[:15]) * _UNITS[unit.lower()])
    except ValueError:
        return 0
