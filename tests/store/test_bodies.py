"""Bodies of calls: stored whole up to a limit, or left out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import APPLE, NOON, change, events_of, filled, finished, ingest, started
from tui_monitor.events import Prompt, SourceRef
from tui_monitor.store import Store, StoredBody
from tui_monitor.store.texts import DIFF_LIMIT, TEXT_LIMIT, pack, truncate, truncate_diff, unpack


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 20))
def test_packing_preserves_every_character(text: str, plain: int) -> None:
    assert unpack(pack(text, plain)) == text


def test_long_texts_are_compressed() -> None:
    packed = pack("a line\n" * 10_000)
    assert isinstance(packed, bytes)
    assert len(packed) < 1000


def test_a_text_that_compression_makes_no_shorter_stays() -> None:
    assert pack("berth", plain=4) == "berth"


@given(st.text(max_size=400), st.integers(100, 300))
def test_truncated_text_is_not_truncated_further(text: str, limit: int) -> None:
    shorter = truncate(text, limit)
    assert len(shorter) <= limit
    assert truncate(shorter, limit) == shorter
    assert shorter == text or (text.startswith(shorter[:18]) and "characters left out" in shorter)


@given(st.lists(st.text("+-x", max_size=9)), st.integers(0, 40))
def test_truncated_diff_ends_with_a_whole_line(lines: list[str], limit: int) -> None:
    diff = "".join(f"{line}\n" for line in lines)
    shorter = truncate_diff(diff, limit)
    assert len(shorter) <= limit
    assert diff.startswith(shorter)
    assert shorter == "" or shorter.endswith("\n")


def test_body_is_read_back_whole(store: Store) -> None:
    begin = replace(started("c1"), input="in " * 5000, ref=SourceRef("/logs/a", 1, 2))
    end = replace(
        finished("c1", changes=(change("/p/a"),)),
        output="out " * 5000,
        error="é\x00",
        metadata="{}",
        ref=SourceRef("/b", 3, 4),
    )
    ingest(store, begin, end)
    assert store.body(APPLE, "c1") == StoredBody(
        begin.input, end.output, end.error, "{}", end.changes, SourceRef("/logs/a", 1, 2), SourceRef("/b", 3, 4)
    )


def test_long_bodies_are_truncated_and_marked(store: Store) -> None:
    diff = "+line\n" * (DIFF_LIMIT // 6 + 9)
    ingest(store, started("c1"), finished("c1", output="x" * (TEXT_LIMIT + 1)))
    ingest(store, started("c2"), finished("c2", changes=(replace(change("/p/a"), diff=diff),)))
    for call in ("c1", "c2"):
        body = store.body(APPLE, call)
        assert body
        assert body.is_truncated
        assert len(body.output) <= TEXT_LIMIT
        assert sum(len(one.diff) for one in body.changes) <= DIFF_LIMIT


def test_earlier_result_adds_texts_and_replaces_none(store: Store) -> None:
    ingest(store, started("c1"), replace(finished("c1", at=NOON + 9), output="late"))
    ingest(store, replace(finished("c1", at=NOON + 1), output="early", error="early error"))
    body = store.body(APPLE, "c1")
    assert body
    assert (body.output, body.error) == ("late", "early error")


def test_store_without_bodies_has_counts_and_references_only() -> None:
    begin = replace(started("c1"), input="secret", ref=SourceRef("/logs/a", 1, 2))
    end = replace(finished("c1", output="secret", changes=(change("/p/a", 4, 1),)), error="secret", metadata="secret")
    store = filled(begin, end, Prompt(session=APPLE, at=NOON, text="p" * 9000), bodies=False)
    body = store.body(APPLE, "c1")
    assert body == StoredBody(changes=(replace(change("/p/a", 4, 1), diff=""),), input_ref=SourceRef("/logs/a", 1, 2))
    assert store.totals(APPLE).lines_added == 4
    prompt = next(event for event in events_of(store) if isinstance(event, Prompt))
    assert len(prompt.text) <= 256
    store.close()


def test_unknown_call_has_no_body(store: Store) -> None:
    ingest(store, started("c1"))
    assert store.body(APPLE, "c2") is None
    assert store.body(APPLE, "c1") == StoredBody()
