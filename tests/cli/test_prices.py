"""`prices MODEL` tells what a model costs, how large its window is, and where both are from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_monitor.cli import main


@pytest.fixture(autouse=True)
def _machine(home: Path) -> None:
    pass


def prices(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["prices", *words]) == 0
    return capsys.readouterr().out


def test_price_window_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    told = prices(capsys, "gemini-2.5-pro")
    assert "genai-prices" in told
    assert "1,048,576 tokens (price list)" in told
    [line] = [line for line in told.splitlines() if line.startswith("  output")]
    assert line.split()[-4:] == ["10.00", "15.00", "5.00", "7.50"]


def test_the_window_with_which_an_agent_runs_a_model_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = prices(capsys, "claude-opus-4-8")
    assert "1,000,000 tokens (price list)" in told
    assert "200,000 tokens (assumed) as Claude Code runs it" in told
    assert "Claude Code" not in prices(capsys, "claude-opus-4-8[1m]")


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(prices(capsys, "claude-sonnet-4-5", "--json"))
    assert (told["schema"], told["provider"], told["window"]["tokens"]) == (1, "anthropic", 200_000)
    standard, large, *_ = told["prices"]
    assert (standard["terms"], standard["above_tokens"], standard["input"], standard["cache_write_1h"]) == (
        "standard",
        0,
        3.0,
        6.0,
    )
    assert (large["above_tokens"], large["input"]) == (200_000, 6.0)


def test_what_is_set_by_the_person_stands_over_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[prices."my-*"]\ninput = 1.5\noutput = 2\n[windows]\n"my-*" = 64000\n')
    told = prices(capsys, "my-model")
    assert "configuration" in told
    assert "64,000 tokens (configured)" in told
    assert "1.50" in told


def test_a_window_without_a_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[windows]\n"my-*" = 64000\n')
    assert "its price is unknown" in prices(capsys, "my-model")


def test_prices_are_those_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = prices(capsys, "o3", "--at", "2025-01-01"), prices(capsys, "o3", "--at", "2026-01-01")
    assert "until 2025-06-10" in before
    assert "since 2025-06-10" in after
    assert [line.split()[-1] for told in (before, after) for line in told.splitlines() if "output" in line] == [
        "40.00",
        "8.00",
    ]


def test_a_model_that_nobody_knows_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "no-such-model"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_in_a_name_reaches_the_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[windows]\n"*" = 64000\n')
    assert "\x1b" not in prices(capsys, "evil\x1b[2Jmodel")
