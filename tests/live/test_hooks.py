"""The hooks of a session, by what they came to."""

from __future__ import annotations

from tests.tui.live_builder import SESSION, LiveBuilder
from tui_monitor.events import HookFailure, HookSuccess
from tui_monitor.live.hooks import hook_records


def test_hooks_that_fail_come_first_with_their_last_failure() -> None:
    live = LiveBuilder()
    for second, error in enumerate(("one", "two")):
        live.apply(HookFailure(session=SESSION, at=live.now + second, hook="lint", occasion="Stop", error=error))
    live.apply(HookSuccess(session=SESSION, at=live.now + 5, hook="notify", occasion="Stop", duration_ms=40))
    lint, notify = hook_records(live.state)
    assert (lint.name, lint.failures, lint.fails, lint.last_at) == ("Stop lint", 2, True, live.now + 1)
    assert lint.failure is not None
    assert lint.failure.detail == "two"
    assert (notify.name, notify.failures, notify.fails, notify.success is not None) == ("Stop notify", 0, False, True)


def test_hook_that_succeeded_after_its_failure_does_not_fail_any_more() -> None:
    live = LiveBuilder()
    live.apply(HookSuccess(session=SESSION, at=live.now + 9, hook="lint"))
    live.apply(HookFailure(session=SESSION, at=live.now, hook="lint"))
    live.apply(HookSuccess(session=SESSION, at=live.now - 9, hook="lint"))
    (lint,) = hook_records(live.state)
    assert (lint.failures, lint.fails, lint.last_at) == (1, False, live.now + 9)
