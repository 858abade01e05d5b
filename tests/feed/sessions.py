"""Generated session files of every agent, of any length."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sources import claude_builder as claude
from tests.sources import codex_builder as codex
from tests.sources import stream_builder as stream
from tui_monitor.events import SessionKey
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.merge.history import SessionHistory
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Record
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, private_store

CLAUDE = claude.SESSION
CODEX = SessionKey("codex", codex.THREAD)
STREAM = SessionKey("stream", "s1")


def lines(records: Iterable[Record]) -> bytes:
    """Return the records as the content of a JSON lines file."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def claude_lines(turns: int, agent: str = "", session: str = claude.ID) -> bytes:
    """Return a transcript. Each turn runs a command, edits, and has a response that is recorded on two lines."""
    transcript = claude.Transcript(agent, session)
    for n in range(turns):
        call, edit, counts = f"bash_{n}{agent}", f"edit_{n}{agent}", claude.usage(fresh=n, output=n)
        transcript.user(f"prompt {n}")
        transcript.calls("Bash", call, command=f"make part-{n}")
        transcript.result(f"part {n}\n" * 5, call=call, error=n % 5 == 4)
        transcript.calls("Edit", edit, file_path=f"/home/ada/engine/{n % 7}.py", old_string="a", new_string="b")
        transcript.result("ok", _patch(n), call=edit)
        reply = transcript.assistant(claude.text_block(f"part {n} is made"), counts=counts)
        final = reply["message"] | {"stop_reason": "end_turn", "usage": counts | {"output_tokens": 50 + n}}
        transcript.line("assistant", requestId=reply["requestId"], message=final)
    return lines(transcript.records)


def codex_lines(turns: int) -> bytes:
    """Return a rollout whose model changes and whose running total restarts half-way; every count is recorded twice."""
    rollout = codex.Rollout().context()
    for n in range(turns):
        if n == turns // 2:
            rollout.context("gpt-5.2-codex")
            rollout.sum = codex.usage(0)
        rollout.event("user_message", message=f"prompt {n}")
        rollout.call("exec_command", {"cmd": f"make part-{n}"}, f"call_{n}")
        rollout.answer(f"Process exited with code {n % 3 % 2}\nOutput:\npart {n}\n", f"call_{n}")
        rollout.responds(codex.usage(100 + n, cached=1000 * n, output=20 + n, reasoning=n), times=2)
    return lines(rollout.records)


def stream_lines(turns: int) -> bytes:
    """Return a file in our own stream format: tools that start and end, and responses."""
    records: list[Record] = []
    for n in range(turns):
        begun = stream.MILLIS + 1000 * n
        records += [
            stream.line("tool_start", f"a{n}", id=f"t{n}", tool_name="bash", input={"n": n}, started_at=begun),
            stream.line("tool", f"b{n}", **stream.execution(id=f"t{n}", session_id="s1", started_at=begun)),
            stream.line("usage", f"c{n}", model=claude.MODEL, input_tokens=n, output_tokens=2, timestamp=begun / 1000),
        ]
    return lines(records)


def all_kinds(turns: int) -> dict[str, bytes]:
    """Return files of every kind of session, by their path in one folder."""
    return {
        f"{claude.ID}.jsonl": claude_lines(turns),
        f"{claude.ID}/subagents/agent-a1.jsonl": claude_lines(turns // 2, agent="a1"),
        codex.PATH.name: codex_lines(turns),
        "s1.jsonl": stream_lines(turns),
    }


def write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write the files into a folder."""
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return paths


def read_all(store: Store, paths: Iterable[Path]) -> None:
    """Read what the store lacks of the files."""
    registry = default_registry()
    _, errors = read_files(store, {path: registry.recognise(path) for path in paths}, PriceBook())
    assert not errors


def answers(store: Store, folder: Path) -> dict[str, object]:
    """Return everything a store knows of the files in ``folder``, independent of its name and the order of reading."""
    summaries = store.sessions()
    sessions = sorted(summary.session for summary in summaries)
    return {
        "overall": store.overall(),
        "models": store.models(),
        "tools": store.tools(),
        "sessions": [replace(summary, path=Path(summary.path).name) for summary in summaries],
        "totals": [store.totals(session) for session in sessions],
        "histories": [_comparable(store.history(session), folder) for session in sessions],
        "parsers": {(Path(each.path).name, each.state.replace(str(folder), "")) for each in store.checkpoints("")},
    }


def clean_answers(files: dict[str, bytes]) -> dict[str, object]:
    """Return the answers after reading the files once, without disturbance."""
    with TemporaryDirectory() as name, closing(private_store(bodies=True)) as store:
        folder = Path(name)
        read_all(store, write(folder, files))
        return answers(store, folder)


def _comparable(history: SessionHistory, folder: Path) -> list[str]:
    calls = [(call.id, call.record, call.content) for call in history.calls]
    events = [recorded.event for recorded in history.events]
    parts = [history.facts, *history.agents.items(), *history.limits.items(), history.call_ends, *calls, *events]
    return sorted(repr(part).replace(str(folder), "") for part in parts)


def _patch(n: int) -> Record:
    hunk = {"oldStart": n, "oldLines": 1, "newStart": n, "newLines": 2, "lines": ["-old", "+new", f"+{n}"]}
    return {"filePath": f"/home/ada/engine/{n % 7}.py", "structuredPatch": [hunk]}
