"""Every rule about how agents write, from bytes on the disk to the figures of `stats`.

Each module of this package has a table ``RULES``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import tests.rules
from tests.rules.rule import Figure, Folder, Rule
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import status
from tui_monitor.pricing import PriceBook
from tui_monitor.reports.stats import query_stats, stats_json
from tui_monitor.sources.base import Adapter, SearchContext
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, private_store

NO_TABLES = ("rule", "test_rules")
TABLES = [
    import_module(f"{tests.rules.__name__}.{name}")
    for _, name, _ in iter_modules(tests.rules.__path__)
    if name not in NO_TABLES
]
RULES: list[Rule] = [rule for table in TABLES for rule in table.RULES]
PRICES = PriceBook()
DOLLARS = 1e-9
WAIT_MS = 10_000


def figures_of(folder: Folder, files: Iterable[tuple[Path, Adapter]], *, times: int = 1) -> dict[str, Figure]:
    """Return the figures of `stats` for these files of a folder, after reading them ``times`` times."""
    with closing(private_store()) as store:
        for _ in range(times):
            _, errors = read_files(store, dict(files), PRICES)
            assert errors == []
        report: Any = stats_json(query_stats(store))
        word = word_of_last_session(store, folder)
    last = report["sessions"][0]
    return {
        **report["totals"],
        "skipped_lines": report["health"]["skipped_lines"],
        "unknown_types": report["health"]["unknown_types"],
        "sessions": len(report["sessions"]),
        "models": len(report["models"]),
        "agents": last["agents"],
        "context": last["context"]["current"],
        "limit": last["context"]["limit"],
        "percentage": last["context"]["percentage"],
        "word": word,
    }


def word_of_last_session(store: Store, folder: Folder) -> str:
    """Return the word of the state of the session that was active last, ten seconds after, beside its processes."""
    session, live = store.sessions()[0].session, LiveState()
    live.restore(store.history(session), Changes())
    context = SearchContext(folder.path, {"CLAUDE_CODE_TMPDIR": str(folder.path)}, folder.path)
    for scan in scan_processes(default_registry().adapters, context, folder.processes).values():
        live.apply_scan(scan, Changes())
    state = live.sessions[session]
    return str(status(state, state.last_at + WAIT_MS).word)


def files_in(folder: Path) -> list[tuple[Path, Adapter]]:
    """Return all session files in a folder, as the monitor finds them."""
    bundles = expand([str(folder)], default_registry()).sessions
    return [(path, files.adapter) for files in bundles for path in (files.path, *files.related_files)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule(rule: Rule, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rule.build(folder)
    files = files_in(tmp_path)
    figures = figures_of(folder, files)
    assert {name: figures[name] for name in rule.figures} == pytest.approx(rule.figures, abs=DOLLARS)
    assert figures_of(folder, reversed(files)) == figures, "the order of reading makes a difference"
    assert figures_of(folder, files, times=2) == figures, "reading again makes a difference"


def test_rules_have_figures_and_unique_names() -> None:
    assert all(rule.figures for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
