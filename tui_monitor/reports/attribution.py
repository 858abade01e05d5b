"""Which response made which calls, and which prompt, commit or pull request a response belongs to: pure functions over
what the store holds of sessions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from tui_monitor.events import SessionKey
from tui_monitor.ledger import Amount
from tui_monitor.store import SpendingCall, SpendingHistory, SpentResponse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResponseCalls:
    """A response and the calls that it made."""

    response: SpentResponse
    calls: tuple[SpendingCall, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionMark:
    """A point of a session that divides what was spent, with its name."""

    session: SessionKey
    at: int
    name: str


def calls_of_responses(history: SpendingHistory) -> Iterator[ResponseCalls]:
    """Yield each response with its calls, those of one agent after another.

    A call belongs to the last response of its agent that began before it. Some agents write a response's usage after
    its calls, which shows in a call before all responses: there it belongs to the next one.
    """
    calls = {chain: list(made) for chain, made in groupby(history.calls, lambda call: call.chain)}
    for chain, sent in groupby(history.responses, lambda response: response.chain):
        responses = list(sent)
        made = _assigned(responses, calls.get(chain, []))
        for number, response in enumerate(responses):
            yield ResponseCalls(response, tuple(made.get(number, ())))


def _assigned(responses: Sequence[SpentResponse], calls: Sequence[SpendingCall]) -> dict[int, list[SpendingCall]]:
    """Return the calls by the position of their response; only the conversation itself makes calls."""
    positions = [number for number, response in enumerate(responses) if not response.operation]
    made = defaultdict[int, list[SpendingCall]](list)
    if not positions or not calls:
        return made
    times = [responses[number].at for number in positions]
    is_before_usage = calls[0].at < times[0]
    for call in calls:
        place = bisect_left(times, call.at) if is_before_usage else bisect_right(times, call.at) - 1
        made[positions[max(0, min(place, len(positions) - 1))]].append(call)
    return made


def marked(
    responses: Sequence[SpentResponse], marks: Sequence[SessionMark], *, is_before: bool
) -> Iterator[tuple[SpentResponse, SessionMark | None]]:
    """Yield each response with the mark of its session that it belongs to: the next one where what came before a mark
    led to it (``is_before``), else the last one; None without any."""
    by_session = defaultdict[SessionKey, list[SessionMark]](list)
    for mark in sorted(marks, key=lambda mark: mark.at):
        by_session[mark.session].append(mark)
    times = {session: [mark.at for mark in own] for session, own in by_session.items()}
    for response in responses:
        own = by_session.get(response.session, [])
        at = times.get(response.session, [])
        place = bisect_left(at, response.at) if is_before else bisect_right(at, response.at) - 1
        yield response, own[place] if 0 <= place < len(own) else None


def split(amount: Amount, parts: int) -> Iterator[Amount]:
    """Yield an amount in equal parts, whose sum it is: what cannot be divided is of the first."""
    shares = [divmod(value, parts) for value in amount]
    yield Amount._make(share + rest for share, rest in shares)
    for _ in range(parts - 1):
        yield Amount._make(share for share, _ in shares)
