"""The example of agents in threads, tasks, worker processes and another program, run as a program: one session."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tui_monitor.events import MAIN, AgentStatus
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.store import private_store

FLEET = Path(__file__).parents[2] / "assets" / "example_fleet.py"
DOLLARS = 10**12


def parents_by_subject(state: SessionState) -> dict[str, str]:
    calls = {call.id: call for call in state.log.calls()}
    return {call.subject: calls[call.parent].subject if call.parent else "" for call in calls.values()}


def test_example_fleet_is_one_session_with_all_agents_below_their_calls(tmp_path: Path) -> None:
    environment = {**os.environ, "TUI_MONITOR_DATA_DIR": str(tmp_path), "TUI_MONITOR_CONFIG": os.devnull}
    environment.pop("TUI_MONITOR_STREAM", None)
    command = [sys.executable, str(FLEET), "--pace", "0"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=True)
    assert (ran.stdout, ran.stderr) == ("2 files are mended.\n", "")
    [stream] = (tmp_path / "streams").iterdir()
    with closing(private_store(bodies=True)) as store:
        [session] = read_file(store, stream, Stream(), PriceBook())
        live = LiveState()
        live.restore(store.history(session), Changes())
        totals = store.totals(session)
    state = live.sessions[session]
    assert sorted(agent.type for agent in state.children()) == [
        *("developer", "developer", "researcher", "researcher", "tester", "writer")
    ]
    assert {agent.parent for agent in state.children()} == {MAIN}
    assert {agent.status for agent in state.children()} == {AgentStatus.COMPLETED}
    assert parents_by_subject(state) == {
        **dict.fromkeys(("look it up", "mend and write", "test it"), ""),
        **dict.fromkeys(("tides of the bay", "fees of last year"), "look it up"),
        **dict.fromkeys(("fee.py", "tariff.py", "NOTES.md"), "mend and write"),
        "make test": "test it",
    }
    assert (totals.amount.requests, totals.calls, totals.files_changed) == (10, 9, 3)
    assert (state.title, state.context.tokens) == ("Mend the fee of the harbour", 106_000)
    assert totals.amount.cost > DOLLARS // 2
