"""A home folder with many sessions on disk, of which a few are live and one goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tests.bench.invented import lines_of, write
from tests.sources.claude_builder import Transcript, tool_use
from tests.sources.codex_builder import Rollout
from tests.sources.codex_builder import usage as codex_usage

PAST, CLAUDE, CODEX = 694, 4, 2
"""Past sessions, and live ones of two agents."""
TURNS = 40
DAY_S = 86_400


class Home:
    """Sessions below ``folder``; each live one works, in a folder of its own below ``work``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self._growing = Transcript(session=_id(0))
        for number in range(PAST):
            _make_older(self._add_claude(Transcript(session=_id(1000 + number)), number % 40, turns=4), 2 + number % 60)
        for number in range(CLAUDE - 1):
            self._path = self._add_claude(
                self._growing if number == CLAUDE - 1 else Transcript(session=_id(number + 1)), number
            )
        for number in range(CODEX):
            self._add_codex(number)
        self._path = self._add_claude(self._growing, 0)

    def append(self) -> None:
        """Let one session write a line: a call begins or ends."""
        transcript, count = self._growing, len(self._growing.records)
        if count % 2:
            _call(transcript, f"call_{count}", f"pytest -q tests/berths_{count}")
        else:
            transcript.result("31 passed", {"stdout": "31 passed", "stderr": ""}, f"call_{count - 1}")
        with self._path.open("ab") as file:
            file.writelines(_at(transcript.records[-1:], datetime.now(UTC)))

    def _add_claude(self, transcript: Transcript, project: int, turns: int = TURNS) -> Path:
        cwd = self.work / f"project_{project}"
        cwd.mkdir(parents=True, exist_ok=True)
        transcript.user("Keep the berths in metres.")
        for turn in range(turns):
            _call(transcript, f"call_{turn}", f"pytest -q tests/tides_{turn}")
            transcript.result("31 passed", {"stdout": "31 passed", "stderr": ""}, f"call_{turn}")
        _call(transcript, "call_last", "make berths")
        for record in transcript.records:
            record["cwd"] = str(cwd)
        folder = self.folder / ".claude" / "projects" / str(cwd).replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        session = transcript.records[0]["sessionId"]
        return write(folder / f"{session}.jsonl", _at(transcript.records, datetime.now(UTC)))

    def _add_codex(self, number: int) -> None:
        thread, now = _id(500 + number), datetime.now(UTC)
        cwd = self.work / f"codex_{number}"
        cwd.mkdir(parents=True)
        rollout = Rollout(thread, begin_ms=int((now - timedelta(minutes=2)).timestamp() * 1000), cwd=str(cwd))
        rollout.context(cwd=str(cwd))
        for turn in range(TURNS):
            rollout.call("exec_command", {"cmd": "make berths"}, f"call_{turn}")
            rollout.answer("31 passed", f"call_{turn}")
            rollout.responds(codex_usage(900, 20_000, 300, 100))
        rollout.call("exec_command", {"cmd": "make tides"}, "call_last")
        folder = self.folder / ".codex" / "sessions" / f"{now:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / f"rollout-{now:%Y-%m-%dT%H-%M-%S}-{thread}.jsonl", lines_of(rollout.records))


def _call(transcript: Transcript, call: str, command: str) -> None:
    transcript.assistant(tool_use(call, "Bash", command=command), stop="tool_use")


def _at(records: Iterable[dict[str, object]], end: datetime) -> list[bytes]:
    """The lines of records, the last one at ``end``."""
    records = list(records)
    begin = end - timedelta(seconds=len(records) - 1)
    times = (begin + timedelta(seconds=index) for index in range(len(records)))
    lines = lines_of(
        {**record, "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"} for record, at in zip(records, times, strict=True)
    )
    return [_with_own_ids(line, str(records[0]["sessionId"])) for line in lines]


def _with_own_ids(line: bytes, session: str) -> bytes:
    """The line with ids that no other session has: equal ones would make each a copy of all others."""
    own = session.replace("-", "")[-4:].encode()
    for name in (b'"call_', b'"msg_', b'"req_'):
        line = line.replace(name, name + own + b"_")
    return line.replace(b"-0000-4000-8000-", b"-" + own + b"-4000-8000-")


def _make_older(path: Path, days: int) -> None:
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))


def _id(number: int) -> str:
    return str(UUID(int=(4 << 76) + (8 << 60) + number))
