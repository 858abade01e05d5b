"""Sessions that grow at a steady rate while something is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from io import BufferedWriter
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import orjson

from tests.sources.claude_builder import ID, Transcript, tool_use

STEP_S = 0.02


@contextmanager
def growing(paths: Sequence[Path], lines_per_s: int) -> Iterator[None]:
    """Append calls and their results to Claude Code transcripts in turn while inside, each to a session of its own
    where there are many."""
    stopped = Event()
    thread = Thread(target=_grow, args=(paths, lines_per_s, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _grow(paths: Sequence[Path], lines_per_s: int, stopped: Event) -> None:
    began, written = monotonic(), 0
    sessions = [Transcript(session=f"{ID[:-12]}{number:012}" if len(paths) > 1 else ID) for number in range(len(paths))]
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("ab")) for path in paths]
        while not stopped.wait(STEP_S):
            while written < (monotonic() - began) * lines_per_s:
                _append_turn(sessions[written // 2 % len(paths)], files[written // 2 % len(paths)], written)
                written += 2


def _append_turn(session: Transcript, file: BufferedWriter, number: int) -> None:
    session.records.clear()
    call = f"grown_{number}"
    session.assistant(tool_use(call, "Bash", command=f"pytest -k berth_{number}"), stop="tool_use")
    session.result(f"{number} passed", {"stdout": f"{number} passed", "stderr": "", "interrupted": False}, call)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    response, result = session.records
    response["message"]["id"] = response["requestId"] = call  # no two sessions share a response
    for part, record in enumerate((response, result)):
        own = {"timestamp": now, "uuid": f"{number:08x}-{part:04x}", "parentUuid": None}
        file.write(orjson.dumps(record | own) + b"\n")
    file.flush()
