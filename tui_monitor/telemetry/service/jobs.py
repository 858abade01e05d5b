"""Work that a thread does for others, who wait for it a limited time."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Job(Generic[T]):
    """A piece of work, and its result."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = Event()
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work. Its exceptions are kept for `result`."""
        try:
            self._results.append(self._work())
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the work. Return False if it takes longer."""
        return self._done.wait(seconds)

    def result(self) -> T:
        """Return the result of finished work, or raise its exception."""
        if self._error is not None:
            raise self._error
        return self._results[0]


def work_off(jobs: SimpleQueue[Job[Any] | None]) -> None:
    """Run jobs one after the other until there is a None."""
    while (job := jobs.get()) is not None:
        job.run()
