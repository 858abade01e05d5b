"""Sessions on the disk of a made-up user."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sources.claude_builder import Transcript, text_block

EDIT = {
    "filePath": "/home/ada/engine/valve.py",
    "oldString": "open",
    "newString": "shut",
    "originalFile": "open\n",
    "structuredPatch": [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-open", "+shut"]}],
}


def short_session(cwd: Path | str, session: str = "", prompt: str = "Mend the valve.") -> Transcript:
    """Return a finished session that edited a file and ran a command that failed."""
    transcript = Transcript(session=session) if session else Transcript()
    transcript.user(prompt, cwd=str(cwd))
    transcript.calls("Edit", "call_1", file_path=EDIT["filePath"], old_string="open", new_string="shut")
    transcript.result("updated", EDIT, "call_1")
    transcript.calls("Bash", "call_2", command="make test")
    transcript.result("Exit code 2\n1 failed", "Error: Exit code 2", "call_2", error=True)
    transcript.assistant(text_block("It still leaks."), stop="end_turn")
    return transcript


def write(transcript: Transcript, path: Path) -> Path:
    """Write a transcript to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in transcript.records), encoding="utf-8")
    return path


def install(transcript: Transcript, home: Path, name: str) -> Path:
    """Write a transcript where Claude Code keeps its sessions."""
    return write(transcript, home / ".claude" / "projects" / "engine" / f"{name}.jsonl")
