"""``receive`` says each export, and of many of one kind one line for a second."""

from __future__ import annotations

from tui_monitor.cli.export_log import ExportLog
from tui_monitor.net.exports import Export


class Bench:
    """A log whose clock is set, and its lines without the time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.log = ExportLog(lambda line: self.lines.append(line[10:]), lambda: self.now)

    def note(self, *services: str, records: int = 1) -> None:
        self.log.note(Export("logs", services, records, b"{}"))


def test_single_exports_are_lines() -> None:
    bench = Bench()
    bench.note("codex")
    bench.note("claude-code", "web", records=3)
    bench.note()
    assert bench.lines == [
        "codex  logs  1 record",
        "claude-code, web  logs  3 records",
        "unnamed service  logs  1 record",
    ]


def test_many_of_one_kind_are_summed_up() -> None:
    bench = Bench()
    for _ in range(2001):
        bench.note("codex", records=2)
    bench.log.flush()
    assert bench.lines == ["codex  logs  2 records"]
    bench.now += 1
    bench.log.flush()
    bench.log.flush()
    assert bench.lines[1:] == ["codex  logs  4,000 records in 2,000 exports"]


def test_kinds_that_are_silent_are_forgotten() -> None:
    bench = Bench()
    for number in range(50):
        bench.note(f"service-{number}")
    bench.now += 2
    bench.log.flush()
    assert bench.log._tallies == {}
