"""``prices MODEL`` prints a model's prices and window, and where both come from."""

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
    text = prices(capsys, "gemini-2.5-pro")
    assert "genai-prices" in text
    assert "1,048,576 tokens (price list)" in text
    [line] = [line for line in text.splitlines() if line.startswith("  output")]
    assert line.split()[-4:] == ["10.00", "15.00", "5.00", "7.50"]


def test_window_of_the_agent_is_printed_where_it_differs(capsys: pytest.CaptureFixture[str]) -> None:
    text = prices(capsys, "claude-opus-4-6")
    assert "1,000,000 tokens (price list)" in text
    assert "200,000 tokens (assumed) as Claude Code runs it" in text
    assert "Claude Code" not in prices(capsys, "claude-opus-4-6[1m]")


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(prices(capsys, "claude-sonnet-4-5", "--json"))
    assert (document["schema"], document["provider"], document["window"]["tokens"]) == (1, "anthropic", 200_000)
    standard, large, *_ = document["prices"]
    assert (standard["terms"], standard["above_tokens"], standard["input"], standard["cache_write_1h"]) == (
        "standard",
        0,
        3.0,
        6.0,
    )
    assert (large["above_tokens"], large["input"]) == (200_000, 6.0)


def test_configured_prices_replace_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[prices."my-*"]\ninput = 1.5\noutput = 2\n[windows]\n"my-*" = 64000\n')
    text = prices(capsys, "my-model")
    assert "configuration" in text
    assert "64,000 tokens (configured)" in text
    assert f"set in     {tmp_path / 'config.toml'}\n" in text
    assert "1.50" in text


def test_window_without_a_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[windows]\n"my-*" = 64000\n')
    assert "its price is unknown" in prices(capsys, "my-model")


def test_prices_are_those_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = prices(capsys, "o3", "--at", "2025-01-01"), prices(capsys, "o3", "--at", "2026-01-01")
    assert "until 2025-06-10" in before
    assert "since 2025-06-10" in after
    assert [line.split()[-1] for text in (before, after) for line in text.splitlines() if "output" in line] == [
        "40.00",
        "8.00",
    ]


@pytest.mark.parametrize(
    ("model", "status", "line"), [("no-such-model", 3, 'unknown model "no-such-model"'), ("", 2, "MODEL is empty")]
)
def test_unknown_model_is_one_line(model: str, status: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", model]) == status
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


def test_escape_sequences_in_a_name_are_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[windows]\n"*" = 64000\n')
    assert "\x1b" not in prices(capsys, "evil\x1b[2Jmodel")
