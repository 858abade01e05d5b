"""Hooks: an agent's own code that sees a record before it is written, and may change it or add to it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from inspect import isawaitable, iscoroutinefunction
from threading import Thread
from typing import TypeAlias, TypeVar

from tui_monitor.telemetry.service.records import TelemetryRecord

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    import asyncio

    from tui_monitor.telemetry.service.records import AgentRecord

Data: TypeAlias = "dict[str, object]"
Answer: TypeAlias = "Mapping[str, object] | None"
Hook: TypeAlias = "Callable[[Data], Answer | Awaitable[Answer]]"
"""Gets the fields of a record, and answers with those that are to be other or new; None for none."""

Record = TypeVar("Record", "AgentRecord", "TelemetryRecord")

TIME_LIMIT_S = 5.0
_FIXED = {"id", "agent_id", "uid", "custom"}
_LOG = logging.getLogger("tui_monitor.telemetry")


class HookType(StrEnum):
    """When a hook runs."""

    AGENT_START = "agent_start"
    AGENT_COMPLETE = "agent_complete"
    AGENT_FAIL = "agent_fail"
    TELEMETRY_COLLECTION = "telemetry_collection"


@dataclass(frozen=True, slots=True)
class _Registered:
    hook: Hook
    priority: int


class HookRegistry:
    """Hooks by their moments; the one of the highest priority runs first, and each sees what those before it changed.

    A hook that fails, or has not answered after ``time_limit`` seconds, is passed over with a warning: what it would
    have changed is lost, the record is not. Coroutine functions run in the loop of their caller, other functions in
    a thread of their own.
    """

    def __init__(self, time_limit: float = TIME_LIMIT_S) -> None:
        self.time_limit = time_limit
        self._hooks: dict[HookType, tuple[_Registered, ...]] = {}

    def register(self, moment: HookType | str, hook: Hook, *, priority: int = 0) -> None:
        """Have a hook run at this moment from now on.

        Raises:
            ValueError: there is no such moment.
        """
        moment = HookType(moment)
        hooks = (*self._hooks.get(moment, ()), _Registered(hook, priority))
        self._hooks[moment] = tuple(sorted(hooks, key=lambda registered: -registered.priority))

    def unregister(self, hook: Hook) -> None:
        """Have a hook run no more."""
        for moment, hooks in self._hooks.items():
            self._hooks[moment] = tuple(registered for registered in hooks if registered.hook != hook)

    async def run(self, moment: HookType, data: Mapping[str, object]) -> Data:
        """The data with what the hooks of this moment changed and added."""
        told = dict(data)
        for registered in self._hooks.get(moment, ()):
            told |= await self._ask(moment, registered.hook, dict(told))
        return told

    async def _ask(self, moment: HookType, hook: Hook, data: Data) -> Mapping[str, object]:
        import asyncio

        answering = asyncio.ensure_future(_answer(hook, data))
        try:
            done, _ = await asyncio.wait({answering}, timeout=self.time_limit)
            if not done:
                raise TimeoutError(f"no answer after {self.time_limit:g} seconds")
            if answering.cancelled():
                raise RuntimeError("it has cancelled itself")
            told = answering.result()
            if told is None:
                return {}
            if not isinstance(told, Mapping) or not all(isinstance(name, str) for name in told):
                raise TypeError(f"it answered with a {type(told).__name__} instead of fields by their names")
            return told
        except Exception as error:
            _LOG.warning("a hook of %s is passed over: %s: %s", moment, type(error).__name__, error)
            return {}
        finally:
            if not answering.done():
                answering.add_done_callback(_forget)
                answering.cancel()


def with_told(record: Record, told: Mapping[str, object]) -> Record:
    """The record with what hooks told: known fields are changed where they can be, unknown ones added to a
    `TelemetryRecord` as ``custom``. Whose record it is stays as it was."""
    known = {field.name for field in fields(record)}
    for name, value in told.items():
        if name in known - _FIXED:
            record = _changed(record, name, value)
    if isinstance(record, TelemetryRecord):
        added = {name: value for name, value in told.items() if not hasattr(record, name)}
        record = replace(record, custom={**record.custom, **added})
    return record


def _changed(record: Record, name: str, value: object) -> Record:
    if value is getattr(record, name):
        return record
    try:
        changed = replace(record, **{name: value})  # type: ignore[arg-type]  # which is what `checked` finds out
        return changed.checked()
    except Exception as error:  # it may be of any type, with code of its own
        _LOG.warning("what a hook told is passed over: %s", error)
        return record


async def _answer(hook: Hook, data: Data) -> Answer:
    told = hook(data) if iscoroutinefunction(hook) else await _in_thread(hook, data)
    return await told if isawaitable(told) else told


async def _in_thread(hook: Hook, data: Data) -> Answer | Awaitable[Answer]:
    """Run a hook where it can keep nobody from going on, nor the process from ending."""
    import asyncio

    answer: Future[Answer | Awaitable[Answer]] = Future()
    answer.set_running_or_notify_cancel()  # or it could be cancelled before it is set
    context = copy_context()

    def work() -> None:
        try:
            answer.set_result(context.run(hook, data))
        except BaseException as error:  # one that ends the process is the hook's own failure, too
            answer.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    Thread(target=work, name="tui-monitor hook", daemon=True).start()
    return await asyncio.wrap_future(answer)


def _forget(answering: asyncio.Future[Answer]) -> None:
    """Take note of what it ended with, so that nobody complains that nobody did."""
    if not answering.cancelled():
        answering.exception()
