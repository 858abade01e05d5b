"""Results of Codex calls, read from the text that the model received as the answer.

Older versions answer with JSON (``{"output": …, "metadata": {"exit_code": …}}``), newer ones with a few header lines
(``Wall time: 0.1 seconds``, ``Process exited with code 1``) before ``Output:``. Refusals are plain sentences.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson

from tui_monitor.events import CallState, Change, Measure, Reply
from tui_monitor.events.immutable import immutable
from tui_monitor.sources.codex.lines import duration_ms_of, text_of


@immutable(frozen=True, slots=True)
class CodexToolResult:
    """The result of a call. ``shell`` is the id of the shell session that runs on after the answer."""

    state: CallState = CallState.OK
    text: str = ""
    error: str = ""
    exit_code: int | None = None
    duration_ms: int | None = None
    shell: str = ""
    changes: tuple[Change, ...] = ()
    approved: bool | None = None
    approval: str = ""
    measure: Measure | None = None
    answers: tuple[Reply, ...] = ()


_MAX_SENTENCE = 400
_EXITED, _EXIT, _WALL, _RUNS = "Process exited with code", "Exit code", "Wall time", "Process running with session ID"
_NAMES = "|".join((_EXITED, _EXIT, _WALL, _RUNS, "Chunk ID", "Total output lines", "Original token count", "Warning"))
_HEADER = re.compile(rf"({_NAMES}):? ?([^\n]*)\n")
_HEADERS = re.compile(rf"(?P<headers>(?:(?:{_NAMES})[^\n]*\n)+)Output:(?:\n|\Z)")
_UNFINISHED = re.compile(rf"(?P<headers>(?:(?:{_NAMES})[^\n]*\n)+)(?P<sentence>aborted\b.*)", re.IGNORECASE)
"""Reply to a command that a person refused or stopped: there is no output."""
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
_SENTENCES = [
    (state, re.compile(pattern, re.IGNORECASE))
    for state, pattern in (
        (CallState.REJECTED, r"\b(?:rejected|denied|declined|cancell?ed) by (?:the )?user\b"),
        (CallState.REJECTED, r"\A(?:the )?user (?:has )?(?:rejected|denied|declined|cancell?ed)\b"),
        (CallState.INTERRUPTED, r"\Aaborted\b"),
        (CallState.REFUSED, r"\A(?:approval policy is|rejected: )|\bblocked by policy\b"),
        (
            CallState.SLIPPED,
            r"\A(?:failed to parse|unsupported |invalid patch|apply_patch (?:verification failed|handler))",
        ),
        (CallState.SLIPPED, r"\A(?:write_stdin failed: )?unknown (?:process id|session)"),
        (CallState.FAILED, r"\A(?:err|(?:(?:execution|tool call|fatal) )?error|\w+ failed(?: for .*)?): "),
    )
]


def read_result(answer: Any) -> CodexToolResult:
    """Read ``answer``: text, a list of parts, or an object with ``content`` and ``success``."""
    succeeded = None
    if isinstance(answer, dict):
        succeeded, answer = answer.get("success"), answer.get("content", "")
    text = text_of(answer)
    outcome = _structured(text) or _headed(text) or _sentence(text)
    if succeeded is False and outcome.state is CallState.OK:
        return CodexToolResult(CallState.FAILED, text, error=text)
    return outcome


def exit_result(text: str, exit_code: object, duration_ms: int | None, error: str = "") -> CodexToolResult:
    """Return the result of a command that ended; without an exit code it counts as successful."""
    code = exit_code if isinstance(exit_code, int) else None
    state = CallState.FAILED if code else CallState.OK
    return CodexToolResult(state, text, error if state.failed else "", code, duration_ms, measure=line_count(text))


def line_count(text: str) -> Measure:
    """Measure the output of a command in lines."""
    return Measure(text.count("\n") + (not text.endswith("\n") and bool(text)), "lines")


def _structured(text: str) -> CodexToolResult | None:
    if not (text.startswith("{") and '"metadata"' in text):
        return None
    try:
        answer = orjson.loads(text)
        return exit_result(
            str(answer["output"]),
            answer["metadata"].get("exit_code"),
            duration_ms_of(answer["metadata"].get("duration_seconds")),
        )
    except (ValueError, KeyError, AttributeError):
        return None


def _headed(text: str) -> CodexToolResult | None:
    """Read header lines down to ``Output:``; a patch that the shell passed on has two such blocks."""
    headers: dict[str, str] = {}
    start = 0
    while block := _HEADERS.match(text, start):
        headers.update(_HEADER.findall(block["headers"]))
        start = block.end()
    if not headers:
        return _unfinished(text)
    rest = text[start:]
    if shell := headers.get(_RUNS):
        return CodexToolResult(CallState.BACKGROUND, rest, shell=shell)
    exit_code = _number(headers.get(_EXITED) or headers.get(_EXIT))
    duration_ms = duration_ms_of(_number(headers.get(_WALL)))
    if exit_code is None:
        return replace(_sentence(rest), duration_ms=duration_ms)
    return exit_result(rest, int(exit_code), duration_ms)


def _unfinished(text: str) -> CodexToolResult | None:
    match = _UNFINISHED.match(text)
    if match is None:
        return None
    duration_ms = duration_ms_of(_number(dict(_HEADER.findall(match["headers"])).get(_WALL)))
    return replace(_sentence(match["sentence"]), duration_ms=duration_ms)


def _number(text: str | None) -> float | None:
    match = _NUMBER.match(text or "")
    return float(match[0]) if match else None


def _sentence(text: str) -> CodexToolResult:
    sentence = text[:_MAX_SENTENCE].partition("\n")[0]
    for state, pattern in _SENTENCES:
        if pattern.search(sentence):
            return CodexToolResult(state, "" if state.rejected else text, error=text)
    return CodexToolResult(text=text)
