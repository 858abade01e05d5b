"""The outcome of a command as its output states it, beyond its exit status."""

from __future__ import annotations

import re

_TEST_COUNT = re.compile(
    r"\b\d+ (?:tests?|passed|failed|failures?|errors?|examples?|assertions?|skipped)\b", re.IGNORECASE
)
_FAIL_LINE = re.compile(r"^\s*(?:--- )?FAIL(?:ED|URE)?\b", re.MULTILINE)
_TOOL_FAILURE = re.compile(
    "|".join(
        (
            r"^g?make(?:\[\d+\])?: \*\*\* ",
            r"^npm (?:ERR!|error) ",
            r"^error\[E\d{4}\]: |^error: (?:could not compile|aborting due to)|^test result: FAILED\b",  # cargo
            r"\bHalting VM with exit status [1-9]|^\*\* \(\w[\w.]*\) |^== Compilation error in ",  # mix
            r"^(?:\*\* )?BUILD FAILED\b|^\[(?:INFO|ERROR)\] BUILD FAILURE\b",  # gradle, ant, xcodebuild, maven
            r"^Build FAILED\.",  # dotnet
            r"(?:^|: |- )error TS\d+: ",  # tsc
            r"^✖ [1-9]\d* problems?\b(?! \(0 errors)",  # eslint
            r"^FAILED \(",  # unittest
            r"\bexit(?:ed)?(?: with)? (?:status|code) [1-9]\d*$",
        )
    ),
    re.MULTILINE,
)
"""Sentences by which build tools say that they have failed."""
_FAIL_COUNT = re.compile(r"\b[1-9]\d* (?:failed|failures?|errors?)\b")
_FAILURE_WORD = re.compile(
    r"^(?=.*(?<![\w./-])(?:errors?|fatal|failed|failure|panic|refused|denied|not found|no such file|cannot|unable)\b"
    r"(?![./-]\w))"
    r"(?!.*:\s*$)(?!.*\b(?:0|no) (?:errors?|failures?|failed)\b)(?!.*\bexit (?:code|status)\b).*\w.*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that speaks of a failure; a word in the name of a file does not."""
_REASON = re.compile(
    r"^(?:fatal|error|panic)\b(?!: exit code \d+$).*\w.*$|^[ ]*--- FAIL: .*\w.*$", re.IGNORECASE | re.MULTILINE
)
_ESCAPED_BREAK = re.compile(r"\\n(?=\\n|[A-Z\[\s]|$)")
"""A line break that some hook left as two characters; a small letter after it may belong to a path of Windows."""
_CUT = re.compile(r"^\[?output (?:was )?truncated\b.*$", re.IGNORECASE | re.MULTILINE)
_TAIL = 8 * 1024
"""Characters at the end of an output that are examined: summaries stand there."""


def looks_failed(output: str) -> bool:
    """Return True if the output of a command that exited with 0 reports a failure: the status may be that of the last
    command of a pipe."""
    begin = max(0, len(output) - _TAIL)
    if output.find("[build failed]", begin) >= 0 or _FAIL_COUNT.search(output, begin):
        return True
    if _TOOL_FAILURE.search(output, begin):
        return True
    return output.find("FAIL", begin) >= 0 and _FAIL_LINE.search(output, begin) is not None


def summary_line(output: str, *, has_failed: bool = False) -> str:
    """Return the line of a command's output most worth showing: its test summary, else the reason it gives for having
    failed, else its last line with words. If it ``has_failed``, the first line that speaks of a failure goes before
    the last one."""
    tail = _CUT.sub("", _ESCAPED_BREAK.sub("\n", output[-_TAIL:]))
    counts = list(_TEST_COUNT.finditer(tail))
    if counts:
        begin, end = tail.rfind("\n", 0, counts[-1].start()) + 1, tail.find("\n", counts[-1].end())
        return tail[begin : end if end >= 0 else len(tail)].strip()
    reason = _REASON.search(tail)
    if has_failed and not reason:
        reason = _FAILURE_WORD.search(tail) or _FAILURE_WORD.search(output[:_TAIL])
    if reason:
        return reason[0].strip()
    return next((line.strip() for line in reversed(tail.splitlines()) if any(map(str.isalnum, line))), "")
