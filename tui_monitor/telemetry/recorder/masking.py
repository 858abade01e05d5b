"""Masking of keys, tokens and passwords in text.

They are recognised by the formats of their issuers, by the names of their fields and variables, and by the places where
they stand (`secrets`). A secret that looks like any other word, under another name, is not found.
"""

from __future__ import annotations

import re

from tui_monitor.telemetry.recorder.secrets.scanner import find_secrets, may_hold_secrets

__all__ = ["MASK", "mask_text", "may_hold_secrets"]

MASK = "***"
_LINE = re.compile(r"(\n[+\- ]?[ \t]*)[^\n]+")


def mask_text(text: str) -> str:
    """Return the text with `MASK` in place of each secret; of one with many lines, in each of them."""
    pieces, end = [], 0
    for start, stop in find_secrets(text):
        pieces += [text[end:start], _mask_lines(text[start:stop])]
        end = stop
    return "".join([*pieces, text[end:]]) if pieces else text


def _mask_lines(secret: str) -> str:
    first, feed, rest = secret.partition("\n")
    return (MASK if first.strip() else first) + _LINE.sub(rf"\1{MASK}", feed + rest)
