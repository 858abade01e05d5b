from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.sources.claude_builder import ID, SESSION, Transcript, at, text_block
from tui_monitor.events import Prompt, SessionKey, SessionUpdate, SourceRef, Usage
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.transcript import TranscriptParser

OTHER = "99999999-2222-4333-8444-555555555555"


def test_first_line_has_the_session_facts() -> None:
    transcript = Transcript()
    transcript.user("go", permissionMode="plan", entrypoint="cli")
    update = transcript.one(SessionUpdate)
    assert (update.session, update.at, update.path) == (SESSION, at(0), str(transcript.path))
    assert (update.cwd, update.branch, update.version, update.mode, update.client) == (
        "/home/ada/engine",
        "main",
        "2.1.39",
        "plan",
        "cli",
    )


def test_only_new_facts_are_emitted() -> None:
    transcript = Transcript()
    transcript.user("go")
    transcript.assistant(text_block("Hm."))
    transcript.assistant(text_block("Hm."), gitBranch="pump", cwd="/home/ada/engine/pump")
    transcript.bare("permission-mode", permissionMode="acceptEdits", sessionId=ID)
    _, move, mode = transcript.of(SessionUpdate)
    assert (move.cwd, move.branch, move.version, move.path) == ("/home/ada/engine/pump", "pump", "", "")
    assert (mode.mode, mode.at) == ("acceptEdits", at(2))


def test_line_without_session_or_time_takes_the_last_ones() -> None:
    transcript = Transcript()
    transcript.user("go")
    transcript.bare("custom-title", customTitle="Oiling")
    _, titled = transcript.of(SessionUpdate)
    assert (titled.session, titled.at, titled.title) == (SESSION, at(0), "Oiling")


def test_session_comes_from_the_file_before_any_line_has_one() -> None:
    transcript = Transcript()
    transcript.bare("mode", mode="normal")
    update = transcript.one(SessionUpdate)
    assert (update.session, update.at) == (SESSION, 0)


@pytest.mark.parametrize("written", range(4))
def test_session_of_a_renamed_file_does_not_depend_on_what_was_written_when_it_was_found(
    written: int, tmp_path: Path
) -> None:
    lines: list[Record] = [
        {"type": "summary", "summary": "Oiling", "leafUuid": "u-2"},
        {"type": "user", "uuid": "u-1", "message": {"role": "user", "content": "of no session"}},
        {"type": "user", "uuid": "u-2", "sessionId": OTHER, "message": {"role": "user", "content": "of one"}},
    ]
    path = tmp_path / "copy.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines[:written]))
    parser, ref = TranscriptParser(path, ""), SourceRef(str(path), 0, 9)
    events = [event for line in lines for event in parser.parse(line, ref)]
    prompts = {event.text: event.session.id for event in events if isinstance(event, Prompt)}
    assert prompts == {"of no session": "copy", "of one": OTHER}
    updates = [(event.session.id, event.title) for event in events if isinstance(event, SessionUpdate) and event.title]
    assert updates == [(OTHER, "Oiling")]
    assert TranscriptParser(path, "").parse({"type": "file-history-snapshot"}, ref) == []


def test_line_of_another_session_belongs_to_it() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("one"))
    transcript.assistant(text_block("two"), sessionId=OTHER)
    transcript.assistant(text_block("three"))
    assert [spent.session.id for spent in transcript.of(Usage)] == [ID, OTHER, ID]
    assert [update.session.id for update in transcript.of(SessionUpdate)] == [ID, OTHER]


def test_times_without_a_zone_are_utc_and_invalid_ones_ignored() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("one"), timestamp="2026-03-01T10:00:07")
    transcript.assistant(text_block("two"), timestamp="yesterday")
    assert [spent.at for spent in transcript.of(Usage)] == [at(7), at(7)]


def test_line_of_the_far_future_has_the_time_of_the_line_before() -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.user("two", timestamp="2099-01-01T00:00:00Z")
    assert [prompt.at for prompt in transcript.of(Prompt)] == [at(0), at(0)]


def test_agent_lines_give_no_session_facts() -> None:
    transcript = Transcript(agent="a0b1")
    transcript.user("look")
    assert transcript.of(SessionUpdate) == []


def titles(transcript: Transcript) -> list[str]:
    return [update.title for update in transcript.of(SessionUpdate) if update.title]


def test_title_of_the_person_wins_over_the_models() -> None:
    transcript = Transcript()
    transcript.bare("ai-title", aiTitle="Engine work", sessionId=ID)
    transcript.bare("ai-title", aiTitle="Pump work", sessionId=ID)
    transcript.bare("custom-title", customTitle="Oiling", sessionId=ID)
    transcript.bare("ai-title", aiTitle="Valve work", sessionId=ID)
    assert titles(transcript) == ["Engine work", "Pump work", "Oiling"]


def test_summary_is_the_title_of_the_session_with_its_leaf() -> None:
    transcript = Transcript()
    leaf = transcript.assistant(text_block("Done."))
    transcript.bare("summary", summary="Oiling the engine", leafUuid=leaf["uuid"])
    assert titles(transcript) == ["Oiling the engine"]


def test_summary_is_kept_until_its_leaf() -> None:
    transcript = Transcript()
    transcript.bare("summary", summary="Something else", leafUuid="no line of this file")
    later = transcript.bare("summary", summary="Oiling the engine")
    later["leafUuid"] = transcript.assistant(text_block("Done."))["uuid"]
    assert titles(transcript) == ["Oiling the engine"]


def test_fork_has_its_origin() -> None:
    transcript = Transcript()
    transcript.user("go", forkedFrom={"sessionId": OTHER, "messageUuid": "m"})
    assert [update.forked_from for update in transcript.of(SessionUpdate)] == ["", OTHER]
    assert transcript.of(SessionUpdate)[1].session == SessionKey("claude-code", ID)


def test_relocated_session_has_its_new_directory() -> None:
    transcript = Transcript()
    transcript.user("go")
    transcript.bare("relocated", relocatedCwd="/home/ada/mill", sessionId=ID)
    assert transcript.of(SessionUpdate)[1].cwd == "/home/ada/mill"


def test_session_in_a_worktree_began_in_the_folder_before_it() -> None:
    transcript = Transcript()
    transcript.bare("worktree-state", worktreeSession={"originalCwd": "/home/ada/engine"}, sessionId=ID)
    transcript.user("go", cwd="/home/ada/engine/.claude/worktrees/fix")
    transcript.bare("worktree-state", worktreeSession={"originalCwd": "/home/ada/engine"}, sessionId=ID)
    transcript.bare("worktree-state", worktreeSession=None, sessionId=ID)
    facts = SessionFacts()
    updates = transcript.of(SessionUpdate)
    for update in updates:
        facts.apply(update)
    assert (facts.folder, facts.cwd) == ("/home/ada/engine", "/home/ada/engine/.claude/worktrees/fix")
