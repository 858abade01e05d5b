"""The one door through which text from outside reaches a terminal, a table or a page.

What agents, tools and files write is hostile: escape sequences, control characters, text that runs backwards.
After `clean_text` or `clean_line` a string holds only characters that a terminal draws. It is plain text, never markup.
"""

from __future__ import annotations

import re

TAB_WIDTH = 4

_ESCAPE_SEQUENCE = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?                       # CSI: colours, cursor moves
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])                 # OSC, DCS, SOS, PM, APC: a string …
      [^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?                 # … up to its terminator, or the end of the line
    | \x1b[ -/]*[0-~]?                                        # every other escape
    """,
    re.VERBOSE,
)
_LINE_BREAKS = re.compile(r"\r\n|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys((0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys((*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))),
}


def clean_text(text: str) -> str:
    """Several lines, separated by ``\\n`` alone: sequences gone, tabs as spaces, control characters made visible.

    Of a line that was overwritten by carriage returns (a progress bar) the last state remains.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = _LINE_BREAKS.split(_ESCAPE_SEQUENCE.sub("", text))
    return "\n".join(_overwritten(line).expandtabs(TAB_WIDTH).translate(_UNSEEN) for line in lines)


def clean_line(text: str) -> str:
    """One line: as `clean_text`, with every run of white space as a single space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(clean_text(text).split())


def _overwritten(line: str) -> str:
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if part), "")
