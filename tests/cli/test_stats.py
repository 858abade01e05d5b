"""``stats`` reads what it should and nothing else, and ends with the right status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.sessions import install, short_session, write
from tests.feed.pipes import piped
from tests.reports.schema import STATS
from tests.sources import otlp_builder
from tests.sources.claude_builder import ID, Transcript, text_block
from tui_monitor.cli import main
from tui_monitor.feed.pipe_spool import PipeSpool, count_responses, spool_folder
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry

Document = Any


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Document:
    """Return the JSON that a report prints; its shape is checked."""
    assert main(["stats", "--json", *words]) == 0
    result: Document = json.loads(capsys.readouterr().out)
    jsonschema.validate(result, STATS)
    return result


def error_line(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> str:
    """Return the error of a report that ends with ``status``."""
    assert main(["stats", *words]) == status
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    return error


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_file_names_outside_unicode_are_reported_in_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty, session = home / os.fsdecode(b"\xff.jsonl"), write(short_session("/x"), home / "session.jsonl")
    empty.touch()
    result = document(capsys, str(empty), str(home / os.fsdecode(b"\xfe*")), str(session))
    assert result["health"]["errors"] == [f"{home}/\ufffd*: no file matches", f"{home}/\ufffd.jsonl: is empty"]


def test_session_is_reported_in_full(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, str(write(short_session("/x"), home / "session.jsonl")))
    totals = result["totals"]
    assert (totals["requests"], totals["tools"], totals["tools_failed"]) == (3, 2, 1)
    assert (totals["files_changed"], totals["lines_added"], totals["lines_removed"]) == (1, 1, 1)
    assert totals["cost_usd"] > 0
    assert result["sessions"][0]["source"] == "claude-code"


def test_paths_leave_the_default_store_untouched(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, str(write(short_session("/x"), home / "session.jsonl")))
    assert not (data / "monitoring.db").exists()


def test_named_store_keeps_the_sessions_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/x"), home / "session.jsonl")
    before = document(capsys, str(path), "--store", "mine.db")
    path.unlink()
    assert Path("mine.db").exists()
    assert document(capsys, "--store", "mine.db")["totals"] == before["totals"]


def test_all_sessions_are_read_once_without_paths(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/x"), home, "one")
    install(short_session("/x", "other"), home, "two")
    first = document(capsys)
    assert len(first["sessions"]) == 2
    assert (data / "monitoring.db").exists()
    assert document(capsys)["totals"] == first["totals"]


def test_private_store_leaves_no_file(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/x"), home, "one")
    assert len(document(capsys, "--no-store")["sessions"]) == 1
    assert not (data / "monitoring.db").exists()


def test_skipped_files_of_a_folder_are_reported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(short_session("/x"), home / "mixed" / "session.jsonl")
    (home / "mixed" / "notes.md").write_text("# notes\n")
    (home / "mixed" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    health = document(capsys, str(home / "mixed"))["health"]
    assert health["files"] == 1
    assert len(health["errors"]) == 2
    assert all("notes.md" in error or "picture.png" in error for error in health["errors"])


def test_broken_line_is_counted_and_the_rest_is_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/x"), home / "session.jsonl")
    path.write_bytes(path.read_bytes() + b'{"type": "user", "mess\n{"type": "never-heard-of"}\n')
    result = document(capsys, str(path))
    assert (result["health"]["skipped_lines"], result["health"]["unknown_types"]) == (1, 1)
    assert result["totals"]["requests"] == 3


def test_cost_of_an_export_that_cannot_be_understood_is_unknown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "otlp.jsonl"
    path.write_text(json.dumps(otlp_builder.spans(otlp_builder.span("GET", 1, 0, {"http.request.method": "GET"}))))
    path.write_text(path.read_text() + "\n")
    result = document(capsys, str(path))
    assert (result["totals"]["cost_usd"], result["health"]["unknown_types"], result["sessions"]) == (None, 1, [])


def test_tables_are_for_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(write(short_session("/x"), home / "session.jsonl"))]) == 0
    text = capsys.readouterr().out
    assert all(part in text for part in ("Models", "claude-opus-4-6", "Sessions", "Tools", "Bash", "read 1 file"))
    assert "\x1b" not in text


def test_period_limits_the_totals(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(short_session("/x"), home / "session.jsonl"))
    assert document(capsys, path, "--since", "2026-03-01")["totals"]["requests"] == 3
    assert document(capsys, path, "--since", "2026-03-02", "--tz", "UTC")["totals"]["requests"] == 0
    assert document(capsys, path, "--until", "2026-03-01", "--tz", "UTC")["totals"]["requests"] == 0


def test_time_without_a_session_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(short_session("/x"), home / "session.jsonl"))
    for since, is_said in (("2026-03-01", False), ("2026-03-02", True)):
        assert main(["stats", path, "--since", since, "--tz", "UTC"]) == 0
        assert ("nothing was done in this time" in capsys.readouterr().out) is is_said


@pytest.mark.parametrize("words", [("--since", "soon"), ("--tz", "Mars/Olympus"), ("--since",), ("--limit", "3")])
def test_wrong_usage_is_one_line(words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error_line(capsys, 2, *words)


def test_missing_sessions_have_a_status_of_their_own(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no session was found" in error_line(capsys, 3)
    Path("notes.md").write_text("# notes\n")
    assert "notes.md" in error_line(capsys, 3, "notes.md")
    assert "not an existing file" in error_line(capsys, 2, "gone.jsonl")
    assert "no file matches" in error_line(capsys, 3, "*.jsonl")


def test_empty_file_is_no_session(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "empty.jsonl"
    path.touch()
    assert "is empty" in error_line(capsys, 3, str(path))


def test_named_file_that_is_no_store_is_left_alone_and_the_files_answer(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(short_session("/x"), home, "one")
    notes = Path("not-a.db")
    notes.write_text("this is no database, whatever its name says\n" * 20)
    assert main(["stats", "--json", "--store", "not-a.db"]) == 0
    out, error = capsys.readouterr()
    assert json.loads(out)["totals"]["requests"] == 3
    assert "not-a.db is not a database" in error
    assert error.count("\n") == 1
    assert notes.read_text().startswith("this is no database")
    assert list(Path.cwd().iterdir()) == [notes.absolute()]


def test_session_without_calls_or_responses_is_a_session(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript = Transcript()
    transcript.user("Hello?")
    path = write(transcript, home / "asked.jsonl")
    assert document(capsys, str(path))["totals"]["requests"] == 0
    assert main(["stats", str(path)]) == 0


def test_pipe_reports_only_the_session_of_its_lines(home: Path) -> None:
    transcript = short_session("/x")
    transcript.records.insert(0, {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}})
    lines = "".join(json.dumps(record) + "\n" for record in transcript.records)
    command = [sys.executable, "-m", "tui_monitor", "stats", "-", "--json"]
    process = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    assert [session["id"] for session in json.loads(process.stdout)["sessions"]] == [ID]


def test_what_an_earlier_run_could_not_store_of_a_pipe_is_stored(
    home: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = PipeSpool(spool_folder(data / "monitoring.db"), default_registry, PriceBook())
    for one in piped():
        spool.append(one)
    assert document(capsys)["totals"]["requests"] == count_responses(piped())
    assert not spool.folder.exists()
    assert document(capsys)["totals"]["requests"] == count_responses(piped())


@pytest.mark.parametrize("count", [700_000_000_000, 2**53, 10**25])
def test_absurd_counts_are_not_counted_and_reported(count: int, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/x"), home, ID)
    expected = document(capsys)
    for number in range(2):
        session = f"0000000{number}-0000-4000-8000-000000000000"
        transcript = Transcript(session=session)
        for _ in range(20):
            transcript.assistant(text_block("Done."))["message"]["usage"]["output_tokens"] = count
        install(transcript, home, session)
    for _ in range(2):  # read, and answered from the store
        result = document(capsys)
        assert result["totals"] == expected["totals"]
        assert result["health"]["skipped_lines"] == 40
        assert len(result["health"]["errors"]) == 2
        assert "output of " in result["health"]["errors"][0]


def test_totals_may_exceed_64_bits(home: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text('[prices."claude-*"]\ninput = 1000000\noutput = 1000000\n', encoding="utf-8")
    transcript = Transcript()
    for _ in range(30):
        message = transcript.assistant(text_block("Done."))["message"]
        message["usage"] = {"input_tokens": 0, "output_tokens": 10**9}
        message["stop_reason"] = "end_turn"
    install(transcript, home, ID)
    for words in ((), ("--since", "2020-01-01")):
        totals = document(capsys, *words)["totals"]
        assert (totals["output_tokens"], totals["cost_usd"]) == (30 * 10**9, 30 * 10**9)
    assert main(["stats"]) == 0


def test_breakdown_and_analysis_add_to_the_document(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(short_session("/work/shop"), home / "session.jsonl"))
    plain = document(capsys, path)
    assert main(["stats", "--json", "--breakdown", "--cost-analysis", path]) == 0
    result = json.loads(capsys.readouterr().out)
    parts, analysis = result.pop("breakdown"), result.pop("cost_analysis")
    assert result == plain
    assert set(parts) == {"day", "project", "type", "operation", "tool", "file"}
    for groups in parts.values():
        assert sum(group["requests"] for group in groups) == plain["totals"]["requests"]
    assert analysis["saving_usd"] == pytest.approx(sum(one["saving_usd"] for one in analysis["recommendations"]))
    assert main(["stats", "--breakdown", "--cost-analysis", path]) == 0
    text = capsys.readouterr().out
    assert "Cost by tool" in text
    assert "saved" in text or "together" in text
