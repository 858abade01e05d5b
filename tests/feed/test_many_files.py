"""More sessions than the system lets a process hold open (macOS: 256 files)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests.feed.running import running
from tests.feed.sessions import lines
from tests.sources import claude_builder as claude
from tests.sources.support import append
from tui_monitor.store import open_store

if sys.platform == "win32":
    pytest.skip("there is no such limit", allow_module_level=True)

import resource

SESSIONS = 1000
LIMIT = 256


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def transcript(session: UUID, turns: int = 1) -> bytes:
    """A session that shares no record with another one."""
    records = claude.Transcript(session=str(session))
    for turn in range(turns):
        key = f"{session.int}-{turn}"
        records.line("user", uuid=f"u{key}", message={"role": "user", "content": "hello"})
        message = {"id": f"m{key}", "role": "assistant", "model": claude.MODEL, "usage": claude.usage()}
        records.line("assistant", uuid=f"a{key}", requestId=f"r{key}", message=message | {"content": []})
    return lines(records.records)


@pytest.mark.usefixtures("few_descriptors")
def test_thousand_sessions_are_read_and_stored_with_256_descriptors(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    paths = {session: folder / f"{session}.jsonl" for session in (UUID(int=n + 1) for n in range(SESSIONS))}
    for session, path in paths.items():
        path.write_bytes(transcript(session))
    store = tmp_path / "monitoring.db"
    with running(folder, open_store=lambda: open_store(store)) as run:
        run.wait_for(lambda: len(run.totals()) == SESSIONS)
        run.wait_until_read()
        for session, path in paths.items():  # most of them are closed by now
            append(path, transcript(session, 2)[path.stat().st_size :])
        run.wait_for(lambda: all(total.amount.requests == 2 for total in run.totals().values()))
        assert not any(run.faults().values())
    with closing(open_store(store)) as stored:
        assert {summary.session.id for summary in stored.sessions()} == set(map(str, paths))
        assert stored.overall().amount.requests == 2 * SESSIONS
