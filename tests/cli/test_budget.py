"""``budget`` writes the configuration, compares with it, and says in its status whether one is exceeded."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.sessions import install, short_session
from tests.reports.schema import COUNT, TIME, closed, listed, or_null
from tests.sources.claude_builder import ID, START_MS
from tui_monitor.cli import main

MONEY: dict[str, object] = {"type": "number"}
FLAG: dict[str, object] = {"type": "boolean"}
BUDGET = closed(
    name={"enum": ["daily", "weekly", "monthly", "session"]},
    project=or_null("string"),
    session=or_null("string"),
    since=TIME,
    until=TIME,
    limit_usd=MONEY,
    spent_usd=MONEY,
    spent_is_lower_bound=FLAG,
    remaining_usd=MONEY,
    percentage=MONEY,
    forecast_usd=or_null("number"),
    exceeded=FLAG,
    will_be_exceeded=FLAG,
)
BUDGETS = closed(schema=COUNT, exceeded=FLAG, budgets=listed(BUDGET))


@pytest.fixture
def spent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a session of a moment ago."""
    monkeypatch.setattr("tui_monitor.cli.budget.now_ms", lambda: START_MS + 60_000)
    install(short_session("/work/shop"), home, ID)
    return home


def status(capsys: pytest.CaptureFixture[str], expected: int, *words: str) -> Any:
    """Return the JSON of ``budget status``, which ends with this status."""
    assert main(["budget", "status", "--json", "--tz", "UTC", *words]) == expected
    result = json.loads(capsys.readouterr().out)
    jsonschema.validate(result, BUDGETS)
    return result


def error_line(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the error of wrong usage."""
    assert main(["budget", *words]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    return error


def test_budgets_are_set_and_checked(spent: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("# mine\n[display]\nascii = true\n")
    assert main(["budget", "set", "--daily", "10", "--session", "0.01"]) == 0
    assert "daily budget: $10.00" in capsys.readouterr().out
    assert config.read_text().startswith("# mine\n[display]\nascii = true\n")
    assert tomllib.loads(config.read_text())["budgets"] == {"daily": 10, "session": 0.01}
    assert config.stat().st_mode & 0o077 == 0
    result = status(capsys, 1)
    assert [(one["name"], one["exceeded"]) for one in result["budgets"]] == [("daily", False), ("session", True)]
    assert result["budgets"][1]["session"] == f"shop {ID[:8]}"
    assert result["budgets"][0]["remaining_usd"] == pytest.approx(10 - result["budgets"][0]["spent_usd"])
    assert main(["budget"]) == 1
    assert "EXCEEDED" in capsys.readouterr().out
    assert main(["budget", "set", "--session", "0"]) == 0
    assert "session budget: none" in capsys.readouterr().out
    assert status(capsys, 0)["exceeded"] is False


def test_budget_of_a_folder(spent: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "set", "--monthly", "0.01", "--project", "/work/shop"]) == 0
    assert tomllib.loads(config.read_text())["budgets"] == {"projects": {"/work/shop": {"monthly": 0.01}}}
    capsys.readouterr()
    (one,) = status(capsys, 1)["budgets"]
    assert (one["project"], one["name"]) == ("/work/shop", "monthly")
    assert "no budget is set" in error_line(capsys, "status", "--project", "/work/tides")


def test_budget_may_be_given_where_it_is_checked(spent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(capsys, 0, "--daily", "100")["budgets"][0]["limit_usd"] == 100
    assert status(capsys, 1, "--daily", "0.001", "--project", "/work/shop")["exceeded"]
    assert not status(capsys, 0, "--daily", "0.001", "--project", "/work/tides")["exceeded"]


def test_wrong_usage_is_one_line(spent: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no budget is set" in error_line(capsys, "status")
    assert "name a budget" in error_line(capsys, "set")
    assert "must be dollars" in error_line(capsys, "set", "--daily", "-1")
    assert "must be dollars" in error_line(capsys, "set", "--daily", "nan")
    assert "--daily" in error_line(capsys, "set", "--daily", "ten")
    assert "takes no files" in error_line(capsys, "set", "x.jsonl", "--daily", "1")
    assert "Choose from" in error_line(capsys, "sett")
    config.write_text("budgets = {daily = 1}\n")
    assert "cannot be changed" in error_line(capsys, "set", "--daily", "2")
    config.write_text("budgets = 1\n")
    assert "budgets is no table" in error_line(capsys, "set", "--daily", "2")
    config.write_text("[budgets\n")
    assert "cannot be changed" in error_line(capsys, "set", "--daily", "2")
    assert config.read_text() == "[budgets\n"
