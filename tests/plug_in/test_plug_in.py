"""A package that is installed beside ours brings a format of its own, and everything can read it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tui_monitor.cli import main
from tui_monitor.events import SessionKey
from tui_monitor.feed.enrich import with_windows
from tui_monitor.live.context import compaction_threshold
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.plug_ins import PLUG_INS
from tui_monitor.sources.discovery.registry import default_registry, installed_registry

ANSWER = {"acme": "answer", "run": "r1", "at": 1_772_359_201_000, "id": "a1", "model": "gpt-5.4", "in": 100, "out": 20}
LINES = [
    {"acme": "begin", "run": "r1", "at": 1_772_359_200_000, "cwd": "/home/ada/engine"},
    ANSWER,
    ANSWER,
    {"acme": "tool", "run": "r1", "at": 1_772_359_202_000, "id": "t1", "name": "sh", "what": "make", "ok": False},
    {"acme": "novelty", "run": "r1", "at": 1_772_359_203_000},
    {"acme": "answer", "run": "r1"},
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home directory of a user of the plug-in and its agent."""
    installed = tmp_path / "site" / "acme_agent-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-agent\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[{PLUG_INS}]\nacme = tests.plug_in.acme:Acme\n")
    (tmp_path / ".acme").mkdir()
    (tmp_path / ".acme" / "r1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    monkeypatch.syspath_prepend(str(installed.parent))
    for name, folder in (("HOME", "."), ("TUI_MONITOR_DATA_DIR", "data")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("TUI_MONITOR_CONFIG", os.devnull)
    monkeypatch.chdir(tmp_path)
    installed_registry.cache_clear()
    yield tmp_path
    installed_registry.cache_clear()


@pytest.mark.parametrize("words", [[], [".acme/r1.jsonl"], [".acme"]])
def test_plug_in_sessions_are_found_read_priced_and_counted(
    home: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stats", "--json", *words]) == 0
    report = json.loads(capsys.readouterr().out)
    [session] = report["sessions"]
    assert (session["id"], session["source"], session["path"]) == ("r1", "acme", str(home / ".acme" / "r1.jsonl"))
    assert (session["requests"], session["input_tokens"], session["output_tokens"]) == (1, 100, 20)
    assert session["cost_usd"] == pytest.approx((100 * 2.5 + 20 * 15) / 1e6)
    assert (session["tools"], session["tools_failed"]) == (1, 1)
    assert (report["health"]["unknown_types"], report["health"]["skipped_lines"]) == (1, 1)


def test_window_and_compaction_threshold_follow_the_plug_ins_traits(home: Path) -> None:
    path = home / ".acme" / "r1.jsonl"
    state = LiveState()
    with closing(default_registry().recognise(path).open(path)) as source:
        while batch := source.read():
            state.apply(with_windows(batch, PriceBook()).events, Changes())
    context = state.sessions[SessionKey("acme", "r1")].context
    assert (context.tokens, context.limit, context.limit_source) == (100, 64_000, "assumed")
    assert compaction_threshold(context) == 48_000


@pytest.mark.usefixtures("home")
def test_prices_show_the_window_that_the_plug_in_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "gpt-5.4"]) == 0
    assert "64,000 tokens (assumed) as Acme runs it" in capsys.readouterr().out
