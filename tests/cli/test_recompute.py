"""``prices --recompute`` applies today's prices to everything that is stored, and says what that changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main

PRICES = '[prices."claude-*"]\ninput = 100\noutput = 500\ncache_read = 10\ncache_write = 125\ncache_write_1h = 200\n'


@pytest.fixture(autouse=True)
def _stored(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session(home / "engine"), home, "one")
    stats(capsys)


def stats(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["stats", "--json", *words]) == 0
    document = json.loads(capsys.readouterr().out)
    return {part: document[part] for part in ("totals", "models", "sessions", "tools")}


def recompute(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["prices", "--recompute", *words]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    return out


def test_stored_costs_are_those_of_a_store_read_anew(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stats(capsys)
    config.write_text(PRICES)
    assert stats(capsys) == before
    text = recompute(capsys)
    assert "1 session changed" in text
    after = stats(capsys)
    assert after["totals"]["cost_usd"] > before["totals"]["cost_usd"]
    assert after == stats(capsys, "--store", str(tmp_path / "new.db"))
    config.write_text("")
    recompute(capsys)
    assert stats(capsys) == before


def test_json_has_every_model_before_and_after(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stats(capsys)["totals"]["cost_usd"]
    config.write_text(PRICES)
    document = json.loads(recompute(capsys, "--json"))
    [model] = document["models"]
    assert document["schema"] == 1
    assert not document["dry_run"]
    assert document["sessions_changed"] == 1
    assert document["before"]["cost_usd"] == model["before"]["cost_usd"] == pytest.approx(before)
    assert document["after"] == model["after"]
    assert model["after"]["cost_usd"] == pytest.approx(stats(capsys)["totals"]["cost_usd"])


def test_dry_run_changes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stats(capsys)
    config.write_text(PRICES)
    text = recompute(capsys, "--dry-run")
    assert "1 session would change; nothing was written" in text
    assert stats(capsys) == before


def test_nothing_changes_by_the_same_prices(capsys: pytest.CaptureFixture[str]) -> None:
    assert "all costs are those of today's prices" in recompute(capsys)


def test_prices_of_a_folder_are_not_applied(capsys: pytest.CaptureFixture[str]) -> None:
    before = stats(capsys)
    Path(".tui-monitor.toml").write_text('[prices."*"]\ninput = 0\noutput = 0\n')
    assert main(["prices", "--recompute"]) == 0
    assert "all costs are those of today's prices" in capsys.readouterr().out
    Path(".tui-monitor.toml").unlink()
    assert stats(capsys) == before


def test_named_store_is_repriced(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = str(tmp_path / "other.db")
    before = stats(capsys, "--store", other)
    config.write_text(PRICES)
    recompute(capsys, "--store", other)
    assert stats(capsys) == before
    assert stats(capsys, "--store", other) != before


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["claude-opus-4-6", "--recompute"], "--recompute is for everything that is stored"),
        (["--recompute", "--at", "today"], "--recompute is for everything that is stored"),
        (["claude-opus-4-6", "--dry-run"], "--dry-run and --store go with --recompute."),
        (["claude-opus-4-6", "--store", "x.db"], "--dry-run and --store go with --recompute."),
        (["--recompute", "--store", "."], ""),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", *words]) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1
