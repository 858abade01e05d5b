"""Running an agent's command from a program, with its usage."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.feed.batch_reader import read_files
from tui_monitor.monitoring.context import MonitoringContext, current_context
from tui_monitor.regular_files import read_text
from tui_monitor.sources.discovery.recorded_runs import recordings_folder
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import UnrecognisedFormat
from tui_monitor.store import private_store
from tui_monitor.telemetry.recorder.record import record_agent
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.scope import Scope, current_scope, use_scope
from tui_monitor.totals import SessionTotals

_MAX_ERROR_CHARS = 500
"""Characters of the end of standard error that are recorded as the error of a failed command."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a command.

    ``usage`` is the total of all sessions in its output, None if that is of an unknown format. ``recording`` is the
    file with the output, kept for the monitor. ``agent_id`` is the agent that represents the run in its session.
    """

    args: tuple[str, ...]
    exit_code: int
    output: str
    errors: str
    usage: SessionTotals | None
    recording: Path | None
    session_id: str
    agent_id: str
    agent_type: str


def run_with_telemetry(
    args: Sequence[str],
    session_id: str = "",
    agent_type: str = "agent",
    *,
    input: str | None = None,  # noqa: A002  # as subprocess names it
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> RunResult:
    """Run an agent's command to its end, and return its result and its usage.

    The command must print JSON lines, as ``claude -p … --output-format stream-json --verbose``, ``codex exec --json
    …``, ``gemini -p … -o stream-json`` and ``opencode run --format json …`` do. They are kept in the data folder, where
    the monitor and all reports find them; what the agent's own transcript records too is counted once. In the session
    (without an id: the current one) the run is an agent of this type, without usage of its own. In a coroutine: ``await
    asyncio.to_thread(run_with_telemetry, …)``.

    Raises:
        OSError: the command cannot be run.
        subprocess.TimeoutExpired: the command took more than ``timeout`` seconds and was killed; its output is kept.
    """
    agent_id = f"{agent_type}-{new_uid()}"
    with use_scope(Scope(session_id) if session_id else current_scope()) as scope:
        _begin(agent_id, agent_type, scope)
        try:
            with _OutputFile(current_context()) as output:
                process = subprocess.run(
                    args,
                    input=input,
                    stdin=subprocess.DEVNULL if input is None else None,
                    stdout=output.file,
                    stderr=subprocess.PIPE,
                    cwd=cwd,
                    env=env,
                    timeout=timeout,
                    check=False,
                    encoding="utf-8",
                    errors="replace",
                )
        except BaseException as error:
            _end(agent_id, "terminated", None, str(error))
            raise
        status = "failed" if process.returncode else "completed"
        _end(agent_id, status, process.returncode, process.stderr[-_MAX_ERROR_CHARS:] if process.returncode else "")
    return RunResult(
        tuple(args),
        process.returncode,
        output.text,
        process.stderr,
        output.usage,
        output.recording,
        scope.session_id,
        agent_id,
        agent_type,
    )


class _OutputFile:
    """The file that a command prints to. After the end it has the text, its usage, and the recording."""

    def __init__(self, context: MonitoringContext) -> None:
        self._context = context
        self.text = ""
        self.usage: SessionTotals | None = None
        self.recording: Path | None = None

    def __enter__(self) -> _OutputFile:
        folder = self._context.data / "recordings"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
        except OSError:  # the output is not kept then, but the command runs
            descriptor, name = tempfile.mkstemp()
        self._path = Path(name)
        self.file = os.fdopen(descriptor, "wb")
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()
        self.text = read_text(self._path, errors="replace")
        try:
            adapter = default_registry().recognise(self._path)
        except UnrecognisedFormat:
            self._path.unlink()
            return
        with suppress(OSError):
            self._move_to_recordings(adapter.name)
        with closing(private_store()) as store:
            _, errors = read_files(store, {self._path: adapter}, self._context.prices)
            self.usage = None if errors else store.overall()
        if self.recording is None:
            self._path.unlink()

    def _move_to_recordings(self, adapter: str) -> None:
        folder = recordings_folder(self._context.data, adapter)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{new_uid()}.jsonl"
        self._path = self.recording = self._path.replace(folder / name)


def _begin(agent_id: str, agent_type: str, scope: Scope) -> None:
    facts = {"agent_type": agent_type, "parent_id": scope.agent_id or scope.session_id, "status": "running"}
    record_agent(agent_id, {**facts, "start_time": time.time()}, {})


def _end(agent_id: str, status: str, exit_code: int | None, error: str) -> None:
    facts = {"status": status, "exit_code": exit_code, "end_time": time.time()}
    record_agent(agent_id, facts, {"error_message": error} if error else {})
