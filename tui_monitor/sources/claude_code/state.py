"""The memory of a transcript's parser."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Self

from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.agents import AgentTracker
from tui_monitor.sources.claude_code.background import BackgroundTasks
from tui_monitor.sources.claude_code.calls import ToolCalls
from tui_monitor.sources.claude_code.context import ContextTracker
from tui_monitor.sources.claude_code.hook_runs import ReportedHooks
from tui_monitor.sources.claude_code.plan import PlanSteps
from tui_monitor.sources.claude_code.prompts import OpenPrompt, PromptQueue
from tui_monitor.sources.claude_code.requests import RequestTracker
from tui_monitor.sources.claude_code.session import SessionTracker
from tui_monitor.sources.claude_code.totals import TotalTracker
from tui_monitor.sources.claude_code.turns import TurnTracker
from tui_monitor.sources.shared.fields import as_json


@dataclass(slots=True)
class TranscriptState:
    """One bounded part per subject. ``fingerprint_names`` are those of `ResponseFingerprints`."""

    session: SessionTracker = field(default_factory=SessionTracker)
    agents: AgentTracker = field(default_factory=AgentTracker)
    calls: ToolCalls = field(default_factory=ToolCalls)
    background: BackgroundTasks = field(default_factory=BackgroundTasks)
    plan: PlanSteps = field(default_factory=PlanSteps)
    contexts: ContextTracker = field(default_factory=ContextTracker)
    queue: PromptQueue = field(default_factory=PromptQueue)
    prompt: OpenPrompt = field(default_factory=OpenPrompt)
    turns: TurnTracker = field(default_factory=TurnTracker)
    totals: TotalTracker = field(default_factory=TotalTracker)
    requests: RequestTracker = field(default_factory=RequestTracker)
    reported_hooks: ReportedHooks = field(default_factory=ReportedHooks)
    fingerprint_names: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def restored(cls, state: str) -> Self:
        """Return the state of an earlier `to_json`."""
        parts: Record = json.loads(state)
        return cls(
            SessionTracker(**parts["session"]),
            AgentTracker(**parts["agents"]),
            ToolCalls(parts["calls"]),
            BackgroundTasks.restored(parts["background"]),
            PlanSteps(**parts["plan"]),
            ContextTracker(**parts["contexts"]),
            PromptQueue(**parts["queue"]),
            OpenPrompt(**parts["prompt"]),
            TurnTracker(**parts["turns"]),
            TotalTracker(**parts["totals"]),
            RequestTracker(**parts["requests"]),
            ReportedHooks(**parts["reported_hooks"]),
            parts["fingerprint_names"],
        )

    def to_json(self) -> str:
        """Return everything needed to go on, as JSON text."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return as_json(parts | {"calls": self.calls.state()})
