"""``statusline``: the line below an agent's prompt, from what the agent hands it, which is kept for the monitor."""

from __future__ import annotations

import os
import sys
import time

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.line import line_of
from tui_monitor.cli.line_cache import load_published, scope_key
from tui_monitor.cli.output import write_error, write_line
from tui_monitor.cli.payloads import default_folder, keep_payload, read_payload

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OTHERS_WIDTH = 60
"""Cells for the other sessions that need a person."""
MAX_NUMBER = 1e15
"""A larger one is no cost, count or time."""
_WINDOWS = {"five_hour": "5h", "seven_day": "week"}


def statusline(*, into: str = "") -> int:
    """Print a status line for Claude Code, and record what it says.

    It shows model, context, cost, plan windows, and who else waits for you. Claude Code hands all that over on
    standard input; it is kept for the monitor, whose cost and context are exact then. tui-monitor setup registers it.

    Args:
        into: Folder of the agent's payloads; the one in the data folder by default.
    """
    try:
        payload = read_payload()
    except ValueError as error:
        raise CommandError(f"{error}: give it what the agent hands to its status line.") from None
    is_ascii = "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    write_line((" | " if is_ascii else " · ").join((*_items(payload), *_others(is_ascii=is_ascii))))
    try:
        keep_payload(payload, into or default_folder())
    except (OSError, ValueError) as error:
        write_error(f"not recorded: {error}.")
    return OK


def _items(payload: Mapping[str, object]) -> Iterator[str]:
    if model := _text(_table(payload, "model").get("display_name")):
        yield model
    context = _table(payload, "context_window")
    if (used := _number(context.get("used_percentage"))) is not None:
        size = _number(context.get("context_window_size"))
        yield f"context {used:.0f}%" + (f" of {_tokens(size)}" if size else "")
    if (cost := _number(_table(payload, "cost").get("total_cost_usd"))) is not None:
        yield f"${cost:.2f}"
    limits = _table(payload, "rate_limits")
    for name, label in _WINDOWS.items():
        window = _table(limits, name)
        if (used := _number(window.get("used_percentage"))) is not None:
            yield f"{label} {used:.0f}%{_reset(_number(window.get('resets_at')))}"


def _reset(at: float | None) -> str:
    """Return in how long a window is reset (epoch seconds): `` (2h10m)``; empty if that is unknown or past."""
    minutes = int((at or 0) - time.time()) // 60
    if minutes <= 0:
        return ""
    days, hours = minutes // 1440, minutes // 60 % 24
    return f" ({days}d{hours}h)" if days else f" ({hours}h{minutes % 60:02}m)"


def _others(*, is_ascii: bool) -> Iterator[str]:
    """Yield the sessions that need a person, if a monitor runs."""
    published = load_published(scope_key(os.environ))
    waiting = [item for item in published["items"] if item["word"]] if published else []
    if waiting:
        yield line_of(waiting, time.time_ns() // 1_000_000, OTHERS_WIDTH, is_ascii=is_ascii)


def _tokens(count: float) -> str:
    return f"{count / 1e6:g}M" if count >= 1e6 else f"{count / 1e3:.0f}k"


def _table(payload: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < MAX_NUMBER:
        return None
    return float(value)
