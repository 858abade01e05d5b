"""The runs of ``claude -p`` that printed into one stream: each has a total of its own, which its results tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tui_monitor.events import SessionTotalUpdate
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.usage import session_total
from tui_monitor.sources.shared.fields import number, table

_TELLER = "print"
_STARTS = ("SessionStart:startup", "SessionStart:resume")


@dataclass(slots=True)
class Runs:
    """The run that prints, named after its first line, and what it has told so far. ``model`` is the main chain's."""

    run: str = ""
    session: str = ""
    model: str = ""
    told: list[int] = field(default_factory=list)

    def see(self, line: Line) -> None:
        """Any line: another session begins another run, and so does the hook that a program runs when it starts."""
        session = line.where["session"].id
        is_start = line.record.get("subtype") == "hook_started" and line.record.get("hook_name") in _STARTS
        if session != self.session or is_start:
            self._begin(line)
            self.session = session

    def total(self, line: Line) -> Iterator[SessionTotalUpdate]:
        """What the run has cost so far. A total that falls is that of another run."""
        for total in session_total(line, line.record.get("total_cost_usd")):
            tokens = total.tokens
            told = [total.cost or 0, *([tokens.prompt, tokens.output] if tokens else [])]
            if any(now < then for now, then in zip(told, self.told, strict=False)):
                self._begin(line)
            self.told = told
            yield replace(total, run=f"{_TELLER}:{self.run}")

    def window(self, line: Line) -> int | None:
        """How large the main chain's context window is; None where the result does not say."""
        used = table(line.record.get("modelUsage"))
        told = (
            used.get(self.model) if self.model in used else next(iter(used.values()), None) if len(used) == 1 else None
        )
        return number(table(told).get("contextWindow"))

    def _begin(self, line: Line) -> None:
        self.run = line.uuid or f"{line.ref.path}:{line.ref.offset}"
        self.told = []
