"""Sizes of results in the tools' own units, from the structured result or else from its text."""

from __future__ import annotations

import re
from collections.abc import Callable

from tui_monitor.events import Measure
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import number, table, tables
from tui_monitor.sources.shared.tool_call import count_lines

_NUMBERED = re.compile(r"^ *\d+[→\t]", re.MULTILINE)
_FILE_COUNT = re.compile(r"^Found (\d+) files?")
_OCCURRENCES = re.compile(r"^Found (\d+) total occurrences?", re.MULTILINE)
_NO_MATCHES = ("No files found", "No matches found")
_LINKS = re.compile(r'"url":')
_TOOL_USES = re.compile(r"^tool_uses: (\d{1,9})$", re.MULTILINE)
_ENTRIES = re.compile(r"^\s*- ", re.MULTILINE)


def measure(tool: str, structured: Record, output: str) -> Measure | None:
    """Return the size of a result; None if the tool has no useful unit."""
    if tool.startswith("mcp__"):
        return Measure(len(output), "chars")
    measure_of_tool = _MEASURES.get(tool)
    return measure_of_tool(structured, output) if measure_of_tool else None


def _lines(structured: Record, output: str) -> Measure:
    return count_lines(output)


def _read(structured: Record, output: str) -> Measure | None:
    file = table(structured.get("file"))
    if structured.get("type") == "image":
        return Measure(1, "images")
    if isinstance(cells := file.get("cells"), list):
        return Measure(len(cells), "cells")
    if (pages := number(file.get("count"))) is not None:
        return Measure(pages, "pages")
    lines, total = number(file.get("numLines")), number(file.get("totalLines"))
    if lines is None:
        lines = len(_NUMBERED.findall(output))
    return Measure(lines, "lines", total if total is not None and total > lines else None)


def _globbed(structured: Record, output: str) -> Measure:
    files = number(structured.get("numFiles"))
    return Measure(_listed(output) if files is None else files, "files")


def _grepped(structured: Record, output: str) -> Measure:
    mode = structured.get("mode")
    for counted_in, key, unit in (("content", "numLines", "lines"), ("count", "numMatches", "matches")):
        if mode == counted_in and (counted := number(structured.get(key))) is not None:
            return Measure(counted, unit)
    if (files := number(structured.get("numFiles"))) is not None:
        return Measure(files, "files")
    if file_count := _FILE_COUNT.search(output):
        return Measure(int(file_count[1]), "files")
    if occurrences := _OCCURRENCES.search(output):
        return Measure(int(occurrences[1]), "matches")
    return Measure(_listed(output), "files" if output.startswith("No files") else "lines")


def _listed(output: str) -> int:
    if output.startswith(_NO_MATCHES):
        return 0
    return sum(1 for line in output.split("\n") if line.strip() and not line.startswith("("))


def _entries(structured: Record, output: str) -> Measure:
    return Measure(max(0, len(_ENTRIES.findall(output)) - 1), "entries")


def _searched(structured: Record, output: str) -> Measure:
    hits = [hit for answer in tables(structured.get("results")) for hit in tables(answer.get("content"))]
    return Measure(len(hits) if structured else len(_LINKS.findall(output)), "results")


def _chars(structured: Record, output: str) -> Measure:
    return Measure(len(output), "chars")


def _calls(structured: Record, output: str) -> Measure | None:
    calls = number(structured.get("totalToolUseCount"))
    if calls is None and (match := _TOOL_USES.search(output)):
        calls = int(match[1])
    return None if calls is None else Measure(calls, "calls")


def _answers(structured: Record, output: str) -> Measure | None:
    answers = structured.get("answers")
    return Measure(len(answers), "answers") if isinstance(answers, dict) else None


def _steps(structured: Record, output: str) -> Measure | None:
    steps = structured.get("newTodos")
    return Measure(len(steps), "steps") if isinstance(steps, list) else None


_MEASURES: dict[str, Callable[[Record, str], Measure | None]] = {
    "Bash": _lines,
    "PowerShell": _lines,
    "BashOutput": _lines,
    "TaskOutput": _lines,
    "Read": _read,
    "Glob": _globbed,
    "Grep": _grepped,
    "LS": _entries,
    "WebSearch": _searched,
    "WebFetch": _chars,
    "Task": _calls,
    "Agent": _calls,
    "AskUserQuestion": _answers,
    "TodoWrite": _steps,
}
