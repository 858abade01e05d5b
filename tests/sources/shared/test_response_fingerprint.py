"""Matching responses without a common id by their tokens and time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tui_monitor.events import SessionKey, Tokens
from tui_monitor.sources.shared.response_fingerprint import WINDOW_MS, ResponseFingerprints

SESSION = SessionKey("codex", "s")
TOKENS = Tokens(input=100, output=50, cache_read=900)
NOON = 1_772_366_400_000


def weak_ids(tokens: Tokens = TOKENS, at: int = NOON, name: str = "a", session: SessionKey = SESSION) -> set[str]:
    """Return the ids of the only response of a source."""
    return set(ResponseFingerprints().weak_ids(session, tokens, at, name))


@UNHURRIED
@given(st.integers(NOON, NOON + 3 * WINDOW_MS), st.integers(0, WINDOW_MS // 2 - 1))
def test_records_within_half_a_window_share_an_id(at: int, later: int) -> None:
    assert weak_ids(at=at, name="by one") & weak_ids(at=at + later, name="by the other")


def test_other_time_counts_or_session_give_other_ids() -> None:
    assert not weak_ids() & weak_ids(at=NOON + 2 * WINDOW_MS)
    assert not weak_ids() & weak_ids(Tokens(input=100, output=51, cache_read=900))
    assert not weak_ids() & weak_ids(session=SessionKey("codex", "t"))


def test_response_without_a_time_has_no_id() -> None:
    assert weak_ids(at=0) == set()


def test_identical_responses_of_one_source_are_numbered() -> None:
    likenesses = ResponseFingerprints()
    first = likenesses.weak_ids(SESSION, TOKENS, NOON, "a")
    assert not set(first) & set(likenesses.weak_ids(SESSION, TOKENS, NOON, "b"))
    assert likenesses.weak_ids(SESSION, TOKENS, NOON, "a") == first


def test_numbering_continues_from_the_saved_state() -> None:
    likenesses = ResponseFingerprints()
    first = likenesses.weak_ids(SESSION, TOKENS, NOON, "a")
    later = ResponseFingerprints(dict(likenesses.names))
    assert not set(first) & set(later.weak_ids(SESSION, TOKENS, NOON, "b"))


def test_saved_state_is_bounded() -> None:
    likenesses = ResponseFingerprints()
    for number in range(1000):
        likenesses.weak_ids(SESSION, TOKENS, NOON + number * WINDOW_MS, str(number))
        likenesses.weak_ids(SESSION, TOKENS, NOON, str(number))
    assert sum(map(len, likenesses.names.values())) < 1000
