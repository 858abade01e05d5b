"""A fleet of agents in threads, tasks, worker processes and a program of its own: one session in the monitor.

    python assets/example_fleet.py --pace 1

A lead hands parts of its work on: `propagate` binds a function to the lead's session and call, `PropagatingExecutor`
does so for all functions of a pool, `child_environment` for another program. Models are scripts: no network is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import tui_monitor
from tui_monitor import FileChange

MODEL = "claude-sonnet-4-5"
BEFORE, AFTER = "def fee(tons):\n    return tons * 2\n", "def fee(tons):\n    return tons * 3\n"
PROGRAM = """
import sys, time, tui_monitor
with tui_monitor.agent("tester", description="Runs the tests"):
    tui_monitor.record_usage("claude-haiku-4-5", 2_500, 90)
    with tui_monitor.execution("bash", {"command": "make test"}) as call:
        time.sleep(4 * float(sys.argv[1]))
        call.output = "12 passed"
"""


def research(question: str, pace: float) -> str:
    """Look something up, as an agent in a thread."""
    with tui_monitor.agent("researcher", description=question):
        tui_monitor.record_usage(MODEL, 8_000, 300)
        with tui_monitor.execution("search_archive", {"query": question}) as call:
            time.sleep(3 * pace)
            call.output = "two tables"
    return "found"


async def draft(pace: float) -> None:
    """Write, as an agent in a task of an event loop."""
    with tui_monitor.agent("writer", description="Drafts the notes"):
        await asyncio.sleep(pace)
        tui_monitor.record_usage(MODEL, 5_000, 900)
        with tui_monitor.execution("write", {"path": "NOTES.md"}) as call:
            await asyncio.sleep(2 * pace)
            call.add_file_change(FileChange.create("NOTES.md", "A ton costs 3.\n"))


def mend(path: str, pace: float) -> int:
    """Change a file, as an agent in a worker process."""
    with tui_monitor.agent("developer", description=f"Mends {path}"):
        tui_monitor.record_usage(MODEL, 12_000, 700)
        with tui_monitor.execution("edit", {"path": path}) as call:
            time.sleep(2 * pace)
            call.add_file_change(FileChange.modify(path, BEFORE, AFTER))
    return 1


def main() -> None:
    """Have a fee mended."""
    parser = argparse.ArgumentParser(description="A recorded fleet of agents, to be watched with tui-monitor.")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds that each step takes (1)")
    pace = parser.parse_args().pace
    with tui_monitor.session(title="Mend the fee of the harbour", client="example fleet"):
        tui_monitor.record_usage(MODEL, 60_000, 400)
        with tui_monitor.execution("delegate", {"goal": "look it up"}):
            threads = [
                threading.Thread(target=tui_monitor.propagate(research), args=(question, pace))
                for question in ("tides of the bay", "fees of last year")
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        tui_monitor.record_usage(MODEL, 20_000, 350, cache_read_tokens=60_000)
        with tui_monitor.execution("delegate", {"goal": "mend and write"}):
            workers = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
            with tui_monitor.PropagatingExecutor(workers) as pool:
                mended = [pool.submit(mend, path, pace) for path in ("fee.py", "tariff.py")]
                asyncio.run(draft(pace))
                count = sum(each.result() for each in mended)
        tui_monitor.record_usage(MODEL, 24_000, 500, cache_read_tokens=80_000)
        with tui_monitor.execution("delegate", {"goal": "test it"}):
            command = [sys.executable, "-c", PROGRAM, str(pace)]
            subprocess.run(command, env=tui_monitor.child_environment(), check=True)
        tui_monitor.record_usage(MODEL, 2_000, 120, cache_read_tokens=104_000)
    sys.stdout.write(f"{count} files are mended.\n")


if __name__ == "__main__":
    main()
