"""The example agent, run as a program: the store holds exactly its work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    CallState,
    ChangeKind,
    ContextUpdate,
    SessionKey,
)
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.store import Store, private_store
from tui_monitor.telemetry import ContextLimit, WarningLevel

AGENT = Path(__file__).parents[2] / "assets" / "example_agent.py"


@pytest.fixture(scope="module")
def stored_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, SessionKey]]:
    """A store filled from the agent's stream, and the agent's session."""
    data = tmp_path_factory.mktemp("data")
    environment = {**os.environ, "TUI_MONITOR_DATA_DIR": str(data), "TUI_MONITOR_CONFIG": os.devnull}
    environment.pop("TUI_MONITOR_STREAM", None)
    ran = subprocess.run(
        [sys.executable, AGENT, "--pace", "0"], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert (ran.stdout, ran.stderr) == ("The fee is right now.\n", "")
    (stream,) = (data / "streams").iterdir()
    with closing(private_store(bodies=True)) as store:
        (session,) = read_file(store, stream, Stream(), PriceBook())
        yield store, session


def test_example_agent_tokens_and_calls_are_counted(stored_session: tuple[Store, SessionKey]) -> None:
    store, session = stored_session
    totals = store.totals(session)
    amount = totals.amount
    assert (amount.requests, amount.input, amount.output, amount.cache_read) == (9, 194_600, 5_360, 614_000)
    assert amount.cost == 194_600 * 3_000_000 + 5_360 * 15_000_000 + 614_000 * 300_000
    assert (totals.calls, totals.failed, totals.files_changed, totals.lines_added, totals.lines_removed) == (
        8,
        1,
        2,
        2,
        1,
    )


def test_example_agent_reviewer_is_a_child(stored_session: tuple[Store, SessionKey]) -> None:
    store, session = stored_session
    main, reviewer = store.agents()
    assert (reviewer.type, reviewer.parent, reviewer.status) == ("reviewer", main.id, AgentStatus.COMPLETED)
    history = store.history(session)
    (reviewer_id,) = set(history.agents) - {MAIN}
    calls = {call.id: call.record for call in history.calls}
    (nested,) = [record for record in calls.values() if record.agent == reviewer_id]
    assert calls[nested.parent].tool == "review"


def test_example_agent_changes_have_diffs(stored_session: tuple[Store, SessionKey]) -> None:
    store, session = stored_session
    calls = store.history(session).calls
    changes = [change for call in calls for change in call.content.changes if change.kind is not ChangeKind.READ]
    assert [(change.kind, change.path, change.added, change.removed) for change in changes] == [
        (ChangeKind.MODIFY, "fee.py", 1, 1),
        (ChangeKind.CREATE, "NOTES.md", 1, 0),
    ]
    assert "-    return tons * 2\n+    return tons * 3" in changes[0].diff
    (failed,) = [call for call in calls if call.record.state is CallState.FAILED]
    assert (failed.content.error, failed.record.exit_code) == ("AssertionError: a ton costs 3", 1)


def test_example_agent_context_reaches_every_level(stored_session: tuple[Store, SessionKey]) -> None:
    store, session = stored_session
    levels = [
        ContextLimit(event.tokens or 0, event.limit or 0).warning_level()
        for event in (recorded.event for recorded in store.history(session).events)
        if isinstance(event, ContextUpdate) and event.agent == MAIN
    ]
    assert [after for before, after in pairwise(levels) if after != before] == [
        WarningLevel.LOW,
        WarningLevel.MEDIUM,
        WarningLevel.HIGH,
        WarningLevel.CRITICAL,
        WarningLevel.OK,
    ]
