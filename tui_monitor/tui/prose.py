"""An agent's words as one line: without the signs of Markdown, which are for whole texts."""

from __future__ import annotations

import re

from tui_monitor.tui.spans import one_line

MAX_LENGTH = 1024
"""Characters used of the words: no line shows more."""

_FENCE = re.compile(r"^[ >]*(?:`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_RULE = re.compile(r"^[ >]*(?:[-*_=] *){3,}$|^[ >]*(?:\| *)?(?::?-+:? *\| *)+(?::?-+:? *)?$", re.MULTILINE)
_HEADING = re.compile(r"^[ >]*#{1,6} +(.*\w) *#*$", re.MULTILINE)
_TABLE_ROW = re.compile(r"^[ >]*\|(.*)\|[ ]*$", re.MULTILINE)
_LINE_START = re.compile(r"^(?: *>)* {0,3}(?:#{1,6}(?= |$))? *", re.MULTILINE)
_BULLET = re.compile(r"^[*+](?= )", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_EMPHASIS = re.compile(r"(\*\*|~~|(?<![\w*])\*)(?=[^\s*])([^\n]{1,300}?)(?<=[^\s*])\1(?!\w)")


def spoken_line(text: str) -> str:
    """Return the beginning of an agent's words as one clean line: no fences, headings, rules, emphasis and links."""
    text = _RULE.sub("", _FENCE.sub("", text[:MAX_LENGTH]))
    text = _TABLE_ROW.sub(lambda row: row[1].replace("|", "·"), _HEADING.sub(r"\1:", text))
    text = _LINE_START.sub("", text)
    text = _LINK.sub(r"\1", _BULLET.sub("-", text))
    return one_line(_EMPHASIS.sub(r"\2", text)).strip()
