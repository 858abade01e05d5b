"""``cost``: every grouping adds up, filters and times hold, wrong words are one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.sessions import install, short_session, write
from tests.reports.schema import COUNT, TEXT, TIME, USAGE, closed, listed, or_null
from tests.sources.claude_builder import ID, text_block
from tui_monitor.cli import main
from tui_monitor.reports.cost import Grouping

OTHER = "22222222-0000-4000-8000-000000000000"
GROUP = closed(name=TEXT, session=or_null("string"), source=or_null("string"), at=TIME, share_percentage={}, **USAGE)
COST = closed(
    schema=COUNT, by={"enum": [*Grouping]}, since=TIME, until=TIME, totals=closed(**USAGE), groups=listed(GROUP)
)


@pytest.fixture
def two(home: Path) -> Path:
    """A home with two sessions of two folders."""
    commit = short_session("/work/shop", ID)
    commit.calls("Bash", "call_3", command="git commit -am Mend")
    commit.result("[main 1234567] Mend\n 1 file changed", "ok", "call_3")
    commit.assistant(text_block("Done."), stop="end_turn")
    install(commit, home, "one")
    install(short_session("/work/tides", OTHER, "Read the\ttide tables"), home, "two")
    return home


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return the JSON that ``cost`` prints; its shape is checked."""
    assert main(["cost", "--json", *words]) == 0
    result = json.loads(capsys.readouterr().out)
    jsonschema.validate(result, COST)
    return result


def names(capsys: pytest.CaptureFixture[str], by: str, *words: str) -> list[str]:
    """Return the names of the groups."""
    return [group["name"] for group in document(capsys, "--by", by, *words)["groups"]]


@pytest.mark.parametrize("by", Grouping)
def test_groups_add_up_to_the_totals(by: Grouping, two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, "--by", by)
    for key in ("requests", "input_tokens", "output_tokens", "total_tokens", "cost_usd"):
        assert sum(group[key] for group in result["groups"]) == pytest.approx(result["totals"][key])
    assert sum(group["share_percentage"] for group in result["groups"]) == pytest.approx(100, abs=0.1)
    assert main(["cost", "--by", by]) == 0
    assert f"Cost by {by}" in capsys.readouterr().out


def test_groups_are_named_as_people_name_them(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted(names(capsys, "project")) == ["/work/shop", "/work/tides"]
    assert names(capsys, "month") == ["2026-03"]
    assert names(capsys, "week") == ["2026-02-23"]
    assert set(names(capsys, "tool")) == {"Edit", "Bash", "no tool"}
    assert set(names(capsys, "file")) == {"/home/ada/engine/valve.py", "no file"}
    assert set(names(capsys, "prompt")) == {"Mend the valve.", "Read the tide tables"}
    assert set(names(capsys, "commit")) == {"1234567 Mend", "not committed"}
    assert names(capsys, "type") == ["main"]
    assert names(capsys, "operation") == ["conversation"]


def test_commit_is_named_from_a_file_too(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(two / ".claude" / "projects" / "engine" / "one.jsonl")
    assert "1234567 Mend" in names(capsys, "commit", path)


@pytest.mark.parametrize(
    ("words", "sessions"),
    [
        (("--project", "shop"), {ID}),
        (("--project", "/work"), {ID, OTHER}),
        (("--project", "/work/tides"), {OTHER}),
        (("--session", "2222"), {OTHER}),
        (("--source", "claude-code"), {ID, OTHER}),
        (("--model", "opus"), {ID, OTHER}),
        (("--agent", "main", "--since", "2026-03-01"), {ID, OTHER}),
    ],
)
def test_filters_choose(
    words: tuple[str, ...], sessions: set[str], two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = document(capsys, "--by", "session", *words)["groups"]
    assert {group["session"] for group in groups} == sessions


@pytest.mark.parametrize(
    "words", [("--project", "nowhere"), ("--model", "gpt"), ("--since", "2026-04"), ("--plan", "REQ-1")]
)
def test_nothing_that_matches_has_a_status_of_its_own(
    words: tuple[str, ...], two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cost", *words]) == 3
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert "nothing was spent" in error


def test_unknown_grouping_is_one_line(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--by", "colour"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert '"month"' in error


def test_table_has_as_many_rows_as_are_asked_for(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--by", "session", "--rows", "1"]) == 0
    text = capsys.readouterr().out
    assert "and 1 more" in text
    assert "\x1b" not in text


def test_report_is_written_to_a_file_for_its_owner(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = two / "cost.json"
    for _ in range(2):
        assert main(["cost", "--json", "-o", str(path)]) == 0
        assert json.loads(path.read_text())["by"] == "day"
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["cost", "--output", str(two / "cost.txt")]) == 0
    assert "Cost by day" in (two / "cost.txt").read_text()
    assert capsys.readouterr().out == ""
    assert main(["cost", "-o", str(two / "gone" / "cost.txt")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["cost", "-o", "/dev/null"]) == 2
    assert "is no file" in capsys.readouterr().err


def test_hostile_names_stay_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/work/[red]\x1b[31m", prompt="\x1b]0;title\x07 [bold]now"), home / "s.jsonl")
    for by in ("project", "prompt"):
        assert main(["cost", str(path), "--by", by]) == 0
        text = capsys.readouterr().out
        assert "\x1b" not in text
        assert "[" in text
