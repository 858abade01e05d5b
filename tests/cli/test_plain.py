"""``watch --plain`` prints one line for each event, and for each state that somebody should know of."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.following import Following, append, following
from tests.cli.sessions import short_session, write
from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tests.sources.claude_builder import Transcript
from tui_monitor.cli import main
from tui_monitor.cli.plain import is_worth_a_line
from tui_monitor.cli.plain_text import entry_line, state_line
from tui_monitor.events import CallState, CompactionUpdate, Prompt, SessionUpdate, ToolKind
from tui_monitor.live.entries import Mark
from tui_monitor.live.status import Status, StatusWord

HOSTILE = "\x1b]0;owned\x07\x1b[2J\tx\u202e\0\x9b31m 港町 e\u0301"


@pytest.fixture
def session(home: Path) -> Path:
    """The file of a session."""
    return write(short_session("/home/ada/engine"), home / "session.jsonl")


def continuation(add: Callable[[Transcript], object]) -> str:
    """Return lines that continue that session."""
    transcript = short_session("/home/ada/engine")
    count = len(transcript.records)
    add(transcript)
    return "".join(json.dumps(record) + "\n" for record in transcript.records[count:])


def texts(run: Following) -> list[str]:
    """Return the printed lines without their times and the name of the session."""
    return [line[8:].split(maxsplit=1)[1].rstrip("\n") for line in run.lines]


def test_whole_session_is_printed_from_standard_input(session: Path) -> None:
    with session.open("rb") as file, following("watch", "--plain", "-", stdin=file) as run:
        assert run.end() == (0, "")
    assert texts(run) == [
        "› Mend the valve.",
        "✓ Edit valve.py  +1 −1  1s",
        "✗ Bash make test  exit 2  1s  ↳ 1 failed",
        "✓ DONE: “It still leaks.”",
    ]


def test_name_of_the_command_may_be_left_out(session: Path) -> None:
    with session.open("rb") as file, following("--plain", "-", stdin=file) as run:
        assert run.end() == (0, "")
    assert len(run.lines) == 4


def test_state_and_then_what_is_new_of_a_file_are_printed(session: Path) -> None:
    with following("watch", "--plain", str(session)) as run:
        assert "IDLE" in run.wait_for(bool)
        append(session, continuation(lambda transcript: transcript.user("And now?")))
        assert "› And now?" in run.wait_for(bool)
        assert run.signal(signal.SIGINT) == 130


def test_question_of_the_agent_is_said(session: Path) -> None:
    question = {"question": "Which valve?", "options": []}
    with following("watch", "--plain", str(session)) as run:
        run.wait_for(bool)
        append(session, continuation(lambda transcript: transcript.calls("AskUserQuestion", "q", questions=[question])))
        assert "? WAITS FOR YOU: Ask “Which valve?”" in run.wait_for(bool)


def test_end_of_the_reader_ends_it(session: Path) -> None:
    with following("watch", "--plain", str(session), reads=False) as run:
        assert run.process.stdout
        run.process.stdout.readline()
        run.process.stdout.close()
        assert run.end() == (0, "")


def test_hostile_text_is_harmless_and_wide_characters_stay(home: Path) -> None:
    transcript = short_session(f"/home/ada/{HOSTILE}", prompt=HOSTILE)
    transcript.calls(f"mcp__{HOSTILE}__t", "call_9", text=HOSTILE)
    transcript.result(HOSTILE, call="call_9", error=True)
    path = write(transcript, home / "session.jsonl")
    with path.open("rb") as file, following("watch", "--plain", "-", stdin=file) as run:
        assert run.end() == (0, "")
    text = "".join(run.lines)
    assert "港町" in text
    assert all(character == "\n" or character.isprintable() for character in text)


@pytest.mark.parametrize(
    "words",
    [
        ("--plain", "--json"),
        ("--plain", "--once"),
        ("--plain", "--once", "--json"),
        ("--plain", "--interval", "-2"),
        ("--once", "--interval", "2"),
    ],
)
def test_wrong_usage_is_one_line(words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", *words]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)


def test_line_of_a_sub_agents_call_names_the_agent() -> None:
    state = state_after(
        SessionUpdate(session=SESSION, at=T0, cwd="/home/ada/engine"),
        started("a", 0, ToolKind.SHELL, agent="explore-1", subject="ls"),
        finished("a", 4_000, CallState.OK, agent="explore-1"),
    )
    call = state.log.get("a")
    assert call
    assert entry_line(call, state, T0 + 9_000)[8:] == "  engine/explore-1  ✓ Bash ls  4s"


def test_line_of_a_compaction_has_its_sizes() -> None:
    compaction = CompactionUpdate(session=SESSION, at=T0, finished=True, before=160_000, after=20_000, trigger="auto")
    state = state_after(Prompt(session=SESSION, at=T0 - 1, text="Go on."), compaction)
    mark = state.log.entries[-1]
    assert isinstance(mark, Mark)
    assert "═ COMPACTED  160k → 20k · auto" in entry_line(mark, state, T0)


def test_line_of_a_state_that_is_not_certain_says_so() -> None:
    state = state_after(started("a", 0, ToolKind.EDIT, subject="/home/ada/engine/valve.py"))
    current = Status(StatusWord.WAITS, T0, "", state.log.get("a"), certain=False)
    assert "? WAITS FOR YOU?: Edit" in state_line(current, state, T0 + 20_000)


def said(word: StatusWord, since: int = 0, before: StatusWord | None = None, now: int = 1) -> bool:
    """Return whether a state is said, given the one said before, in seconds."""
    previous = Status(before, 0, "") if before else None
    return is_worth_a_line(Status(word, since * 1000, ""), previous, now * 1000)


def test_first_state_of_a_session_is_said() -> None:
    assert said(StatusWord.IDLE)
    assert not said(StatusWord.READING)


def test_same_state_is_said_once() -> None:
    assert said(StatusWord.DONE, before=StatusWord.THINKING)
    assert not said(StatusWord.DONE, before=StatusWord.DONE)


def test_next_wait_is_said() -> None:
    assert said(StatusWord.WAITS, since=1, before=StatusWord.WAITS)


def test_short_work_is_not_said() -> None:
    assert not said(StatusWord.WORKING, before=StatusWord.THINKING, now=4)
    assert said(StatusWord.WORKING, before=StatusWord.THINKING, now=5)


def test_end_of_a_wait_is_said_at_once() -> None:
    assert said(StatusWord.THINKING, since=1, before=StatusWord.WAITS)
    assert not said(StatusWord.THINKING, since=1, before=StatusWord.WORKING)


def test_budget_is_a_line_once_it_reaches_a_level(session: Path, config: Path) -> None:
    config.write_text("[budgets]\ndaily = 0.0001\n[budgets.projects.'/home/ada/engine']\nmonthly = 0.01\n")
    now = datetime.now(UTC)
    transcript = short_session("/home/ada/engine")
    for record in transcript.records:
        record["timestamp"] = now.isoformat().replace("+00:00", "Z")
    write(transcript, session)
    with following("watch", "--plain", str(session)) as run:
        assert "the daily budget is used up: " in run.wait_for(lambda line: "⚠ the daily" in line)
        assert "the monthly budget of /home/ada/engine is " in run.wait_for(lambda line: "⚠ the monthly" in line)
        assert run.signal(signal.SIGTERM) == 143
