"""Invented sessions of any length, as the lines that agents write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from tests.sources.claude_builder import Transcript, tool_use
from tests.sources.claude_builder import usage as claude_usage
from tests.sources.codex_builder import Rollout
from tests.sources.codex_builder import usage as codex_usage
from tests.sources.stream_builder import line
from tui_monitor.sources.base import Record

SOURCE = "".join(f"def berth_{n}(tide: float) -> float:\n    return tide * {n}.5 + depth[{n}]\n" for n in range(12))
OUTPUT = "".join(f"tests/test_berths.py::test_berth_{n} PASSED [{n:3} %]\n" for n in range(30))


def lines_of(records: Iterable[Record]) -> list[bytes]:
    """The records as JSON lines."""
    return [orjson.dumps(record) + b"\n" for record in records]


def claude_lines(turns: int) -> list[bytes]:
    """The lines of `claude_transcript`."""
    return lines_of(claude_transcript(turns).records)


def claude_transcript(turns: int) -> Transcript:
    """A Claude Code transcript: in each turn a file is read, changed and tested; six lines a turn."""
    transcript = Transcript()
    transcript.user("Keep the berths in metres.")
    for turn in range(turns):
        path = f"/home/ada/engine/berths_{turn % 40}.py"
        counts = claude_usage(read=20_000 + turn * 50 % 120_000)
        look, edit, test = (f"call_{turn}_{name}" for name in ("look", "edit", "test"))
        transcript.assistant(tool_use(look, "Read", file_path=path), stop="tool_use", counts=counts)
        transcript.result(SOURCE, {"type": "text", "file": {"filePath": path, "content": SOURCE, "numLines": 24}}, look)
        arguments = {"file_path": path, "old_string": "tide * 3.5", "new_string": "tide * 3.28"}
        transcript.assistant(tool_use(edit, "Edit", **arguments), stop="tool_use", counts=counts)
        transcript.result("The file has been updated.", {**_patch(path), **arguments}, edit)
        transcript.assistant(tool_use(test, "Bash", command="pytest -q"), stop="tool_use", counts=counts)
        transcript.result(OUTPUT, {"stdout": OUTPUT, "stderr": "", "interrupted": False}, test)
    return transcript


def rewrite_file(transcript: Transcript, lines: int) -> None:
    """Add a call that replaces so many lines of a file."""
    path = "/home/ada/engine/tides.py"
    old, new = ([f"depth = tide({number}{more}) * metres" for number in range(lines)] for more in ("", ", zone"))
    changed = [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]
    hunk = {"oldStart": 1, "oldLines": lines, "newStart": 1, "newLines": lines, "lines": changed}
    before, after = "\n".join(old), "\n".join(new)
    transcript.assistant(tool_use("rewrite", "Write", file_path=path, content=after), stop="tool_use")
    result = {"type": "update", "filePath": path, "content": after, "originalFile": before, "structuredPatch": [hunk]}
    transcript.result("The file has been updated.", result, "rewrite")


def codex_lines(turns: int) -> list[bytes]:
    """A Codex rollout: in each turn a command runs and a response is counted; three lines a turn."""
    rollout = Rollout().context()
    for turn in range(turns):
        call = f"call_{turn}"
        rollout.call("exec_command", {"cmd": f"sed -n 1,40p berths_{turn}.py"}, call)
        rollout.answer(f"Chunk ID: 1\nWall time: 0.2 seconds\nProcess exited with code 0\nOutput:\n{SOURCE}", call)
        rollout.responds(codex_usage(900, 20_000, 300, 100))
    return lines_of(rollout.records)


def stream_lines(turns: int) -> list[bytes]:
    """A stream of ours: in each turn a tool runs and a response is counted; three lines a turn."""
    records = []
    for turn in range(turns):
        tool = {"id": f"t{turn}", "tool_name": "bash", "input": {"command": f"pytest -q tests/berth_{turn}"}}
        records.append(line("tool_start", f"s{turn}", **tool))
        records.append(line("tool", f"f{turn}", **tool, success=True, output=OUTPUT, duration_ms=1200))
        records.append(line("usage", f"u{turn}", model="claude-sonnet-4-5", input_tokens=900, output_tokens=80))
    return lines_of(records)


def write(path: Path, lines: Iterable[bytes]) -> Path:
    """Make a file of the lines."""
    path.write_bytes(b"".join(lines))
    return path


def _patch(path: str) -> Record:
    lines = [" def berth_3(tide: float) -> float:", "-    return tide * 3.5", "+    return tide * 3.28", " "]
    return {
        "filePath": path,
        "originalFile": SOURCE,
        "structuredPatch": [{"oldStart": 7, "oldLines": 3, "newStart": 7, "newLines": 3, "lines": lines}],
    }
