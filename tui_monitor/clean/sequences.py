"""The grammar of control sequences, ECMA-48, in its 7-bit (ESC) and 8-bit (C1) forms, as regular expressions.

A control string (OSC, DCS, SOS, PM, APC) ends at BEL or ST, and is cancelled by CAN, SUB or the next control sequence.
"""

from __future__ import annotations

CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*"
STRING = r"(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])"
ESCAPE = r"\x1b[ -/]*"
INSIDE_STRING = r"[^\x07\x18\x1a\x1b\x80-\x9f]"
INSIDE_STRING_LINE = r"[^\n\x07\x18\x1a\x1b\x80-\x9f]"

_STRING_END = r"(?:\x07|\x18|\x1a|\x1b\\|\x9c)"


def sequence(inside_string: str) -> str:
    """Return the expression of a whole sequence, or of the beginning of one that is never finished."""
    return rf"{CSI}[@-~]?|{STRING}{inside_string}*{_STRING_END}?|{ESCAPE}[0-~]?"
