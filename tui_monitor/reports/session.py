"""The report of one session: what it took, who worked, and how far each task has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui_monitor.events import AgentStatus, PlanUpdate, SessionKey
from tui_monitor.figures import FigureKind, PromptTotal
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.store import Pruning, SpendingKey, SpendingScope, Store
from tui_monitor.totals import SessionSummary, SessionTotals, ToolTotal


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """Steps that are done, of all."""

    completed: int
    total: int

    @property
    def percentage(self) -> float:
        """The share that is done."""
        return 100 * self.completed / self.total


@dataclass(frozen=True, slots=True)
class SessionAgent:
    """An agent that worked in a session; empty ``id`` is the session's main chain. Times are epoch ms, 0 if unknown."""

    id: str
    record: MergedAgent
    amount: Amount = ZERO
    calls: int = 0

    @property
    def duration_ms(self) -> int | None:
        """The time from its start to its end, or to its last event; None if it is unknown."""
        return _span([(self.record.started, self.record.ended_at or self.record.last_at)])


@dataclass(frozen=True, slots=True)
class SessionTask:
    """A task that work was recorded for, with the agents that had it."""

    name: str
    amount: Amount
    progress: TaskProgress | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class SessionReport:
    """The content of the report. ``progress`` is that of the agent's own list of steps, else of the tasks' agents."""

    summary: SessionSummary
    totals: SessionTotals
    agents: Sequence[SessionAgent]
    tasks: Sequence[SessionTask]
    tools: Sequence[ToolTotal]
    prompts: Sequence[PromptTotal]
    progress: TaskProgress | None
    prunings: Sequence[Pruning] = ()

    @property
    def average_task(self) -> Amount | None:
        """The mean amount of a task; None without any."""
        return average([task.amount for task in self.tasks])

    @property
    def average_prompt(self) -> Amount | None:
        """The mean amount of a prompt; None without any."""
        return average([prompt.amount for prompt in self.prompts if prompt.at])


def average(amounts: Sequence[Amount]) -> Amount | None:
    """Return the mean of amounts, rounded down; its flags are the sums. None without any."""
    if not amounts:
        return None
    total = ZERO
    for amount in amounts:
        total = total.plus(amount)
    mean = Amount._make(value // len(amounts) for value in total)
    return mean._replace(unpriced=total.unpriced, lower_bound=total.lower_bound)


def query_session(store: Store, summary: SessionSummary) -> SessionReport:
    """Query all of a session."""
    key = summary.session
    with store.snapshot():
        totals = store.totals(key)
        history = store.history(key, calls=0)
        spending = store.figures(key, FigureKind.SPENDING).spending
        tools = store.tools([key])
        amounts = _task_amounts(store, key)
        prunings = store.retention.prunings(key)
    agents = _agents(totals, history.agents)
    tasks = [_task(name, amount, history.agents.values()) for name, amount in amounts.items()]
    plans = [event.event for event in history.events if isinstance(event.event, PlanUpdate) and not event.event.agent]
    steps = [TaskProgress(plan.completed, plan.total) for plan in plans if plan.total > 0]
    prompts = spending.prompts if spending else ()
    progress = steps[-1] if steps else _overall(tasks)
    return SessionReport(summary, totals, agents, tasks, tools, prompts, progress, prunings)


def _task_amounts(store: Store, session: SessionKey) -> dict[str, Amount]:
    amounts = store.spending(SpendingScope(sessions=[session]), [SpendingKey.TASK])
    return {spent.task: spent.amount for spent in amounts if spent.task}


def _agents(totals: SessionTotals, records: Mapping[str, MergedAgent]) -> list[SessionAgent]:
    """Return the agents in the order of their start, without those that are the program's own doing."""
    spent = {total.agent: total for total in totals.agents}
    agents = []
    for name, record in sorted(records.items(), key=lambda item: (item[0] != "", item[1].started, item[0])):
        if not record.internal:
            total = spent.get(name)
            agents.append(SessionAgent(name, record, total.amount if total else ZERO, total.calls if total else 0))
    return agents


def _task(name: str, amount: Amount, agents: Iterable[MergedAgent]) -> SessionTask:
    own = [agent for agent in agents if agent.task == name]
    done = sum(agent.reported_status is AgentStatus.COMPLETED for agent in own)
    duration = _span([(agent.started, agent.ended_at or agent.last_at) for agent in own])
    return SessionTask(name, amount, TaskProgress(done, len(own)) if own else None, duration)


def _overall(tasks: Sequence[SessionTask]) -> TaskProgress | None:
    """Return how many tasks all of whose agents have completed there are; None where no agent has one."""
    known = [task.progress for task in tasks if task.progress]
    return TaskProgress(sum(one.completed == one.total for one in known), len(known)) if known else None


def _span(times: Sequence[tuple[int, int]]) -> int | None:
    starts, ends = [start for start, _ in times if start], [end for _, end in times if end]
    return max(0, max(ends) - min(starts)) if starts and ends else None
