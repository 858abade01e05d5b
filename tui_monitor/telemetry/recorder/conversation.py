"""What passes between a person and an agent: prompts, messages, steps, failed requests. None of it raises."""

from __future__ import annotations

from collections.abc import Iterable

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.json_codec import error_text, to_text
from tui_monitor.telemetry.recorder.record import never_raises, write_event
from tui_monitor.telemetry.recorder.response_fields import field
from tui_monitor.telemetry.recorder.validation import check_number, check_text

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeAlias

    Todo: TypeAlias = str | tuple[str, str]
    """A step, or a step with its status: ``pending``, ``in_progress`` or ``completed``."""

_TODO_STATUSES = ("pending", "in_progress", "completed")


@never_raises
def record_prompt(text: str) -> None:
    """Record what a person, or the parent agent, asks of the current agent."""
    check_text("text", text, required=True)
    write_event("prompt", {}, {"text": text})


@never_raises
def record_message(text: str, *, thinking: bool = False) -> None:
    """Record what the current agent says. ``thinking`` marks reasoning that is not meant for the person."""
    check_text("text", text, required=True)
    write_event("message", {"thinking": True} if thinking else {}, {"text": text})


@never_raises
def record_todos(todos: Iterable[Todo]) -> None:
    """Record the agent's list of steps. Pass the whole list each time it changes.

        record_todos([("Read the log", "completed"), ("Mend the table", "in_progress"), "Run the tests"])

    Args:
        todos: The steps in order. One without a status is ``pending``.
    """
    write_event("todos", {}, {"items": [_todo(todo) for todo in todos]})


@never_raises
def record_retry(
    error: BaseException | str,
    *,
    wait_ms: int | None = None,
    attempt: int = 0,
    attempts: int = 0,
    status_code: int | None = None,
    rate_limited: bool = False,
    resets_at: float | None = None,
) -> None:
    """Record that a request to the model failed, and when it is repeated.

    Args:
        error: The exception, or its message.
        wait_ms: Milliseconds until the next attempt; None if the request is given up.
        attempt: Number of the attempt that failed, from 1.
        attempts: Attempts made at most.
        status_code: HTTP status; by default that of the exception.
        rate_limited: True if a limit of the person's plan is used up.
        resets_at: Time at which that limit is renewed, in epoch seconds.
    """
    if wait_ms is not None:
        check_number("wait_ms", abs(wait_ms) if isinstance(wait_ms, int | float) else wait_ms)
    facts = {
        "wait_ms": None if wait_ms is None else max(0, round(wait_ms)),
        "attempt": attempt or None,
        "attempts": attempts or None,
        "status_code": status_of(error) if status_code is None else status_code,
        "rate_limited": rate_limited or None,
        "resets_at": resets_at,
    }
    write_event("retry", {name: value for name, value in facts.items() if value is not None}, {"reason": _text(error)})


def status_of(answer: object) -> int | None:
    """Return the HTTP status that a response or an exception carries, or the ``response`` of it; None without one."""
    for owner in (answer, field(answer, "response")):
        status = field(owner, "status_code")
        if isinstance(status, int) and not isinstance(status, bool) and status > 0:
            return int(status)
    return None


def _text(error: BaseException | str) -> str:
    return error_text(error) if isinstance(error, BaseException) else error


def _todo(todo: Todo) -> dict[str, object]:
    is_pair = isinstance(todo, tuple | list) and len(todo) == 2 and isinstance(todo[0], str)
    if not isinstance(todo, str) and not is_pair:
        raise ValidationError(f"a step must be text, or a pair of text and status, not {to_text(todo)}")
    text, status = (todo, "pending") if isinstance(todo, str) else todo
    if status not in _TODO_STATUSES:
        raise ValidationError(f"the status of a step must be one of {', '.join(_TODO_STATUSES)}, not {status!r}")
    return {"text": text, "status": status}
