"""Model calls: what is recorded of their start and end, and what the monitor makes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.telemetry.support import of_type, only, read_events, read_line, read_lines, status_after
from tui_monitor.events import ModelRequest, Rank, RetryUpdate, Tokens, Usage
from tui_monitor.live.status import StatusWord
from tui_monitor.telemetry import TOKEN_USAGE, ResponseUsage, agent, generation, operation, record_retry, session

USAGE = ResponseUsage(input_tokens=1200, output_tokens=90, cache_read_tokens=30)


class OverloadedError(Exception):
    status_code = 529


def test_model_is_at_work_until_the_call_ends(stream: Path) -> None:
    with session("s1"):
        with generation("gpt-4o") as call:
            thinking = status_after(stream, 42)
            call.usage = USAGE
        done = status_after(stream, 42)
    request, end = of_type(read_events(stream), ModelRequest)
    assert (request.ended, end.ended) == (False, True)
    assert (thinking.word, thinking.since, thinking.certain) == (StatusWord.THINKING, request.at, True)
    assert done.evidence != thinking.evidence


def test_call_is_counted_with_its_facts(stream: Path) -> None:
    with operation("review", task_id="t1"), generation("gpt-4o", provider="openai", service_tier="flex") as call:
        call.first_token()
        first = call.ttft_ms
        call.first_token()
        call.usage = USAGE
    usage = only(read_events(stream), Usage)
    assert (usage.model, usage.provider, usage.service_tier) == ("gpt-4o", "openai", "flex")
    assert (usage.operation, usage.task) == ("review", "t1")
    assert usage.tokens == Tokens(input=1200, output=90, cache_read=30)
    assert (usage.duration_ms, usage.ttft_ms, usage.rank) == (call.duration_ms, first, Rank.FINAL)
    line = read_line(stream, "generation")
    assert (line["streaming"], line["id"]) == (True, read_line(stream, "generation_start")["id"])


def test_usage_names_the_model_that_answered(stream: Path) -> None:
    with generation("gpt-4o") as call:
        call.usage = ResponseUsage("gpt-4o-of-today", input_tokens=5)
    assert only(read_events(stream), Usage).model == "gpt-4o-of-today"
    tracker = TOKEN_USAGE.get_model_tracker("gpt-4o-of-today")
    assert tracker
    assert tracker.snapshot().totals.input == 5


@pytest.mark.parametrize("lower_bound", [True, False])
def test_unknown_usage_and_broken_responses_are_lower_bounds(stream: Path, lower_bound: bool) -> None:
    with generation("gpt-4o") as call:
        call.lower_bound = lower_bound
        call.usage = USAGE if lower_bound else None
    assert only(read_events(stream), Usage).rank < Rank.EXPORTED


def test_raising_call_has_failed_and_propagates(stream: Path) -> None:
    with session("s1"):
        with pytest.raises(OverloadedError), generation("gpt-4o") as call:
            raise OverloadedError("overloaded")
        failed = status_after(stream)
        with generation("gpt-4o"):
            repeated = status_after(stream)
    assert (call.error, call.status_code) == ("overloaded", 529)
    retry = only(read_events(stream), RetryUpdate)
    assert (retry.reason, retry.status, retry.wait_ms) == ("overloaded", 529, None)
    assert (failed.word, failed.subject) == (StatusWord.FAILED, "overloaded")
    assert (repeated.word, repeated.subject) == (StatusWord.RETRYING, "overloaded")
    assert len(of_type(read_events(stream), Usage)) == 1, "a failed request without tokens is no response"


def test_retry_is_shown_until_the_next_attempt_is_answered(stream: Path) -> None:
    with session("s1"):
        record_retry(OverloadedError("overloaded"), wait_ms=2000, attempt=1, attempts=3)
        pausing = status_after(stream)
        with generation("gpt-4o", attempt=2):
            trying = status_after(stream)
    assert (pausing.word, pausing.evidence) == (StatusWord.RETRYING, "attempt 1 of 3, retried after 2 s")
    assert (trying.word, trying.evidence[:9]) == (StatusWord.RETRYING, "attempt 2")


def test_error_without_an_exception_fails_the_call(stream: Path) -> None:
    call = generation("gpt-4o").start()
    call.usage = USAGE
    call.end("content filter")
    call.end()
    events = read_events(stream)
    assert only(events, RetryUpdate).reason == "content filter"
    assert only(events, Usage).tokens.output == 90


async def test_of_calls_at_once_the_last_open_one_keeps_the_model_at_work(stream: Path) -> None:
    async def ask(is_over: asyncio.Event) -> None:
        with generation("gpt-4o") as call:
            await is_over.wait()
            call.usage = USAGE

    with session("s1"):
        first, second = asyncio.Event(), asyncio.Event()
        asks = [asyncio.create_task(ask(first)), asyncio.create_task(ask(second))]
        await asyncio.sleep(0)
        first.set()
        await asks[0]
        assert status_after(stream).evidence == "a request to the model has no answer yet"
        second.set()
        await asks[1]
    assert status_after(stream).word == StatusWord.DONE


def test_call_that_ends_elsewhere_belongs_to_where_it_began(stream: Path) -> None:
    with session("s1"), agent("scout", "a1"):
        call = generation("gpt-4o").start()
    call.usage = USAGE
    call.end()
    usage = only(read_events(stream), Usage)
    assert (usage.session.id, usage.agent) == ("s1", "a1")


def test_call_of_a_hostile_exception_passes_it_on(stream: Path) -> None:
    class HostileError(Exception):
        @property
        def status_code(self) -> int:
            raise RuntimeError("no status")

        def __str__(self) -> str:
            raise RuntimeError("no text")

    with pytest.raises(HostileError), generation("gpt-4o"):
        raise HostileError
    assert [line["type"] for line in read_lines(stream)] == ["generation_start", "generation"]
