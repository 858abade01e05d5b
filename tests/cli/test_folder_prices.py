"""Prices and windows of a file that was found upwards hold for what is shown there; the store never gets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main
from tui_monitor.store import open_store

FOREIGN = """
[prices."*"]
input = 0
output = 0
cache_read = 0
cache_write = 0
cache_write_1h = 0
[windows]
"*" = 777777
"""
DEAR = '[prices."claude-*"]\ninput = 1000000\noutput = 1000000\ncache_read = 1000000\n'


@pytest.fixture
def elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with somebody else's prices, beside the current one; a session is installed."""
    install(short_session(home / "engine"), home, "one")
    folder = home / "cloned"
    folder.mkdir()
    (folder / ".tui-monitor.toml").write_text(FOREIGN)
    return folder


def figures(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Any, Any, str]:
    """Return the cost of everything, the limit of the session's context, and standard error."""
    assert main(["stats", "--json", *words]) == 0
    out, error = capsys.readouterr()
    document = json.loads(out)
    return document["totals"]["cost_usd"], document["sessions"][0]["context"]["limit"], error


@pytest.mark.parametrize("foreign", [FOREIGN, DEAR])
@pytest.mark.parametrize("is_read_before", [False, True])
def test_report_in_the_folder_uses_its_prices_and_the_store_keeps_the_users_own(
    elsewhere: Path,
    is_read_before: bool,
    foreign: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = figures(capsys, "--store", str(elsewhere / "usual.db"))
    if is_read_before:
        assert figures(capsys) == usual
    (elsewhere / ".tui-monitor.toml").write_text(foreign)
    here = Path.cwd()
    monkeypatch.chdir(elsewhere)
    cost, limit, error = figures(capsys)
    assert cost == 0 if foreign == FOREIGN else cost > 1000
    assert limit == (777_777 if foreign == FOREIGN else usual[1])
    assert error == (
        f"tui-monitor: {elsewhere}/.tui-monitor.toml sets prices or windows: "
        "they hold for what is shown here and are not stored.\n"
    )
    assert figures(capsys)[:2] == (cost, limit)
    monkeypatch.chdir(here)
    assert figures(capsys) == usual


@pytest.mark.parametrize("words", [[], ["--no-store"]])
def test_paths_and_private_stores_are_shown_by_the_prices_of_the_folder(
    elsewhere: Path, home: Path, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    assert figures(capsys, *words, *([] if words else [str(home / ".claude")]))[0] == 0


def test_one_frame_uses_the_prices_of_the_folder(
    elsewhere: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    assert main(["--once", "--json"]) == 0
    out, error = capsys.readouterr()
    [session] = json.loads(out)["sessions"]
    assert (session["totals"]["cost_usd"], session["context"]["limit"]) == (0, 777_777)
    assert "hold for what is shown here" in error
    store = open_store(data / "monitoring.db")
    assert store.overall().amount.cost > 0
    store.close()


def test_price_of_a_folder_is_shown_with_its_file(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    assert main(["prices", "claude-opus-4-6"]) == 0
    assert str(elsewhere / ".tui-monitor.toml") in capsys.readouterr().out
