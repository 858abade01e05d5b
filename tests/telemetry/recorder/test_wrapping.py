"""Functions of every kind are observed to their end, and stay what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction

import pytest

from tui_monitor.telemetry.recorder.wrapping import ObservedCall, observe_calls


class Diary(ObservedCall):
    """Everything that happens to the calls of a function."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def begin(self, *args: object, **kwargs: object) -> Diary:
        return self

    def add(self, item: object) -> None:
        self.notes.append(f"item {item}")

    def finish(self, result: object) -> None:
        self.notes.append(f"finished {result}")

    def fail(self, error: BaseException) -> None:
        self.notes.append(f"failed {error!r}")


@pytest.fixture
def diary() -> Diary:
    return Diary()


def moor(berth: int) -> int:
    return 10 // berth


async def moor_slowly(berth: int) -> int:
    await asyncio.sleep(0)
    return 10 // berth


def tides(count: int) -> Generator[int, object, str]:
    for number in range(count):
        reply = yield number
        if reply:
            return f"heard {reply}"
    if count > 2:
        raise ValueError("aground")
    return "ebb"


async def tides_slowly(count: int) -> AsyncIterator[int]:
    for number in range(count):
        await asyncio.sleep(0)
        yield number
    if count > 2:
        raise ValueError("aground")


class Harbour:
    async def __call__(self, berth: int) -> int:
        return await moor_slowly(berth)


@pytest.mark.parametrize(
    ("function", "is_kind"),
    [(moor_slowly, iscoroutinefunction), (tides, isgeneratorfunction), (tides_slowly, isasyncgenfunction)],
)
def test_functions_keep_their_kind_and_name(
    diary: Diary, function: Callable[..., object], is_kind: Callable[[object], bool]
) -> None:
    wrapped = observe_calls(function, diary.begin)
    assert is_kind(wrapped)
    assert (wrapped.__name__, wrapped.__wrapped__) == (function.__name__, function)  # type: ignore[attr-defined]


async def test_results_and_exceptions_pass_through(diary: Diary) -> None:
    assert observe_calls(moor, diary.begin)(5) == 2
    assert await observe_calls(moor_slowly, diary.begin)(5) == 2
    assert await observe_calls(Harbour(), diary.begin)(5) == 2
    assert observe_calls(partial(moor, 2), diary.begin)() == 5
    with pytest.raises(ZeroDivisionError):
        await observe_calls(moor_slowly, diary.begin)(0)
    assert [note.split()[0] for note in diary.notes] == ["finished"] * 4 + ["failed"]


def test_generator_is_observed_to_its_end(diary: Diary) -> None:
    generator = observe_calls(tides, diary.begin)(2)
    assert diary.notes == []
    assert list(generator) == [0, 1]
    assert diary.notes == ["item 0", "item 1", "finished ebb"]


def test_generator_that_raises_late_has_failed(diary: Diary) -> None:
    with pytest.raises(ValueError, match="aground"):
        list(observe_calls(tides, diary.begin)(3))
    assert diary.notes[-1] == "failed ValueError('aground')"


def test_generator_is_sent_to_thrown_into_and_closed(diary: Diary) -> None:
    wrapped = observe_calls(tides, diary.begin)
    generator = wrapped(2)
    assert next(generator) == 0
    with pytest.raises(StopIteration, match="heard you"):
        generator.send("you")
    generator = wrapped(2)
    next(generator)
    with pytest.raises(KeyError):
        generator.throw(KeyError("k"))
    generator = wrapped(2)
    next(generator)
    generator.close()
    assert diary.notes == ["item 0", "finished heard you", "item 0", "failed KeyError('k')", "item 0", "finished None"]


async def test_asynchronous_generator_is_observed_to_its_end(diary: Diary) -> None:
    wrapped = observe_calls(tides_slowly, diary.begin)
    assert [item async for item in wrapped(2)] == [0, 1]
    with pytest.raises(ValueError, match="aground"):
        [item async for item in wrapped(3)]
    closed = wrapped(2)
    assert await anext(closed) == 0
    await closed.aclose()  # type: ignore[attr-defined]
    assert diary.notes[:3] == ["item 0", "item 1", "finished None"]
    assert diary.notes[6] == "failed ValueError('aground')"
    assert diary.notes[7:] == ["item 0", "finished None"]
