"""What became of a Codex call, read from the text that the model got as its answer.

Older versions answer with JSON (``{"output": …, "metadata": {"exit_code": …}}``), newer ones write a few header lines
(``Wall time: 0.1 seconds``, ``Process exited with code 1``) before ``Output:``. Refusals are plain sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import orjson

from tui_monitor.events import CallState, Change, Measure
from tui_monitor.sources.codex.lines import millis, text_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call. ``running`` is the id of the shell session that goes on after the answer."""

    state: CallState = CallState.OK
    text: str = ""
    error: str = ""
    exit_code: int | None = None
    duration_ms: int | None = None
    running: str = ""
    changes: tuple[Change, ...] = ()
    approved: bool | None = None
    approval: str = ""
    measure: Measure | None = None


_SENTENCE = 400
_EXITED, _EXIT, _WALL, _RUNS = "Process exited with code", "Exit code", "Wall time", "Process running with session ID"
_NAMES = "|".join((_EXITED, _EXIT, _WALL, _RUNS, "Chunk ID", "Total output lines", "Original token count", "Warning"))
_HEADER = re.compile(rf"({_NAMES}):? ?([^\n]*)\n")
_HEADERS = re.compile(rf"(?P<headers>(?:(?:{_NAMES})[^\n]*\n)+)Output:(?:\n|\Z)")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
_SENTENCES = [
    (state, re.compile(pattern, re.IGNORECASE))
    for state, pattern in (
        (CallState.REJECTED, r"\b(?:rejected|denied|declined|cancell?ed) by (?:the )?user\b"),
        (CallState.REJECTED, r"\A(?:the )?user (?:has )?(?:rejected|denied|declined|cancell?ed)\b"),
        (CallState.INTERRUPTED, r"\Aaborted\b"),
        (CallState.SLIPPED, r"\A(?:failed to parse|unsupported |invalid patch|approval policy is|rejected: )"),
        (CallState.SLIPPED, r"\Aapply_patch (?:verification failed|handler)|\bblocked by policy\b"),
        (CallState.SLIPPED, r"\A(?:write_stdin failed: )?unknown (?:process id|session)"),
        (CallState.FAILED, r"\A(?:err|(?:(?:execution|tool call|fatal) )?error|\w+ failed(?: for .*)?): "),
    )
]


def read(answer: Any) -> Outcome:
    """The outcome that ``answer`` tells: a text, a list of parts, or an object with ``content`` and ``success``."""
    succeeded = None
    if isinstance(answer, dict):
        succeeded, answer = answer.get("success"), answer.get("content", "")
    text = text_of(answer)
    outcome = _structured(text) or _headed(text) or _sentence(text)
    if succeeded is False and outcome.state is CallState.OK:
        return Outcome(CallState.FAILED, text, error=text)
    return outcome


def exited(text: str, exit_code: object, duration_ms: int | None, error: str = "") -> Outcome:
    """The outcome of a command that ended; without an exit code it is taken to have done well."""
    code = exit_code if isinstance(exit_code, int) else None
    state = CallState.FAILED if code else CallState.OK
    return Outcome(state, text, error if state.failed else "", code, duration_ms, measure=size(text))


def size(text: str) -> Measure:
    """How much a command wrote."""
    return Measure(text.count("\n") + (not text.endswith("\n") and bool(text)), "lines")


def _structured(text: str) -> Outcome | None:
    if not (text.startswith("{") and '"metadata"' in text):
        return None
    try:
        told = orjson.loads(text)
        return exited(
            str(told["output"]), told["metadata"].get("exit_code"), millis(told["metadata"].get("duration_seconds"))
        )
    except (ValueError, KeyError, AttributeError):
        return None


def _headed(text: str) -> Outcome | None:
    """Header lines down to ``Output:``; a patch that the shell handed on has two such blocks."""
    told: dict[str, str] = {}
    start = 0
    while block := _HEADERS.match(text, start):
        told.update(_HEADER.findall(block["headers"]))
        start = block.end()
    if not told:
        return None
    rest = text[start:]
    if running := told.get(_RUNS):
        return Outcome(CallState.BACKGROUND, rest, running=running)
    exit_code = _number(told.get(_EXITED) or told.get(_EXIT))
    duration_ms = millis(_number(told.get(_WALL)))
    if exit_code is None:
        return replace(_sentence(rest), duration_ms=duration_ms)
    return exited(rest, int(exit_code), duration_ms)


def _number(text: str | None) -> float | None:
    told = _NUMBER.match(text or "")
    return float(told[0]) if told else None


def _sentence(text: str) -> Outcome:
    sentence = text[:_SENTENCE].partition("\n")[0]
    for state, pattern in _SENTENCES:
        if pattern.search(sentence):
            return Outcome(state, "" if state.rejected else text, error=text)
    return Outcome(text=text)
