"""``sessions``, ``session`` and ``agent``: what a person and a program learn of a session, its agents and its tasks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.sessions import install, short_session
from tests.reports.schema import CONTEXT, COUNT, TEXT, TIME, TOTALS, USAGE, closed, listed, or_null
from tests.sources.claude_builder import ID
from tui_monitor.cli import main

PROGRESS: dict[str, object] = {
    "anyOf": [{"type": "null"}, closed(completed=COUNT, total=COUNT, percentage={"type": "number"})]
}
AVERAGE: dict[str, object] = {"anyOf": [{"type": "null"}, closed(**USAGE)]}
NAME, NUMBER = or_null("string"), or_null("integer")
DESCRIBED = closed(
    id=TEXT,
    source=TEXT,
    path=TEXT,
    agents=COUNT,
    started=TIME,
    ended=TIME,
    context=CONTEXT,
    title=NAME,
    project=NAME,
    branch=NAME,
    model=NAME,
    version=NAME,
    duration_ms=NUMBER,
    **TOTALS,
)
AGENT = closed(
    id=TEXT,
    type=NAME,
    description=NAME,
    parent=NAME,
    plan=NAME,
    task=NAME,
    model=NAME,
    status=NAME,
    started=TIME,
    ended=TIME,
    duration_ms=NUMBER,
    exit_code=NUMBER,
    error=NAME,
    tools=COUNT,
    **USAGE,
)
SESSION = closed(
    schema=COUNT,
    session=DESCRIBED,
    progress=PROGRESS,
    average_per_task=AVERAGE,
    average_per_prompt=AVERAGE,
    agents=listed(AGENT),
    tasks=listed(closed(task=TEXT, progress=PROGRESS, duration_ms=NUMBER, **USAGE)),
    prompts=listed(closed(at=TIME, text=TEXT, tools=COUNT, **USAGE)),
    models=listed(closed(model=TEXT, provider=NAME, **USAGE)),
    tools=listed(closed(tool=TEXT, calls=COUNT, failed=COUNT, p50_ms=NUMBER, p95_ms=NUMBER)),
    files=listed(closed(path=TEXT, changes=COUNT, lines_added=COUNT, lines_removed=COUNT, changed=TIME)),
    no_longer_kept=listed(closed(kind=TEXT, until=TIME, at=TIME, reason=TEXT, archive=NAME)),
)
RUN = closed(
    id=TEXT,
    type=NAME,
    parent=NAME,
    plan=NAME,
    task=NAME,
    description=NAME,
    category=NAME,
    model=NAME,
    status=TEXT,
    process_id=NUMBER,
    started=TIME,
    ended=TIME,
    duration_ms=NUMBER,
    exit_code=NUMBER,
    error=NAME,
    log_file=NAME,
    **USAGE,
)
AGENTS = closed(
    schema=COUNT,
    agent=TEXT,
    runs=COUNT,
    completed=COUNT,
    failed=COUNT,
    duration_ms=COUNT,
    totals=closed(**USAGE),
    agents=listed(RUN),
)
START = 1_770_000_000_000


@pytest.fixture
def plan(home: Path) -> Path:
    """A stream of a plan with three tasks, two of which are done, by two agents."""
    common = {"v": 1, "session_id": "REQ-123", "plan_id": "REQ-123"}
    lines: list[dict[str, object]] = []
    for number, (agent, status) in enumerate((("code", "completed"), ("review", "completed"), ("code", "running")), 1):
        at = START + number * 60_000
        own = {**common, "agent_id": f"{agent}-{number}", "task_id": f"I1.T{number}"}
        lines += [
            {**own, "type": "agent", "agent_type": f"{agent}-agent", "status": "running", "timestamp": at},
            {
                **own,
                "type": "usage",
                "model": "claude-3-5-haiku-20241022",
                "provider": "anthropic",
                "input_tokens": 1500,
                "output_tokens": 800,
                "timestamp": at + 1000,
            },
            {**own, "type": "agent", "agent_type": f"{agent}-agent", "status": status, "timestamp": at + 30_000},
        ]
    path = home / "plan.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def document(capsys: pytest.CaptureFixture[str], schema: object, *words: str) -> Any:
    """Return the JSON of a report; its shape is checked."""
    assert main([words[0], "--json", *words[1:]]) == 0
    result = json.loads(capsys.readouterr().out)
    jsonschema.validate(result, schema)  # type: ignore[arg-type]
    return result


def error_line(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> str:
    """Return the error of a report that ends with ``status``."""
    assert main(words) == status
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    return error


def test_plan_is_reported_by_task_with_progress_and_average(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, SESSION, "session", "REQ-123", str(plan))
    assert result["session"]["total_tokens"] == 6900
    assert result["average_per_task"]["total_tokens"] == 2300
    assert result["progress"] == {"completed": 2, "total": 3, "percentage": 66.67}
    assert [(task["task"], task["progress"]["percentage"]) for task in result["tasks"]] == [
        ("I1.T1", 100),
        ("I1.T2", 100),
        ("I1.T3", 0),
    ]
    assert {agent["type"] for agent in result["agents"]} >= {"code-agent", "review-agent"}
    assert result["tasks"][0]["duration_ms"] == 30_000


def test_session_report_is_that_of_the_documents(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["session", "REQ-123", str(plan)]) == 0
    text = capsys.readouterr().out
    for words in ("total tokens", "6,900", "total cost", "execution time", "agents used", "code-agent, review-agent"):
        assert words in text
    for words in ("average per task", "2,300 tokens", "progress", "67 % (2 of 3)", "I1.T1"):
        assert words in text
    assert "\x1b" not in text


def test_cost_by_plan_and_task(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for by, names in (("plan", ["REQ-123"]), ("task", ["I1.T1", "I1.T2", "I1.T3"])):
        assert main(["cost", str(plan), "--by", by, "--json"]) == 0
        assert [group["name"] for group in json.loads(capsys.readouterr().out)["groups"]] == names
    assert main(["cost", str(plan), "--task", "I1.T2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["requests"] == 1


def test_agent_is_reported_over_all_its_runs(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, AGENTS, "agent", "code-agent", str(plan))
    assert (result["runs"], result["completed"], result["failed"]) == (2, 1, 0)
    assert result["totals"]["total_tokens"] == 4600
    assert [run["task"] for run in result["agents"]] == ["I1.T3", "I1.T1"]
    assert document(capsys, AGENTS, "agent", "review-2", str(plan))["runs"] == 1
    assert main(["agent", "code-agent", str(plan)]) == 0
    text = capsys.readouterr().out
    assert "2,300 tokens" in text
    assert "code-agent I1.T3" in text


def test_session_is_found_by_what_one_knows_of_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = install(short_session("/work/shop"), home, ID)
    for words in (["session"], ["session", ID[:6]], ["session", "shop"], ["session", str(path)]):
        result = document(capsys, SESSION, *words)
        assert result["session"]["id"] == ID
        assert result["average_per_prompt"]["requests"] == 3
        assert result["average_per_task"] is None
        assert result["files"][0]["path"] == "/home/ada/engine/valve.py"
    assert main(["session"]) == 0
    text = capsys.readouterr().out
    assert "Mend the valve." in text
    assert "average per prompt" in text


def test_sessions_are_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/work/shop"), home, ID)
    shape = closed(schema=COUNT, sessions=listed(DESCRIBED))
    (session,) = document(capsys, shape, "sessions", "--project", "shop", "--model", "opus")["sessions"]
    assert (session["id"], session["project"], session["requests"]) == (ID, "/work/shop", 3)
    assert main(["sessions"]) == 0
    text = capsys.readouterr().out
    assert f"shop {ID[:8]}" in text
    assert "claude-code" in text


def test_unknown_names_are_answered_with_the_nearest(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no session was found" in error_line(capsys, 3, "session")
    install(short_session("/work/shop"), home, ID)
    assert 'did you mean "shop"?' in error_line(capsys, 3, "session", "shp")
    assert "lists them" in error_line(capsys, 3, "session", "nothing-like-it")
    assert 'did you mean "main"?' in error_line(capsys, 3, "agent", "mian")
    assert "lists their types" in error_line(capsys, 3, "agent", "nothing-like-it")
    assert "is missing" in error_line(capsys, 2, "agent")
    assert "no session matches" in error_line(capsys, 3, "sessions", "--project", "tides")
    assert "not an existing file" in error_line(capsys, 2, "session", "shop", "gone.jsonl")
