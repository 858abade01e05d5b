"""Problems of recording: each kind is logged once and counted; none is ever raised into the agent."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.json_codec import to_text
from tui_monitor.telemetry.recorder.runtime import LOCK

MAX_KINDS = 100
_OTHERS = "others"

_counts: dict[str, int] = {}


def report_lost_event(function: str, error: Exception) -> None:
    """Count an event that cannot be recorded, and log the first one of its kind. Never raises."""
    kind = type(error).__name__
    reason = to_text(error) if isinstance(error, ValidationError) else f"{kind}: {to_text(error)}"
    report_problem(f"{function}: {kind}", f"{function} has recorded nothing: {reason}")


def report_problem(kind: str, message: str) -> None:
    """Count a problem, and log the first one of its kind as a warning. Never raises."""
    with LOCK:
        kind = kind if kind in _counts or len(_counts) < MAX_KINDS else _OTHERS
        _counts[kind] = _counts.get(kind, 0) + 1
        is_first = _counts[kind] == 1
    if is_first:
        log_message(f"{message} (said once; get_recording_status() counts how often)", is_warning=True)


def problem_counts() -> dict[str, int]:
    """Return how often each kind of problem was met in this process."""
    with LOCK:
        return dict(_counts)


def clear_problems() -> None:
    """Forget all problems: each is new again."""
    with LOCK:
        _counts.clear()


def log_message(message: str, *, is_warning: bool) -> None:
    """Log a message of the recording library. A handler of the agent that raises does not disturb it."""
    try:
        import logging

        logging.getLogger("tui_monitor.telemetry").log(logging.WARNING if is_warning else logging.INFO, "%s", message)
    except Exception:
        return
