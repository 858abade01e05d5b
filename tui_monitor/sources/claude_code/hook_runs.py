"""What a person's own hooks came to, as transcripts and printed streams say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import HookFailure, HookSuccess
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.shared.fields import number, table, tables, text

BLOCKING = 2
"""The exit status by which a hook keeps the agent from going on."""
_MAX = 2000
_MAX_REPORTED = 8
_ERROR = re.compile(r"\[(.{1,2000}?)\]: (.*)", re.DOTALL)
_REFUSAL = re.compile(r"(\w{3,40}:[\w-]{1,120}) hook error: (\[.*)", re.DOTALL)
_STATUS = re.compile(r"status code:? (\d{1,3})")


@dataclass(slots=True)
class ReportedHooks:
    """The hooks at the end of a turn that attachments have reported as failed, each with what it said: newer versions
    repeat that, without a name, in the summary that follows."""

    failed: list[list[str]] = field(default_factory=list)

    def add(self, attachment: Record) -> None:
        """Record an attachment, if it is about such a hook."""
        if attachment.get("type") == "hook_non_blocking_error" and attachment.get("hookEvent") == "Stop":
            self.failed.append([text(attachment.get("stderr"))[:_MAX], text(attachment.get("command"))[:_MAX]])
            del self.failed[:-_MAX_REPORTED]

    def take(self, said: str) -> str | None:
        """Return the command of the hook that said this, and forget it; None if none was reported."""
        index = next((index for index, (error, _) in enumerate(self.failed) if error == said[:_MAX]), None)
        return None if index is None else self.failed.pop(index)[1]


def stop_hooks(line: ClaudeLine, reported: ReportedHooks) -> Iterator[HookFailure | HookSuccess]:
    """Yield the hooks at the end of a turn: those that failed or asked the agent to go on, unless they were
    ``reported``, and the others."""
    errors, record = line.record.get("hookErrors"), line.record
    failed = record.get("failedHookErrorIndexes")
    durations = {text(hook.get("command")): number(hook.get("durationMs")) for hook in tables(record.get("hookInfos"))}
    unnamed = False
    for index, error in enumerate(errors if isinstance(errors, list) else ()):
        if (known := reported.take(text(error))) is not None:
            durations.pop(known, None)
            continue
        has_failed = isinstance(failed, list) and index in failed
        failure = _failure(line, "Stop", text(error), blocked=not has_failed, durations=durations)
        unnamed = unnamed or not failure.hook
        durations.pop(failure.hook, None)
        yield failure
    if not unnamed:
        for hook, duration_ms in durations.items():
            yield HookSuccess(**line.fields, hook=hook[:_MAX], occasion="Stop", duration_ms=duration_ms)


def refusal(line: ClaudeLine, error: str) -> Iterator[HookFailure]:
    """Yield the hook that refused a call, by the error which the call has as its result."""
    if match := _REFUSAL.match(error):
        yield _failure(line, match[1], match[2], blocked=True)


def attached_hook(line: ClaudeLine, attachment: Record) -> Iterator[HookFailure | HookSuccess]:
    """Yield the run of a hook that an attachment reports."""
    kind, occasion = text(attachment.get("type")), text(attachment.get("hookName")) or text(attachment.get("hookEvent"))
    if kind == "hook_blocking_error":
        error = table(attachment.get("blockingError"))
        yield HookFailure(
            **line.fields,
            hook=text(error.get("command"))[:_MAX],
            occasion=occasion,
            error=text(error.get("blockingError"))[:_MAX],
            exit_code=BLOCKING,
            blocked=True,
        )
    elif kind in ("hook_non_blocking_error", "hook_error_during_execution"):
        yield HookFailure(
            **line.fields,
            hook=text(attachment.get("command"))[:_MAX],
            occasion=occasion,
            error=(text(attachment.get("stderr")) or text(attachment.get("content")))[:_MAX],
            exit_code=number(attachment.get("exitCode")),
            duration_ms=number(attachment.get("durationMs")),
        )
    elif kind == "hook_success" and (hook := text(attachment.get("command"))):
        duration_ms = number(attachment.get("durationMs"))
        yield HookSuccess(**line.fields, hook=hook[:_MAX], occasion=occasion, duration_ms=duration_ms)


def printed_hook(line: ClaudeLine) -> Iterator[HookFailure | HookSuccess]:
    """Yield the run of a hook whose end is in a printed stream."""
    record, hook = line.record, text(line.record.get("hook_name"))
    exit_code = number(record.get("exit_code"))
    if exit_code or record.get("outcome") == "error":
        error = text(record.get("stderr")) or text(record.get("output"))
        yield HookFailure(**line.fields, hook=hook, error=error[:_MAX], exit_code=exit_code)
    elif hook:
        yield HookSuccess(**line.fields, hook=hook)


def _failure(
    line: ClaudeLine, occasion: str, error: str, *, blocked: bool, durations: dict[str, int | None] | None = None
) -> HookFailure:
    match = _ERROR.match(error)
    hook, said = (match[1], match[2]) if match else ("", error)
    status = _STATUS.search(said)
    return HookFailure(
        **line.fields,
        hook=hook,
        occasion=occasion,
        error=said.strip()[:_MAX],
        exit_code=int(status[1]) if status else BLOCKING if blocked else None,
        duration_ms=(durations or {}).get(hook),
        blocked=blocked,
    )
