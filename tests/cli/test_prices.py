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


@pytest.mark.parametrize(
    ("provider", "words"),
    [("nobody", "known are"), ("antropic", "did you mean anthropic?"), ("openi", "did you mean openai?")],
)
def test_unknown_provider_is_one_line(provider: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "gpt-5", "--provider", provider]) == 2
    error = capsys.readouterr().err
    assert f'unknown provider "{provider}": ' in error
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("provider", ["OpenAI", "zhipu", "kimi", "aws", "x_ai"])
def test_all_names_of_a_provider_are_known(provider: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "no-such-model", "--provider", provider]) == 3
    assert "unknown model" in capsys.readouterr().err


def test_provider_of_a_configured_price_is_known(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text('[prices."house/*"]\ninput = 1\noutput = 2\n')
    assert "1.00" in prices(capsys, "my-model", "--provider", "house")


def test_each_price_has_its_source(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text('[prices."claude-opus-4-6"]\ninput = 1\n')
    text = prices(capsys, "claude-opus-4-6")
    assert "configured input\n" in text
    assert "fast       Anthropic's pricing page: fast mode" in text
    rows = {row["terms"]: row["source"] for row in json.loads(prices(capsys, "claude-opus-4-6", "--json"))["prices"]}
    assert rows["standard"].startswith("configuration over genai-prices")
    assert rows["fast"].startswith("Anthropic's pricing page")


LIST = [
    {
        "id": "acme",
        "name": "Acme",
        "api_pattern": "x",
        "models": [{"id": "rocket", "match": {"equals": "rocket"}, "prices": {"input_mtok": 7, "output_mtok": 8}}],
    }
]


def test_price_list_of_the_users_own_configuration(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps(LIST))
    config.write_text(f'[prices]\nfile = "{path}"\n')
    text = prices(capsys, "rocket", "--provider", "acme")
    assert f"source     {path}\n" in text
    assert "7.00" in text
    assert main(["prices", "gpt-4o"]) == 3


def test_broken_price_list_is_said_and_the_installed_one_is_used(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f'[prices]\nfile = "{tmp_path / "missing.json"}"\n')
    assert main(["prices", "gpt-5"]) == 0
    out, error = capsys.readouterr()
    assert "genai-prices" in out
    assert error.count("\n") == 1
    assert "missing.json: is no usable price list (no such file or directory), genai-prices" in error


def test_price_list_of_a_folder_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps(LIST))
    Path(".tui-monitor.toml").write_text(f'[prices]\nfile = "{path}"\n')
    assert main(["prices", "rocket"]) == 3
    assert "ignored: prices.file" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_model_that_is_written_almost_like_another_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "gpt4o"]) == 3
    assert capsys.readouterr().err == 'tui-monitor: unknown model "gpt4o": did you mean gpt-4o?\n'
