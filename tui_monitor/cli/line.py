"""``watch --line``: the live sessions in one line, for the status line of a terminal multiplexer or a prompt.

It imports little: what is expensive happens only when something has changed since the last answer.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.line_cache import environment_key, load, load_published, scope_key
from tui_monitor.cli.output import write_line

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_monitor.cli.line_cache import Answer, Item

DEFAULT_WIDTH = 80
LEAST_WIDTH = 10


def plain_words(words: Sequence[str]) -> int | None:
    """Return the width if the words are ``--line`` with nothing but a width; None where they need the command line."""
    rest = [word for word in words[1 if words[:1] == ["watch"] else 0 :] if word != "--line"]
    if "--line" not in words:
        return None
    if not rest:
        return DEFAULT_WIDTH
    name, _, value = "=".join(rest).partition("=")
    return int(value) if name == "--width" and value.isdecimal() and len(value) < 6 else None


def print_line(width: int = DEFAULT_WIDTH) -> int:
    """Print the live sessions in at most ``width`` cells, those that need a person first; nothing if there is none.

    Raises:
        CommandError: the width is too small.
    """
    if width < LEAST_WIDTH:
        raise CommandError(f"invalid width {width}: give at least {LEAST_WIDTH}.")
    answer = load_published(scope_key(os.environ)) or _own_answer()
    now = time.time_ns() // 1_000_000
    is_ascii = answer["ascii"] or "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    text = line_of(answer["items"], now, width, is_ascii=is_ascii)
    if text:
        write_line(text)
    return OK


def _own_answer() -> Answer:
    """Return the last answer if it still holds, else a new one."""
    key = environment_key(os.environ, os.getcwd())  # noqa: PTH109
    answer = load(key, time.time_ns() // 1_000_000)
    if answer is None:
        gc.disable()  # the process ends with the answer, before there is garbage to speak of
        try:
            from tui_monitor.cli.line_answer import compute

            return compute(key)
        finally:
            gc.enable()
    return answer


def line_of(items: Sequence[Item], now: int, width: int, *, is_ascii: bool = False) -> str:
    """Return sessions as ``? cli waits 3m40 · ▶ api 36% $0.80``; those for which there is no room are counted."""
    between = " | " if is_ascii else " · "
    texts = [_text(item, now, is_ascii=is_ascii) for item in items]
    for count in range(len(texts), 0, -1):
        more = [f"+{len(texts) - count}"] if count < len(texts) else []
        line = between.join((*texts[:count], *more))
        if _width(line) <= width:
            return line
    return _cut(texts[0], width, is_ascii=is_ascii) if texts else ""


def age(since: int, now: int) -> str:
    """Return how long ago a time is: ``45s``, ``3m40``, ``2h05``, ``3d``; empty if it is unknown."""
    if not since:
        return ""
    seconds = max(0, now - since) // 1000
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3_600:
        return f"{seconds // 60}m{seconds % 60:02}"
    return f"{seconds // 3_600}h{seconds % 3_600 // 60:02}" if seconds < 86_400 else f"{seconds // 86_400}d"


def _text(item: Item, now: int, *, is_ascii: bool) -> str:
    glyph = item["plain_glyph"] if is_ascii else item["glyph"]
    name = item["name"].encode("ascii", "replace").decode() if is_ascii else item["name"]
    needs = (item["word"], age(item["since"], now)) if item["word"] else ()
    facts = item["facts"].replace("≥", ">=") if is_ascii else item["facts"]
    return " ".join(filter(None, (glyph, name, *needs, facts)))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(character) else 1 + (east_asian_width(character) in "WF") for character in text)


def _cut(text: str, width: int, *, is_ascii: bool) -> str:
    if _width(text) <= width:
        return text
    end = "~" if is_ascii else "…"
    while text and _width(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + end
