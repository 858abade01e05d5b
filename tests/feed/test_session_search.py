"""Answers to searches: with commands that resume, without waiting, and whatever happens to the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.feed.running import RunningFeed, running
from tests.feed.sessions import CLAUDE, claude_lines
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import SearchAnswered
from tui_monitor.feed.session_search import resume_command
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import SearchQuery, parse_query
from tui_monitor.store import Store, StoreError, open_store


@pytest.mark.parametrize(
    ("source", "folder", "command"),
    [
        ("claude-code", "", "claude --resume a1-b2"),
        ("claude-code", "/home/ada/my shop", "cd '/home/ada/my shop' && claude --resume a1-b2"),
        ("codex", "/p", "cd /p && codex resume a1-b2"),
        ("gemini", "/p", "cd /p && gemini --resume a1-b2"),
        ("opencode", "/p", "cd /p && opencode --session a1-b2"),
        ("stream", "/p", ""),
        ("unheard-of", "/p", ""),
        ("codex", "C:\\work", "codex resume a1-b2"),
        ("codex", "/p\n; rm -rf ~", "codex resume a1-b2"),
        ("codex", "/p$(reboot)", "cd '/p$(reboot)' && codex resume a1-b2"),
    ],
)
def test_session_is_resumed_by_its_own_agent_in_its_folder(source: str, folder: str, command: str) -> None:
    assert resume_command(SessionKey(source, "a1-b2"), folder) == command


@pytest.mark.parametrize("name", ["a; reboot", "$(reboot)", "--yolo", "a\nb", "", "a b", "a'b", "…"])
def test_id_that_may_be_anything_is_not_run(name: str) -> None:
    assert resume_command(SessionKey("codex", name), "/p") == ""


@pytest.fixture
def store(tmp_path: Path) -> Callable[[], Store]:
    """Return a function that opens the store."""
    return lambda: open_store(tmp_path / "data" / "monitoring.db")


def ask(run: RunningFeed, words: str) -> SearchAnswer:
    """Search while the feed runs, and return the last answer."""
    count = len(run.of(SearchAnswered))
    run.feed.request_search(parse_query(words))
    run.wait_for(lambda: len(run.of(SearchAnswered)) > count)
    return run.of(SearchAnswered)[-1].answer


def test_hits_are_delivered_with_the_command(tmp_path: Path, store: Callable[[], Store]) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(claude_lines(3))
    with running(path, open_store=store) as run:
        run.wait_for_calls(CLAUDE.id, 6)
        answer = ask(run, '"part 2"')
    assert {hit.excerpt for hit in answer.hits} == {"part 2", "part 2 is made"}
    assert {hit.resume for hit in answer.hits} == {resume_command(CLAUDE, answer.hits[0].folder)}
    assert answer.unindexed == 0


def test_each_question_makes_more_searchable(
    tmp_path: Path, store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_monitor.feed.feed.TEXTS_AT_ONCE", 4)
    path = tmp_path / "session.jsonl"
    path.write_bytes(claude_lines(2))
    with running(path, open_store=store) as run:
        run.wait_for_calls(CLAUDE.id, 4)
        assert [ask(run, "prompt").unindexed for _ in range(3)] == [6, 2, 0]


def test_store_that_cannot_answer_says_so(tmp_path: Path, store: Callable[[], Store]) -> None:
    def fail(self: Store, query: SearchQuery) -> SearchAnswer:
        raise StoreError("The store has gone.")

    path = tmp_path / "session.jsonl"
    path.write_bytes(claude_lines(1))
    with pytest.MonkeyPatch.context() as patch, running(path, open_store=store) as run:
        run.wait_for_calls(CLAUDE.id, 2)
        patch.setattr(Store, "search", fail)
        assert ask(run, "prompt").fault == "The store has gone."
