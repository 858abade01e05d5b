"""The hooks of a session: which ran, and which of them failed."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import HookSuccess
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.session import SessionState


@dataclass(slots=True)
class HookRecord:
    """A hook under its ``name``, which begins with its occasion: its last success, how often it failed, and the last
    of these failures, as far as the log holds them."""

    name: str
    success: HookSuccess | None = None
    failures: int = 0
    failure: Mark | None = None

    @property
    def last_at(self) -> int:
        """When it last ran."""
        return max(self.success.at if self.success else 0, self.failure.at if self.failure else 0)

    @property
    def fails(self) -> bool:
        """True if it failed the last time."""
        return self.failure is not None and self.failure.at == self.last_at


def hook_records(state: SessionState) -> list[HookRecord]:
    """Return the hooks of a session: those that fail, then the others, each with the last to run first."""
    records = {name: HookRecord(name, success) for name, success in state.hooks.items()}
    for entry in state.log.entries:
        if isinstance(entry, Mark) and entry.kind is MarkKind.HOOK_FAILED:
            record = records.setdefault(entry.text, HookRecord(entry.text))
            record.failures += 1
            record.failure = entry
    return sorted(records.values(), key=lambda record: (not record.fails, -record.last_at))
