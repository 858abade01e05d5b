from __future__ import annotations

import pytest

from tui_monitor.events import Measure
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.measures import measure


@pytest.mark.parametrize(
    ("tool", "structured", "output", "expected"),
    [
        ("Bash", {}, "", Measure(0, "lines")),
        ("Bash", {}, "one\ntwo\n", Measure(2, "lines")),
        ("TaskOutput", {}, "one\n\ntwo", Measure(3, "lines")),
        ("Read", {"file": {"numLines": 22, "totalLines": 22}}, "", Measure(22, "lines")),
        ("Read", {"file": {"numLines": 22, "totalLines": 90}}, "", Measure(22, "lines", 90)),
        ("Read", {}, "     1→a\n     2→b\n\n<system-reminder>x</system-reminder>", Measure(2, "lines")),
        ("Read", {"type": "image", "file": {}}, "[image]", Measure(1, "images")),
        ("Read", {"type": "notebook", "file": {"cells": [{}, {}, {}]}}, "", Measure(3, "cells")),
        ("Read", {"type": "parts", "file": {"count": 4}}, "", Measure(4, "pages")),
        ("Glob", {"numFiles": 61}, "", Measure(61, "files")),
        ("Glob", {}, "/e/a.py\n/e/b.py\n(Results are truncated.)", Measure(2, "files")),
        ("Glob", {}, "No files found", Measure(0, "files")),
        ("Grep", {"mode": "content", "numLines": 12, "numFiles": 0}, "", Measure(12, "lines")),
        ("Grep", {"mode": "files_with_matches", "numFiles": 4}, "", Measure(4, "files")),
        ("Grep", {"mode": "count", "numMatches": 9, "numFiles": 4}, "", Measure(9, "matches")),
        ("Grep", {}, "Found 4 files\na\nb\nc\nd", Measure(4, "files")),
        ("Grep", {}, "a:3\nb:1\n\nFound 4 total occurrences across 2 files.", Measure(4, "matches")),
        ("Grep", {}, "7:def a\n9:def b", Measure(2, "lines")),
        ("Grep", {}, "No matches found", Measure(0, "lines")),
        ("Grep", {}, "No files found", Measure(0, "files")),
        ("LS", {}, "- /e/\n  - a.py\n  - b.py\n\nNOTE: …", Measure(2, "entries")),
        ("WebSearch", {"results": [{"content": [{}, {}]}, "In short: …"]}, "", Measure(2, "results")),
        ("WebSearch", {}, 'Links: [{"title":"a","url":"x"},{"title":"b","url":"y"}]', Measure(2, "results")),
        ("WebFetch", {}, "words", Measure(5, "chars")),
        ("mcp__a__b", {}, "words", Measure(5, "chars")),
        ("Task", {"totalToolUseCount": 31}, "", Measure(31, "calls")),
        ("Agent", {}, "Done.\nagentId: a0b1\n<usage>total_tokens: 7\ntool_uses: 9</usage>", None),
        ("Agent", {}, "Done.\ntool_uses: 9\n", Measure(9, "calls")),
        ("Agent", {}, "Done.", None),
        ("AskUserQuestion", {"answers": {"Which?": "That."}}, "", Measure(1, "answers")),
        ("AskUserQuestion", {}, "User has answered", None),
        ("TodoWrite", {"newTodos": [{}, {}]}, "", Measure(2, "steps")),
        ("TodoWrite", {}, "", None),
        ("Skill", {}, "Launching skill", None),
    ],
)
def test_tools_have_their_own_units(tool: str, structured: Record, output: str, expected: Measure | None) -> None:
    assert measure(tool, structured, output) == expected
