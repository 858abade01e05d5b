"""What the output of a command says of its outcome, beyond its exit status."""

from __future__ import annotations

import re

_TEST_SUMMARY = re.compile(
    r"^.*\b\d+ (?:tests?|passed|failed|failures?|errors?|examples?|assertions?|skipped)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_FAILURE = re.compile(
    r"^\s*(?:--- )?FAIL(?:ED|URE)?\b|\[build failed\]|\b[1-9]\d* (?:failed|failures?|errors?)\b", re.MULTILINE
)
_REASON = re.compile(r"^(?:fatal|error|panic)\b(?!: exit code \d+$).*\w.*$", re.IGNORECASE | re.MULTILINE)
_ESCAPED_BREAK = re.compile(r"\\n(?=\\n|[A-Z\[\s]|$)")
"""A line break that some hook left as two characters; a small letter after it may belong to a path of Windows."""
_CUT = re.compile(r"^\[?output (?:was )?truncated\b.*$", re.IGNORECASE | re.MULTILINE)
_TAIL = 8 * 1024
"""Summaries stand at the end: what comes before is not looked at."""


def looks_failed(output: str) -> bool:
    """Whether the output of a command that exited with 0 tells of a failure: its status may be that of a pipe's end."""
    return _FAILURE.search(output, max(0, len(output) - _TAIL)) is not None


def summary_line(output: str) -> str:
    """The line of a command's output most worth showing: its test summary, else the reason that it gives for having
    failed, else its last line with words."""
    tail = _CUT.sub("", _ESCAPED_BREAK.sub("\n", output[-_TAIL:]))
    summaries = _TEST_SUMMARY.findall(tail)
    if summaries:
        return str(summaries[-1]).strip()
    reason = _REASON.search(tail)
    if reason:
        return reason[0].strip()
    return next((line.strip() for line in reversed(tail.splitlines()) if any(map(str.isalnum, line))), "")
