"""Formats other than growing files of lines, from the file to the totals: Gemini CLI and OpenCode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.sources.gemini_builder import AGENT, SESSION, Chat, call, tokens
from tests.sources.opencode_builder import CHILD, ROOT, Sessions, completed
from tests.sources.opencode_builder import tokens as counts
from tui_monitor.events import SessionKey
from tui_monitor.feed.batch_reader import read_files
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.feed.unread_data import UnreadData
from tui_monitor.feed.writer import Writer
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.watcher import FileWatcher
from tui_monitor.store import Store, private_store
from tui_monitor.totals import SessionTotals

PRICES = PriceBook()
GEMINI, OPENCODE = SessionKey("gemini", SESSION), SessionKey("opencode", ROOT)


@pytest.fixture
def store() -> Iterator[Store]:
    store = private_store()
    yield store
    store.close()


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    """Yield an open database of a session with a response and a call, and of a sub-agent's with a response."""
    built = Sessions(tmp_path / "opencode.db", "wal").session().session(CHILD, ROOT)
    message = built.message("assistant")
    built.tool(message, "write", completed({"filePath": "/w/a", "content": "1\n2\n"}, exists=False))
    built.part(message, "step-finish", tokens=counts(100, 10, 5, read=50), cost=0.5)
    built.part(built.message("assistant", session=CHILD), "step-finish", CHILD, tokens=counts(7), cost=0)
    yield built
    built.close()


def totals(store: Store, session: SessionKey, *paths: Path) -> SessionTotals:
    """Read these paths, and return the totals of a session."""
    selection = expand(map(str, paths), default_registry())
    assert (selection.errors, selection.skipped) == ([], [])
    files = {path: each.adapter for each in selection.sessions for path in (each.path, *each.related_files)}
    _, errors = read_files(store, files, PRICES)
    assert errors == []
    return store.totals(session)


def test_database_is_counted_once_with_its_sub_agents(store: Store, sessions: Sessions) -> None:
    for _ in range(2):
        session = totals(store, OPENCODE, sessions.path)
        assert (session.amount.requests, session.amount.input, session.amount.output) == (2, 107, 15)
        assert (session.calls, session.lines_added) == (1, 2)
        assert {agent.agent: agent.amount.input for agent in session.agents} == {"": 100, CHILD: 7}


def test_cost_reported_by_opencode_precedes_the_price_list(store: Store, sessions: Sessions) -> None:
    main, child = sorted(totals(store, OPENCODE, sessions.path).agents, key=lambda agent: agent.agent)
    assert main.amount.cost == 500_000_000_000
    assert (child.amount.cost, child.amount.unpriced) == (7 * 3_000_000, 0)


def test_forked_session_is_counted_once(store: Store, sessions: Sessions) -> None:
    created = {"created": 1_772_359_000_000}
    sessions.session("ses_fork")
    for session in (ROOT, "ses_fork"):
        message = sessions.message("assistant", session=session, time=created)
        sessions.tool(message, "bash", completed({"command": "ls"}), session)
        sessions.part(message, "step-finish", session, tokens=counts(1000))
    parent = totals(store, OPENCODE, sessions.path)
    fork = store.totals(SessionKey("opencode", "ses_fork"))
    assert parent.amount.requests + fork.amount.requests == 3
    assert parent.calls + fork.calls == 2


def test_chat_and_telemetry_of_a_session_are_counted_once(store: Store, tmp_path: Path) -> None:
    chat, telemetry = tmp_path / "session-x.jsonl", tmp_path / "telemetry.log"
    edits = call("write_file", {"file_path": "/w/a", "content": "1\n"}, "created new file: /w/a")
    chat.write_bytes(Chat().responds("", tokens(100, 5, 20)).calls(edits).responds("", tokens(200, 5)).lines())
    responses = [(100, 5, 20, "main"), (200, 5, 0, "main"), (40, 1, 0, "utility_router")]
    telemetry.write_bytes(b"".join(telemetry_record(*response) for response in responses))
    for paths in ((telemetry, chat), (chat, telemetry)):
        session = totals(store, GEMINI, *paths)
        assert (session.amount.requests, session.amount.input, session.amount.cache_read) == (3, 320, 20)
        assert (session.calls, session.lines_added) == (1, 1)


def telemetry_record(input_tokens: int, output: int, cached: int, role: str) -> bytes:
    """Return the telemetry record of a response."""
    attributes = {
        "event.name": "gemini_cli.api_response",
        "event.timestamp": f"2026-03-01T10:00:0{input_tokens % 7}Z",
        "session.id": SESSION,
        "model": "gemini-2.5-pro",
        "input_token_count": input_tokens,
        "output_token_count": output,
        "cached_content_token_count": cached,
        "role": role,
    }
    return json.dumps({"hrTime": [1, 2], "attributes": attributes}, indent=2).encode() + b"\n"


def test_chat_converted_from_an_older_format_is_counted_once(store: Store, tmp_path: Path) -> None:
    chat = Chat().responds("x", tokens(100, 5)).calls(call("glob", {"pattern": "*"}))
    (tmp_path / "session-x.json").write_bytes(chat.document())
    (tmp_path / "session-x.jsonl").write_bytes(chat.responds("y", tokens(200)).lines())
    session = totals(store, GEMINI, tmp_path)
    assert (session.amount.requests, session.amount.input, session.calls) == (2, 300, 1)


def test_chat_of_a_sub_agent_is_counted_with_its_session(store: Store, tmp_path: Path) -> None:
    chats = tmp_path / "chats"
    (chats / SESSION).mkdir(parents=True)
    main = chats / f"session-2026-03-01T10-00-{SESSION[:8]}.jsonl"
    main.write_bytes(Chat().responds("x", tokens(100)).lines())
    (chats / SESSION / f"{AGENT}.jsonl").write_bytes(Chat(AGENT, kind="subagent").responds("y", tokens(30)).lines())
    assert {agent.agent: agent.amount.input for agent in totals(store, GEMINI, main).agents} == {"": 100, AGENT: 30}


def test_change_of_the_write_ahead_log_concerns_all_sessions(sessions: Sessions) -> None:
    selection = PathSelector((str(sessions.path),), default_registry()).select()
    log = sessions.path.with_name("opencode.db-wal")
    paths = [sessions.path, sessions.path / CHILD, sessions.path / ROOT]
    assert list(selection.files) == paths
    pool = pool_of(selection)
    assert sorted(pool.sources_of(log)) == sorted(pool.sources_of(sessions.path)) == sorted(paths)
    assert set(pool.active_files()) == {sessions.path, log}
    assert pool.sources_of(sessions.path / ROOT) == []


def pool_of(selection: SourceSelection) -> SourcePool:
    """Return a pool with these sources open, which reads nothing."""
    inbox = Inbox(lambda: None)
    writer = Writer(lambda: StoreManager(private_store, PRICES), inbox)
    pool = SourcePool(default_registry(), PRICES, inbox, writer, FileWatcher(), Event(), UnreadData())
    pool.open(selection)
    return pool


def test_sessions_that_start_later_are_selected(sessions: Sessions) -> None:
    selector = PathSelector((str(sessions.path),), default_registry())
    assert len(selector.select().files) == 3
    sessions.session("ses_new")
    assert sessions.path / "ses_new" in selector.select().files
