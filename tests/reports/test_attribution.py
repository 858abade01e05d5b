"""A response's calls are found whether its usage is written before or after them, and parts add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.events import CallState, SessionKey
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.reports.attribution import SessionMark, calls_of_responses, marked, split
from tui_monitor.reports.commits import commit_marks, request_marks
from tui_monitor.store import SpendingCall, SpendingHistory, SpentResponse

APPLE = SessionKey("demo", "apple")


def response(at: int, chain: int = 1, operation: str = "") -> SpentResponse:
    """Return a response of one request."""
    return SpentResponse(APPLE, chain, at, "model-a", operation, Amount(requests=1, cost=100))


def call(name: str, at: int, chain: int = 1, subject: str = "", state: CallState = CallState.OK) -> SpendingCall:
    """Return a call."""
    return SpendingCall(APPLE, chain, at, name, "Bash", "shell", subject, state, 10)


def made(*rows: SpentResponse | SpendingCall) -> dict[int, str]:
    """Return the calls of each response by its time."""
    responses = tuple(row for row in rows if isinstance(row, SpentResponse))
    calls = tuple(row for row in rows if isinstance(row, SpendingCall))
    history = SpendingHistory(responses, calls)
    return {one.response.at: " ".join(call.call for call in one.calls) for one in calls_of_responses(history)}


def test_call_belongs_to_the_last_response_before_it() -> None:
    assert made(response(10), call("a", 10), call("b", 19), response(20), call("c", 90)) == {10: "a b", 20: "c"}


def test_call_belongs_to_the_next_response_where_usage_follows() -> None:
    assert made(call("a", 5), response(10), call("b", 11), call("c", 12), response(20)) == {10: "a", 20: "b c"}


def test_other_agents_and_other_purposes_have_no_part_in_it() -> None:
    rows = (response(10), response(15, operation="title"), call("a", 16), response(12, 2), call("b", 17, 2))
    assert made(*rows) == {10: "a", 15: "", 12: "b"}


def test_calls_without_any_usage_are_of_no_response() -> None:
    assert made(call("a", 5)) == {}


@given(st.lists(st.integers(0, 10**15), min_size=11, max_size=11), st.integers(1, 9))
def test_parts_of_an_amount_add_up_to_it(values: list[int], parts: int) -> None:
    amount, total = Amount._make(values), ZERO
    shares = list(split(amount, parts))
    for share in shares:
        total = total.plus(share)
    assert total == amount
    assert len(shares) == parts


@pytest.mark.parametrize(("is_before", "expected"), [(True, ["m", "m", "n", None]), (False, [None, "m", "m", "n"])])
def test_mark_ends_or_begins_what_belongs_to_it(is_before: bool, expected: list[str | None]) -> None:
    marks = [
        SessionMark(APPLE, 20, "m"),
        SessionMark(APPLE, 40, "n"),
        SessionMark(SessionKey("demo", "birch"), 1, "other"),
    ]
    pairs = marked([response(at) for at in (10, 20, 30, 50)], marks, is_before=is_before)
    assert [mark.name if mark else None for _, mark in pairs] == expected


@pytest.mark.parametrize(
    ("subject", "output", "expected"),
    [
        ("git commit -m x", "[main 1234567] Mend the valve\n 1 file changed", ["1234567 Mend the valve"]),
        ("cd a && git -C b commit", "noise\n[fix/a (root-commit) abcdef0] First", ["abcdef0 First"]),
        ("git commit", "", ["a commit without recorded output"]),
        ("git commit", "nothing to commit, working tree clean", []),
        ("git log | grep commit", "[main 1234567] x", []),
        ("make commit", "[main 1234567] x", []),
    ],
)
def test_commits_are_read_from_what_git_printed(subject: str, output: str, expected: list[str]) -> None:
    calls = [call("a", 1, subject=subject), call("b", 2, subject=subject, state=CallState.FAILED)]
    assert [mark.name for mark in commit_marks(calls, lambda call: output)] == expected


@pytest.mark.parametrize(
    ("subject", "output", "expected"),
    [
        ("gh pr create --fill", "https://github.com/ada/engine/pull/12\n", ["ada/engine#12"]),
        ("glab mr create", "!3\n https://git.example.org/g/s/p/-/merge_requests/3", ["g/s/p#3"]),
        ("gh pr create", "aborted", []),
        ("gh pr view", "https://github.com/ada/engine/pull/12\n", []),
    ],
)
def test_pull_requests_are_read_from_their_addresses(subject: str, output: str, expected: list[str]) -> None:
    assert [mark.name for mark in request_marks([call("a", 1, subject=subject)], lambda call: output)] == expected
