"""Hooks: an agent's own functions that see a record before it is written, and may change it or add to it."""

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

from tui_monitor.telemetry.service.records import AgentRecord, TelemetryRecord

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    import asyncio

HookData: TypeAlias = "dict[str, object]"
"""The fields of a record by name."""

HookResult: TypeAlias = "Mapping[str, object] | None"
"""Fields to change or add, None for none."""

Hook: TypeAlias = "Callable[[HookData], HookResult | Awaitable[HookResult]]"

Record = TypeVar("Record", AgentRecord, TelemetryRecord)

TIME_LIMIT_S = 5.0
_FIXED_FIELDS = {"id", "agent_id", "uid", "custom"}
_OWN_FIELDS = {"event_type", "agent_id", "success"}
"""Fields that a hook gets beside those of the record."""
_LOG = logging.getLogger("tui_monitor.telemetry")


class HookType(StrEnum):
    """Occasion on which a hook runs."""

    AGENT_START = "agent_start"
    AGENT_COMPLETE = "agent_complete"
    AGENT_FAIL = "agent_fail"
    TELEMETRY_COLLECTION = "telemetry_collection"


@dataclass(frozen=True, slots=True)
class _Registration:
    hook: Hook
    priority: int


class HookRegistry:
    """Hooks by type. The highest priority runs first, and each hook sees the changes of those before it.

    A hook that raises, or does not return within ``time_limit`` seconds, is skipped with a warning: its changes are
    lost, the record is not. Coroutine functions run in the event loop of the caller, other functions in a thread each.
    """

    def __init__(self, time_limit: float = TIME_LIMIT_S) -> None:
        self.time_limit = time_limit
        self._hooks: dict[HookType, tuple[_Registration, ...]] = {}

    def register(self, hook_type: HookType | str, hook: Hook, *, priority: int = 0) -> None:
        """Add a hook of this type.

        The hook gets a dict of fields, and returns a mapping of fields to change or add, or None.

        Raises:
            ValueError: There is no such type.
        """
        hook_type = HookType(hook_type)
        hooks = (*self._hooks.get(hook_type, ()), _Registration(hook, priority))
        self._hooks[hook_type] = tuple(sorted(hooks, key=lambda each: -each.priority))

    def unregister(self, hook: Hook) -> None:
        """Remove a hook, from all types."""
        for hook_type, hooks in self._hooks.items():
            self._hooks[hook_type] = tuple(each for each in hooks if each.hook != hook)

    async def run(self, hook_type: HookType, data: Mapping[str, object]) -> HookData:
        """Run the hooks of this type. Return the data with their changes."""
        result = dict(data)
        for each in self._hooks.get(hook_type, ()):
            result |= await self._run_hook(hook_type, each.hook, dict(result))
        return result

    async def _run_hook(self, hook_type: HookType, hook: Hook, data: HookData) -> Mapping[str, object]:
        import asyncio

        task = asyncio.ensure_future(_call(hook, data))
        try:
            finished, _ = await asyncio.wait({task}, timeout=self.time_limit)
            if not finished:
                raise TimeoutError(f"no result after {self.time_limit:g} seconds")
            if task.cancelled():
                raise RuntimeError("it cancelled itself")
            result = task.result()
            if result is None:
                return {}
            if not isinstance(result, Mapping) or not all(isinstance(name, str) for name in result):
                raise TypeError(f"it returned a {type(result).__name__}, not a mapping of field names")
            return result
        except Exception as error:
            _LOG.warning("a hook of %s is skipped: %s: %s", hook_type, type(error).__name__, error)
            return {}
        finally:
            if not task.done():
                task.add_done_callback(_consume_exception)
                task.cancel()


def apply_hook_result(record: Record, result: Mapping[str, object]) -> Record:
    """Return the record with the fields of a hook's result.

    Valid values replace the record's fields, except its ids; unknown fields go to ``custom``.
    """
    names = {field.name for field in fields(record)}
    for name, value in result.items():
        if name in names - _FIXED_FIELDS:
            record = _replace_field(record, name, value)
    extra = {name: value for name, value in result.items() if name not in _OWN_FIELDS and not hasattr(record, name)}
    return replace(record, custom={**record.custom, **extra})


def _replace_field(record: Record, name: str, value: object) -> Record:
    if value is getattr(record, name):
        return record
    try:
        changed = replace(record, **{name: value})  # type: ignore[arg-type]  # `validate` checks the type
        return changed.validate()
    except Exception as error:  # the value may be of any type, with code of its own
        _LOG.warning("a value returned by a hook is skipped: %s", error)
        return record


async def _call(hook: Hook, data: HookData) -> HookResult:
    result = hook(data) if iscoroutinefunction(hook) else await _call_in_thread(hook, data)
    return await result if isawaitable(result) else result


async def _call_in_thread(hook: Hook, data: HookData) -> HookResult | Awaitable[HookResult]:
    """Run a hook in a thread, where it can block neither the event loop nor the end of the process."""
    import asyncio

    future: Future[HookResult | Awaitable[HookResult]] = Future()
    future.set_running_or_notify_cancel()  # or it could be cancelled before it is set
    context = copy_context()

    def work() -> None:
        try:
            future.set_result(context.run(hook, data))
        except BaseException as error:  # an exit of the process is the hook's own failure, too
            future.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    Thread(target=work, name="tui-monitor hook", daemon=True).start()
    return await asyncio.wrap_future(future)


def _consume_exception(task: asyncio.Future[HookResult]) -> None:
    """Retrieve the exception of a skipped hook, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()
