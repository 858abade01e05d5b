"""``search``: for people, for pipes and for programs; bad input and nothing found in one line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.sessions import install, short_session
from tests.reports.schema import COUNT, TEXT, TIME, closed, listed, or_null
from tui_monitor.cli import main

NAME = or_null("string")
HIT = closed(
    session=TEXT,
    source=TEXT,
    title=NAME,
    project=NAME,
    path=NAME,
    at=TIME,
    kind={"enum": ["prompt", "message", "subject", "path", "input", "output", "error"]},
    call=NAME,
    tool=NAME,
    subject=NAME,
    state=NAME,
    text=TEXT,
    resume=NAME,
)
DOCUMENT = closed(schema=COUNT, hits=listed(HIT), more={"type": "boolean"}, unindexed=COUNT)


@pytest.fixture
def sessions(home: Path) -> Path:
    """Write two sessions of two projects; return the home folder."""
    install(short_session("/home/ada/engine", "a1", "Mend the valve."), home, "a1")
    install(short_session("/home/ada/boat", "b2", "Mend the sail."), home, "b2")
    return home


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_pipe_gets_a_line_a_hit(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "mend", "the", "--tz", "UTC"]) == 0
    assert sorted(row[1:] for row in lines(capsys)) == [
        ["claude-code", "a1", "/home/ada/engine", "you", "Mend the valve."],
        ["claude-code", "b2", "/home/ada/boat", "you", "Mend the sail."],
    ]


def test_call_that_is_found_by_its_tool_says_what_it_was_about(
    sessions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "bash", "--project", "engine"]) == 0
    assert [row[4:] for row in lines(capsys)] == [["Bash", "make test"]]


def test_hits_are_below_their_session_in_a_terminal(
    sessions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["search", "leaks", "--project", "engine", "--tz", "UTC"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "engine · claude-code · a1"
    assert second.endswith("  agent     It still leaks.")


def test_document_has_its_shape(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "mend", "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["more"] is True
    assert main(["search", "make", "test", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, DOCUMENT)
    [hit] = document["hits"]
    assert (hit["kind"], hit["tool"], hit["text"], hit["state"]) == ("subject", "Bash", "make test", "failed")
    assert hit["resume"].endswith(f"claude --resume {hit['session']}")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["1 failed"], 1),  # of calls that both sessions have, as one that goes on with the other
        (["failed", "1"], 1),
        (["mend", "--project", "boat"], 1),
        (["mend", "--project", "/home/ada"], 2),
        (["mend", "--source", "claude"], 2),
        (["mend", "project:boat"], 1),
    ],
)
def test_options_limit_the_hits(
    sessions: Path, words: list[str], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", *words]) == 0
    assert len(lines(capsys)) == count


@pytest.mark.parametrize(
    ("words", "status", "error"),
    [
        (["zebra"], 3, 'no hits for "zebra".'),
        (["men"], 3, 'no hits for "men".'),
        (["mend", "--since", "2035-01-01"], 3, 'no hits for "mend".'),
        (["mend", "--source", "codex"], 3, 'no hits for "mend".'),
        (["zebra crossing", "x"], 3, 'no hits for "zebra crossing" "x".'),
        ([], 2, "nothing to search for: tui-monitor search WORDS."),
        (["=>"], 2, "a search needs a word with letters or digits."),
        (["mend", "--limit", "0"], 2, "invalid limit 0: give a number from 1."),
        (["mend", "--path", "/nowhere"], 2, '"/nowhere" is not an existing file.'),
    ],
)
def test_what_is_wrong_is_one_line(
    sessions: Path, words: list[str], status: int, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", *words]) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"tui-monitor: {error}")
    assert output.err.count("\n") == 1


def test_files_that_are_named_are_searched_alone(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [path] = sessions.glob(".claude/projects/*/b2.jsonl")
    assert main(["search", "mend", "--path", str(path)]) == 0
    assert [row[2] for row in lines(capsys)] == ["b2"]


def test_hostile_texts_are_drawn_as_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/home/ada/\x1b[31mred", "a1", "Mend \x1b]52;c;aGk=\x07 the\tvalve \u202e."), home, "a1")
    for words in (["mend"], ["mend", "--json"]):
        assert main(["search", *words]) == 0
        output = capsys.readouterr().out
        assert not set(output) & {"\x1b", "\x07", "\u202e"}
        assert "\n" in output
