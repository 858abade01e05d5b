"""Sessions on the disk of an invented person."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sources.claude_builder import Transcript, said

EDIT = {
    "filePath": "/home/ada/engine/valve.py",
    "oldString": "open",
    "newString": "shut",
    "originalFile": "open\n",
    "structuredPatch": [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-open", "+shut"]}],
}


def worked(cwd: Path | str, session: str = "", prompt: str = "Mend the valve.") -> Transcript:
    """A short session that edited a file, ran a command that failed, and is done."""
    told = Transcript(session=session) if session else Transcript()
    told.user(prompt, cwd=str(cwd))
    told.calls("Edit", "call_1", file_path=EDIT["filePath"], old_string="open", new_string="shut")
    told.result("updated", EDIT, "call_1")
    told.calls("Bash", "call_2", command="make test")
    told.result("Exit code 2\n1 failed", "Error: Exit code 2", "call_2", error=True)
    told.assistant(said("It still leaks."), stop="end_turn")
    return told


def write(told: Transcript, path: Path) -> Path:
    """Write a transcript to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in told.records), encoding="utf-8")
    return path


def keep(told: Transcript, home: Path, name: str) -> Path:
    """Write it to where Claude Code keeps its sessions."""
    return write(told, home / ".claude" / "projects" / "engine" / f"{name}.jsonl")
