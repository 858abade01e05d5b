"""Archived rows come back as they were: into their own store, or another; torn archives lose whole groups alone."""

from __future__ import annotations

from contextlib import closing, nullcontext
from hashlib import blake2b

import pytest
from hypothesis import given, settings

from tests.store.builders import APPLE, BIRCH, NOON, QUARTER, events_of, filled, ingest, started, usage
from tests.store.retention.figures import figures
from tests.store.retention.test_roll_up import EVENTS, EVER, SOME, rows
from tui_monitor.events import Event
from tui_monitor.store import Store, private_store
from tui_monitor.store.retention.archive import ArchiveError, Restored, read_begin
from tui_monitor.store.retention.prunings import Pruning, PruningKind
from tui_monitor.store.retention.row_dump import KEPT, SINGLE


def archive(store: Store) -> list[bytes]:
    """Prune everything, and return the lines of its archive."""
    lines: list[bytes] = []
    rule = Pruning(PruningKind.ROWS, EVER, at=NOON, reason="for this test", archive="old.jsonl.gz")
    store.retention.prune(store.retention.prunable(PruningKind.ROWS, EVER), rule, lines.extend)
    return lines


def restore(store: Store, lines: list[bytes]) -> list[Restored]:
    """Put all groups back."""
    remaining = iter(lines)
    return [store.retention.restore(read_begin(line, store.retention.version), remaining) for line in remaining]


def all_rows(store: Store) -> dict[str, int]:
    tables = [*KEPT, *SINGLE, "aliases"]
    return dict(zip(tables, rows(store, *tables), strict=True))


@settings(deadline=None, max_examples=40)
@given(EVENTS, EVENTS)
def test_returned_rows_go_on_as_if_they_had_never_been_pruned(first: list[Event], second: list[Event]) -> None:
    with closing(private_store(bodies=True)) as store, closing(private_store(bodies=True)) as untouched:
        for each in (store, untouched):
            ingest(each, *first)
        expected, kept = figures(store), all_rows(store)
        lines = archive(store)
        assert set(restore(store, lines)) <= {Restored.RETURNED}
        assert figures(store) == expected
        assert all_rows(store) == kept
        assert set(restore(store, lines)) <= {Restored.WAS_STORED}
        for each in (store, untouched):
            ingest(each, *second)
        assert figures(store) == figures(untouched)
        assert all_rows(store) == all_rows(untouched)


@settings(deadline=None, max_examples=20)
@given(EVENTS)
def test_archive_fills_another_store(first: list[Event]) -> None:
    with closing(private_store(bodies=True)) as store, closing(private_store(bodies=True)) as other:
        ingest(other, usage("of another", at=NOON))
        ingest(store, *first)
        ingest(store, usage("of another", at=NOON))
        expected = figures(store)
        lines = archive(store)
        restored = restore(other, lines)
        if Restored.WAS_STORED not in restored:
            assert figures(other) == expected
        restore(other, lines)
        ingest(other, *first)
        assert figures(other)["overall"] == expected["overall"]


def test_texts_and_diffs_come_back(store: Store) -> None:
    ingest(store, *SOME)
    before = store.body(APPLE, "c1"), store.history(APPLE).calls, events_of(store)
    assert restore(store, archive(store)) == [Restored.RETURNED]
    assert (store.body(APPLE, "c1"), store.history(APPLE).calls, events_of(store)) == before
    assert store.retention.prunings(APPLE) == ()


def test_session_that_went_on_keeps_its_sums(store: Store) -> None:
    ingest(store, *SOME)
    lines = archive(store)
    ingest(store, usage("later", at=NOON + 50 * QUARTER))
    expected = figures(store)
    assert restore(store, lines) == [Restored.HAS_GROWN]
    assert figures(store) == expected


def test_two_archives_of_one_session_fill_another_store(store: Store) -> None:
    ingest(store, *SOME)
    first = archive(store)
    ingest(store, usage("later", at=NOON + 50 * QUARTER), started("later", at=NOON + 50 * QUARTER))
    second = archive(store)
    with closing(private_store(bodies=True)) as other:
        assert restore(other, second) == [Restored.ADDED]
        assert figures(other) == figures(store)
        ingest(other, *SOME)
        assert figures(other) == figures(store)
        assert restore(other, first) == [Restored.HAS_GROWN]


def test_torn_group_changes_nothing_and_others_come_back() -> None:
    with closing(filled(*SOME, usage("r9", BIRCH))) as store, closing(private_store(bodies=True)) as other:
        lines = archive(store)
        for end in range(1, len(lines)):
            with closing(private_store(bodies=True)) as another:
                whole = [line for line in lines[:end] if line.startswith(b'{"end"')]
                with nullcontext() if lines[end - 1] in whole else pytest.raises(ArchiveError, match="torn"):
                    restore(another, lines[:end])
                assert len(another.sessions()) == len(whole)
        assert restore(other, lines) == [Restored.ADDED] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}\n", "no archive"),
        (b"[]\n", "no archive"),
        (b"nonsense\n", "no archive"),
        (b'{"begin": "tui-mon', "torn"),
        (b'{"begin": "tui-monitor archive", "version": 999, "sessions": []}\n', "newer"),
    ],
)
def test_other_files_are_refused(store: Store, line: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        read_begin(line, store.retention.version)


def test_changed_line_is_noticed(store: Store) -> None:
    ingest(store, *SOME)
    lines = [line.replace(b"model-a", b"model-b") for line in archive(store)]
    with closing(private_store()) as other:
        with pytest.raises(ArchiveError, match="damaged"):
            restore(other, lines)
        assert other.sessions() == []


@pytest.mark.parametrize(
    "row",
    [
        b'{"table": "sqlite_master"}\n',
        b'{"table": 5}\n',
        b"{}\n",
        b'{"table": "calls", "id": 1, "session": 7}\n',
        b'{"table": "strings", "id": 1, "value": {"base64": "!"}}\n',
        b'{"table": "strings", "id": 1, "value": {}}\n',
        b'{"table": "responses", "id": 1}\n',
    ],
)
def test_damaged_rows_change_nothing(store: Store, row: bytes) -> None:
    with pytest.raises(ArchiveError, match="damaged"):
        store.retention.restore(
            read_begin(
                b'{"begin": "tui-monitor archive", "version": 1, "sessions": [["demo", "apple", 5]]}\n',
                store.retention.version,
            ),
            iter([row, b'{"end": "%s"}\n' % blake2b(row, digest_size=16).hexdigest().encode()]),
        )
    assert store.sessions() == []
