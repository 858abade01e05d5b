"""What the output of a call says that is worth a line."""

from __future__ import annotations

import re

from tui_monitor.events import CallState
from tui_monitor.live.entries import Call
from tui_monitor.tui.spans import MAX_TEXT, one_line

_STATUS_ONLY = re.compile(r"(?:error: )?(?:exit code|process exited with code) \d+", re.IGNORECASE)
_TAG = re.compile(r"</?[\w-]{1,40}>")


def finding_below(call: Call) -> str:
    """The line that tells why ``call`` failed, or looks as if it did; empty where there is nothing to tell."""
    if call.state is not CallState.FAILED and not call.suspicious:
        return ""
    found = tidied(call.summary_line) or _first_line(call.error or call.output)
    return "" if _STATUS_ONLY.fullmatch(found) else found


def slip_of(call: Call) -> str:
    """Why the agent's own checks refused ``call``."""
    return _first_line(_TAG.sub("", call.error[:MAX_TEXT]))


def tidied(finding: str) -> str:
    """A line of output without the rules that some tools draw around their summaries."""
    return one_line(finding).strip("=-*─━ ")


def _first_line(text: str) -> str:
    lines = map(one_line, text[:MAX_TEXT].splitlines())
    return next((line for line in lines if any(map(str.isalnum, line))), "")
