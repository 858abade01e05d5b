"""Responses without a common id are known by their counts and their time."""

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
    """Those of a response that is the only one that its teller tells of."""
    return set(ResponseFingerprints().weak_ids(session, tokens, at, name))


@UNHURRIED
@given(st.integers(NOON, NOON + 3 * WINDOW_MS), st.integers(0, WINDOW_MS // 2 - 1))
def test_two_who_tell_of_a_response_within_half_a_span_share_a_hint(at: int, later: int) -> None:
    assert weak_ids(at=at, name="by one") & weak_ids(at=at + later, name="by the other")


def test_at_another_time_with_other_counts_or_in_another_session_it_is_another() -> None:
    assert not weak_ids() & weak_ids(at=NOON + 2 * WINDOW_MS)
    assert not weak_ids() & weak_ids(Tokens(input=100, output=51, cache_read=900))
    assert not weak_ids() & weak_ids(session=SessionKey("codex", "t"))


def test_without_a_time_nothing_is_alike() -> None:
    assert weak_ids(at=0) == set()


def test_what_one_teller_tells_of_several_is_numbered() -> None:
    likenesses = ResponseFingerprints()
    first = likenesses.weak_ids(SESSION, TOKENS, NOON, "a")
    assert not set(first) & set(likenesses.weak_ids(SESSION, TOKENS, NOON, "b"))
    assert likenesses.weak_ids(SESSION, TOKENS, NOON, "a") == first


def test_the_numbers_go_on_from_what_was_kept() -> None:
    likenesses = ResponseFingerprints()
    first = likenesses.weak_ids(SESSION, TOKENS, NOON, "a")
    later = ResponseFingerprints(dict(likenesses.names))
    assert not set(first) & set(later.weak_ids(SESSION, TOKENS, NOON, "b"))


def test_what_is_remembered_is_bounded() -> None:
    likenesses = ResponseFingerprints()
    for number in range(1000):
        likenesses.weak_ids(SESSION, TOKENS, NOON + number * WINDOW_MS, str(number))
        likenesses.weak_ids(SESSION, TOKENS, NOON, str(number))
    assert sum(map(len, likenesses.names.values())) < 1000
