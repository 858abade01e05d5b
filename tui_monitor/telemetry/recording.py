"""The narrow door to the stream: what lies behind it is imported when something is first recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from tui_monitor.telemetry.lock import LOCK

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeAlias

    P = ParamSpec("P")
    Append: TypeAlias = Callable[[str, Mapping[str, object], Mapping[str, object]], None]

_NOTHING: Mapping[str, object] = {}
_append: Append | None = None


def write(kind: str, facts: Mapping[str, object], content: Mapping[str, object] = _NOTHING) -> None:
    """Append a line of this type to the stream, if that is wanted. Never waits; whoever calls it is `unfailing`.

    ``facts`` are fields that hold numbers and names of the agent's own; they win over those of the scope. ``content``
    is what its tools and files hold: it may be anything, and secrets and paths in it are treated as the settings say.
    """
    global _append
    if _append is None:
        _append = _imported()
    _append(kind, facts, content)


def _imported() -> Append:
    # Under the lock: a child that is forked while another thread imports would wait for that import for ever.
    with LOCK:
        from tui_monitor.telemetry.lines import append
    return append


def unfailing(recording: Callable[P, None]) -> Callable[P, None]:
    """An agent goes on whatever becomes of its record: what goes wrong is counted and logged."""

    @wraps(recording)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            recording(*args, **kwargs)
        except Exception as error:
            from tui_monitor.telemetry.lines import lose

            lose(error)

    return guarded
