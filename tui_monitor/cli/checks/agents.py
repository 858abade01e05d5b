"""Checks of agents: where their sessions are looked for, whether they can be read and are understood, and which run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from tui_monitor.cli.checks.model import Finding, count, note, ok, problem
from tui_monitor.events import Health, ProcessScan
from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.find import DiscoveredSession
from tui_monitor.units import duration_forms

SAMPLES = 3
"""Sessions of each agent, the newest ones, that are read."""
SAMPLE_BYTES = 4_000_000
"""Bytes of each of them, about."""
_UPDATE = "update tui-monitor: the agent may be newer than it; else report the line"


def check_places(
    adapters: Sequence[Adapter], context: SearchContext, sessions: Sequence[DiscoveredSession], now: int
) -> Iterator[Finding]:
    """Yield for each agent the folders of its sessions with what was found there at ``now`` (epoch ms), those without
    sessions last."""
    absent: list[Finding] = []
    for adapter in adapters:
        own = [session for session in sessions if session.adapter is adapter]
        roots = adapter.roots(context)
        there = [root for root in roots if root.exists()]
        yield from (_place(adapter, root, own, now) for root in there)
        yield from _understanding(adapter, own[:SAMPLES])
        if roots and not there:
            absent.append(note(_title(adapter), f"not found: {', '.join(map(str, roots))}"))
    yield from absent


def check_processes(adapters: Sequence[Adapter], scans: Mapping[str, ProcessScan]) -> Iterator[Finding]:
    """Yield for each agent that runs the number of its processes, and what makes its states certain."""
    for adapter in adapters:
        scan = scans.get(adapter.name)
        if scan is None or not scan.processes:
            continue
        pids = ", ".join(str(process.pid) for process in scan.processes[:SAMPLES])
        more = ", …" if len(scan.processes) > SAMPLES else ""
        text = f"{count(len(scan.processes), 'process', 'processes')} (pid {pids}{more})"
        named = all(process.session.id for process in scan.processes)
        if named:
            yield ok(_title(adapter), f"{text}, each with its session")
        else:
            yield note(_title(adapter), f"{text}; which sessions they run is not known", adapter.traits.exact_states)


def _place(adapter: Adapter, root: Path, own: Sequence[DiscoveredSession], now: int) -> Finding:
    title = _title(adapter)
    if not os.access(root, os.R_OK | (os.X_OK if root.is_dir() else 0)):
        return problem(title, f"{root} cannot be read", "give yourself the permission to read it")
    sessions = [session for session in own if session.path.is_relative_to(root)]
    if not sessions:
        return note(title, f"{root} holds no sessions")
    age = duration_forms(max(0, now - sessions[0].modified))
    return ok(title, f"{root}: {count(len(sessions), 'session')}, the newest {age[-1] if age else '0s'} old")


def _understanding(adapter: Adapter, sessions: Sequence[DiscoveredSession]) -> Iterator[Finding]:
    """Yield whether the newest sessions are understood."""
    total = Health()
    for session in sessions:
        try:
            total += _read(adapter, session.path)
        except Exception as error:  # a plug-in may raise anything, and so may a damaged file
            yield problem(_title(adapter), f"{session.path} cannot be read ({error})", "look at the file")
    if total.skipped or total.unknown:
        odd = f"{total.skipped:,} unreadable, {total.unknown:,} of unknown types"
        first = f": {total.errors[0]}" if total.errors else ""
        yield note(_title(adapter), f"{odd} of {count(total.lines, 'line')} in the newest sessions{first}", _UPDATE)
    elif total.lines:
        yield ok(_title(adapter), f"all {count(total.lines, 'line')} in the newest sessions are understood")


def _read(adapter: Adapter, path: Path) -> Health:
    """Return the health of the beginning of a source.

    Raises:
        OSError: it cannot be read.
    """
    total, size = Health(), 0
    with closing(adapter.open(path)) as source:
        for batch in islice(iter(source.read, None), SAMPLE_BYTES):
            total += batch.health
            size += batch.size
            if size > SAMPLE_BYTES:
                break
    return total


def _title(adapter: Adapter) -> str:
    return adapter.traits.title or adapter.name
