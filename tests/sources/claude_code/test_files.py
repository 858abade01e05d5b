from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.claude_builder import ID
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.claude_code.adapter import ClaudeCode
from tui_monitor.sources.claude_code.files import operation_of, session_of_file

ADAPTER = ClaudeCode()


def places(home: Path, **env: str) -> SearchContext:
    return SearchContext(home, env, home)


def write_lines(path: Path, *records: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def test_usual_roots_are_searched(tmp_path: Path) -> None:
    assert ADAPTER.roots(places(tmp_path)) == [tmp_path / ".claude/projects", tmp_path / ".config/claude/projects"]


def test_environment_overrides_the_roots(tmp_path: Path) -> None:
    assert ADAPTER.roots(places(tmp_path, CLAUDE_CONFIG_DIR="/one, /two")) == [
        Path("/one/projects"),
        Path("/two/projects"),
    ]
    assert ADAPTER.roots(places(tmp_path, XDG_CONFIG_HOME="/etc/ada"))[1] == Path("/etc/ada/claude/projects")


def test_session_paths_exclude_agent_files(tmp_path: Path) -> None:
    project = tmp_path / ".claude/projects/-home-ada"
    session = write_lines(project / f"{ID}.jsonl")
    for other in (
        project / "agent-a0b1.jsonl",
        project / ID / "subagents/agent-a1.jsonl",
        project / "memory/notes.md",
        project / "sessions-index.json",
    ):
        write_lines(other)
    assert list(ADAPTER.session_paths(places(tmp_path))) == [session]


def test_missing_root_has_no_sessions(tmp_path: Path) -> None:
    assert list(ADAPTER.session_paths(places(tmp_path))) == []


def test_agent_files_are_in_the_sessions_folder(tmp_path: Path) -> None:
    session = write_lines(tmp_path / f"{ID}.jsonl", {"type": "mode", "sessionId": ID})
    agents = [
        write_lines(tmp_path / ID / "subagents/agent-a1.jsonl"),
        write_lines(tmp_path / ID / "subagents/agent-acompact-1f.jsonl"),
        write_lines(tmp_path / ID / "subagents/workflows/wf_1/agent-a2.jsonl"),
    ]
    write_lines(tmp_path / ID / "subagents/agent-a1.meta.json")
    write_lines(tmp_path / ID / "subagents/workflows/wf_1/journal.jsonl")
    assert list(ADAPTER.related_files(session)) == agents
    assert list(ADAPTER.related_files(agents[0])) == []


def test_agent_files_beside_a_session_belong_to_the_session_in_their_lines(tmp_path: Path) -> None:
    session = write_lines(tmp_path / f"{ID}.jsonl", {"type": "mode", "sessionId": ID})
    write_lines(tmp_path / "agent-a1.jsonl", {"type": "user", "sessionId": "another session"})
    write_lines(tmp_path / "agent-a2.jsonl")
    ours = write_lines(tmp_path / "agent-a3.jsonl", "no object", {"type": "user"}, {"type": "user", "sessionId": ID})
    assert list(ADAPTER.related_files(session)) == [ours]


def test_grown_agent_file_is_checked_again(tmp_path: Path) -> None:
    session = write_lines(tmp_path / f"{ID}.jsonl", {"type": "mode", "sessionId": ID})
    agent = tmp_path / "agent-a1.jsonl"
    agent.write_text('{"type": "user", "sess')
    assert list(ADAPTER.related_files(session)) == []
    agent.write_text(f'{{"type": "user", "sessionId": "{ID}"}}\n')
    assert list(ADAPTER.related_files(session)) == [agent]


def test_vanished_agent_file_is_left_out(tmp_path: Path) -> None:
    session = write_lines(tmp_path / f"{ID}.jsonl", {"type": "mode", "sessionId": ID})
    (tmp_path / "agent-a1.jsonl").symlink_to(tmp_path / "gone")
    assert list(ADAPTER.related_files(session)) == []


def test_session_id_comes_from_the_lines_of_a_renamed_file(tmp_path: Path) -> None:
    session = write_lines(tmp_path / "copy.jsonl", {"type": "mode", "sessionId": ID})
    agent = write_lines(tmp_path / "agent-a1.jsonl", {"type": "user", "sessionId": ID})
    assert list(ADAPTER.related_files(session)) == [agent]


def test_start_directory_comes_from_the_first_lines(tmp_path: Path) -> None:
    session = write_lines(
        tmp_path / "s.jsonl", {"type": "mode"}, {"type": "user", "cwd": "/home/ada"}, {"type": "user", "cwd": "/tmp"}
    )
    assert ADAPTER.start_directory(session) == "/home/ada"


def test_start_directory_of_a_session_in_a_worktree_is_the_folder_before_it(tmp_path: Path) -> None:
    state = {"type": "worktree-state", "worktreeSession": {"originalCwd": "/home/ada"}}
    session = write_lines(tmp_path / "s.jsonl", state, {"type": "user", "cwd": "/home/ada/.claude/worktrees/fix"})
    left = write_lines(
        tmp_path / "l.jsonl", {"worktreeSession": None, "originalCwd": 7}, {"type": "user", "cwd": "/tmp"}
    )
    assert ADAPTER.start_directory(session) == "/home/ada"
    assert ADAPTER.start_directory(left) == "/tmp"


def test_session_is_named_after_its_file(tmp_path: Path) -> None:
    assert ADAPTER.session_named(tmp_path / f"{ID}.jsonl") == ID
    assert ADAPTER.session_named(tmp_path / "agent-a1.jsonl") == ""


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00", b'{"cwd": 7}\n', b'{"cwd": "/home/a'])
def test_file_without_a_directory_has_no_start_directory(tmp_path: Path, content: bytes) -> None:
    session = tmp_path / "s.jsonl"
    session.write_bytes(content)
    assert ADAPTER.start_directory(session) is None


def test_missing_file_has_no_start_directory(tmp_path: Path) -> None:
    assert ADAPTER.start_directory(tmp_path / "gone.jsonl") is None


@pytest.mark.parametrize(
    ("path", "session"),
    [
        (f"/p/{ID}.jsonl", ID),
        (f"/p/{ID}/subagents/agent-a1.jsonl", ID),
        (f"/p/{ID}/subagents/workflows/wf_1/agent-a1.jsonl", ID),
        ("/p/agent-a1.jsonl", "agent-a1"),
        ("/dev/fd/0", ""),
    ],
)
def test_file_is_named_after_its_session(path: str, session: str) -> None:
    assert session_of_file(Path(path)) == session


@pytest.mark.parametrize("agent", ["a0b1c2d3", "c0ffee12", "reviewer@team", "a-b", ""])
def test_requested_agents_are_not_internal(agent: str) -> None:
    assert operation_of(agent) == ""
