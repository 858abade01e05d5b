"""The facts of a session as one record: where and how it runs, on which model, since when."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import MAIN, ContextUpdate, Event, SessionUpdate, Usage
from tui_monitor.merge.ranked import NO_RANK, FieldGroup, RankedRecord, counts_over, rank_of

FACTS: FieldGroup = dict.fromkeys(("cwd", "branch", "version", "title", "path", "mode", "client", "forked_from"), "")
"""Set by `SessionUpdate`. The main chain's over those of sub-agents, then the later."""


_WITH_FACTS = (SessionUpdate, Usage, ContextUpdate)


@dataclass(slots=True, kw_only=True)
class SessionFacts(RankedRecord):
    """The facts of one session. Times are epoch ms, 0 while unknown: ``started`` and ``last_at`` of any event,
    ``last_response_at`` of the main chain's last model response. ``root`` is the folder in which it began, and
    ``root_at`` when it was there."""

    cwd: str = ""
    branch: str = ""
    version: str = ""
    title: str = ""
    path: str = ""
    mode: str = ""
    client: str = ""
    forked_from: str = ""
    facts_rank: int = NO_RANK
    model: str = ""
    model_at: int = 0
    started: int = 0
    last_at: int = 0
    last_response_at: int = 0
    root: str = ""
    root_at: int = 0

    @property
    def folder(self) -> str:
        """The folder in which it began, as far as is known: it keeps its name when the agent goes elsewhere."""
        return self.root or self.cwd

    def apply(self, event: Event) -> None:
        """Merge an event of this session."""
        self.observe(event.at)
        if isinstance(event, _WITH_FACTS):
            self._merge_facts(event)

    def _merge_facts(self, event: SessionUpdate | Usage | ContextUpdate) -> None:
        match event:
            case SessionUpdate():
                rank = rank_of(event.at, event.agent == MAIN)
                self.merge_event(FACTS, [getattr(event, name) for name in FACTS], rank, self.facts_rank)
                self.facts_rank = max(self.facts_rank, rank)
                if event.agent == MAIN:
                    self._begin_in(event.cwd, event.at)
            case Usage() if event.agent == MAIN:
                self.last_response_at = max(self.last_response_at, event.at)
                self._run_on(event.model, event.at)
            case ContextUpdate() if event.agent == MAIN:
                self._run_on(event.model, event.at)
            case _:
                pass

    def observe(self, at: int) -> None:
        """Extend its activity to an event of this time."""
        if at and (at < self.started or not self.started):
            self.started = at
        if at > self.last_at:
            self.last_at = at

    def merge_earlier_record(self, earlier: SessionFacts) -> None:
        """Merge a record of the same session with events read before."""
        self.observe(earlier.started)
        self.observe(earlier.last_at)
        self.merge_earlier(FACTS, earlier, self.facts_rank, earlier.facts_rank)
        self.facts_rank = max(self.facts_rank, earlier.facts_rank)
        if not self.model or not counts_over(self.model_at, self.model, earlier.model_at, earlier.model):
            self.model, self.model_at = earlier.model, earlier.model_at
        self.last_response_at = max(self.last_response_at, earlier.last_response_at)
        self._begin_in(earlier.root, earlier.root_at)

    def _begin_in(self, folder: str, at: int) -> None:
        if folder and (not self.root or (at, folder) < (self.root_at, self.root)):
            self.root, self.root_at = folder, at

    def _run_on(self, model: str, at: int) -> None:
        if model and counts_over(at, model, self.model_at, self.model):
            self.model, self.model_at = model, at
