"""The loop: inputs from a seed, each tried in an empty folder for a limited time, failing ones made smaller."""

from __future__ import annotations

import faulthandler
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from traceback import format_exception
from types import FrameType

from tests.fuzz.target import Files, Target

TIMEOUT_S = 30.0
"""Processor seconds for one input; far above what the slowest takes."""
ASLEEP = 10
"""An input that sleeps may take so many times longer, by the clock: the machine may be busy with other things."""
SHRINK_S = 20.0
MAX_FAILURES = 20
"""Failures after which a target is given up."""


class Hang(BaseException):
    """An input took longer than it may; nothing under test catches this."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that fails: its number from the seed, the input made smaller, and the error."""

    number: int
    files: Files
    error: str


@dataclass(slots=True)
class Result:
    """What came of a target: how many inputs were tried in how many seconds, and which failed."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)


def run(target: Target, seed: int, seconds: float, first: int = 0, most: int | None = None) -> Result:
    """Try inputs of a target from the number ``first`` on for so long, at least one and at most ``most``."""
    result, begun, signatures = Result(target.name), time.monotonic(), set()
    while len(result.failures) < MAX_FAILURES and result.inputs != most:
        number = first + result.inputs
        files = target.generate(Random(f"{target.name} {seed} {number}"))
        result.inputs += 1
        if (error := try_input(target, files)) and (signature := _signature(error)) not in signatures:
            signatures.add(signature)
            smaller = shrink(target, files, signature)
            result.failures.append(Failure(number, smaller, error_text(error)))
        result.seconds = time.monotonic() - begun
        if result.seconds >= seconds:
            break
    return result


def try_input(target: Target, files: Files) -> BaseException | None:
    """Return what is wrong with an input; None if everything holds."""
    with TemporaryDirectory(prefix="fuzz-") as name:
        try:
            with time_limit(TIMEOUT_S):
                target.check(files, Path(name))
        except (Exception, Hang) as error:
            return error
    return None


def shrink(target: Target, files: Files, signature: str) -> Files:
    """Return a smaller input that fails in the same way, found within `SHRINK_S`."""
    until = time.monotonic() + SHRINK_S
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(files):
            if time.monotonic() > until:
                return files
            error = try_input(target, smaller)
            if error and _signature(error) == signature:
                files, is_smaller = smaller, True
                break
    return files


def error_text(error: BaseException) -> str:
    """Return the error with its traceback."""
    return "".join(format_exception(error))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `Hang` after this processor time, or `ASLEEP` times as long asleep; if even that is not noticed, print all
    stacks and end the process."""
    timers = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, ASLEEP * seconds)}
    before = {number: signal.signal(number, _hang) for number in timers}
    for timer, limit in timers.values():
        signal.setitimer(timer, limit)
    faulthandler.dump_traceback_later(2 * ASLEEP * seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def _hang(number: int, frame: FrameType | None) -> None:
    raise Hang("timed out")


def _signature(error: BaseException) -> str:
    """Return the type of an error, where it came from and what an assertion said: failures with the same ones are
    taken for one."""
    place, at = "", error.__traceback__
    while at:
        place, at = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}", at.tb_next
    said = re.sub(r"\d+", "", str(error)) if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {'' if isinstance(error, Hang) else place} {said}"


def _smaller(files: Files) -> Iterator[Files]:
    """Yield the input without one of its files, or without a part of one; large parts first."""
    for name in files:
        if len(files) > 1:
            yield {other: content for other, content in files.items() if other != name}
    for name, content in files.items():
        for shorter in chain(_without_parts(content.splitlines(keepends=True)), _without_bytes(content)):
            yield {**files, name: shorter}


def _without_parts(lines: list[bytes]) -> Iterator[bytes]:
    size = len(lines) // 2
    while size:
        yield from (b"".join(lines[:at] + lines[at + size :]) for at in range(0, len(lines), size))
        size //= 2


def _without_bytes(content: bytes) -> Iterator[bytes]:
    size = min(len(content) // 2, 4096)
    while size > 3:
        yield from (content[:at] + content[at + size :] for at in range(0, len(content), size))
        size //= 4
