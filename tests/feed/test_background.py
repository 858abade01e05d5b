"""Sessions elsewhere, read while that of the working directory does not need the reader."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.feed.running import RunningFeed, running
from tests.sources.support import Toy, toys
from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.feed.deliveries import Delivery, DiscoveryResult, EventsRead, ProcessesScanned
from tui_monitor.feed.live_selection import LiveSelector
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.registry import Registry


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a toy session of its folder ``work``, and one of another folder."""
    (tmp_path / "toys").mkdir()
    for name, folder in (("here", tmp_path / "work"), ("there", tmp_path / "other")):
        line = json.dumps({"toy": name, "cwd": str(folder)}).encode() + b"\n"
        (tmp_path / "toys" / f"{name}.jsonl").write_bytes(line + toys(3))
    return tmp_path


def sources_read(run: RunningFeed) -> list[str]:
    """Return the names of the sources whose events were delivered, in order."""
    return [delivery.path.stem for delivery in run.of(EventsRead) if delivery.path]


def selector(home: Path) -> Callable[[Registry], LiveSelector]:
    context = SearchContext(home, {}, home / "work")
    return lambda registry: LiveSelector(context, registry, lambda: time.time_ns() // 1_000_000)


def test_session_here_is_read_before_the_others(home: Path) -> None:
    with running(registry=lambda: Registry((Toy(),)), make_selector=selector(home)) as run:
        run.wait_for(lambda: "there" in sources_read(run))
    assert sources_read(run) == ["here", "there"]
    here = home / "toys" / "here.jsonl"
    assert run.of(DiscoveryResult)[0] == DiscoveryResult((), (), here, has_sessions=True)


def test_session_elsewhere_is_followed(home: Path) -> None:
    with running(registry=lambda: Registry((Toy(),)), make_selector=selector(home)) as run:
        run.wait_for(lambda: "there" in sources_read(run))
        with (home / "toys" / "there.jsonl").open("ab") as file:
            file.write(toys(1))
        run.wait_for(lambda: sources_read(run).count("there") == 2)


def test_past_session_is_read_when_it_is_asked_for(home: Path) -> None:
    past = home / "toys" / "there.jsonl"
    os.utime(past, (0, 0))
    with running(registry=lambda: Registry((Toy(),)), make_selector=selector(home)) as run:
        run.wait_until_read()
        assert sources_read(run) == ["here"]
        run.feed.follow(past)
        run.wait_for(lambda: "there" in sources_read(run))


def test_quiet_session_is_read_when_its_process_is_seen(home: Path) -> None:
    os.utime(home / "toys" / "there.jsonl", (0, 0))
    process = SessionProcess(session=SessionKey("toy", ""), pid=7, cwd=str(home / "other"))
    scan = ProcessesScanned((ProcessScan(source="toy", processes=(process,)),))

    def deliver_scan(deliver: Callable[[Delivery], None], stopped: Event) -> Thread:
        return Thread(target=deliver, args=(scan,))

    with running(
        registry=lambda: Registry((Toy(),)), make_selector=selector(home), make_process_monitor=deliver_scan
    ) as run:
        run.wait_for(lambda: "there" in sources_read(run))
