"""``agent``: all runs of an agent. The shape of the JSON is a public contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from tui_monitor.events import AgentStatus
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.reports.cost import sum_of
from tui_monitor.reports.model import SCHEMA, Json, TableData
from tui_monitor.reports.sessions import duration_text, when_text
from tui_monitor.reports.stats import usage_json
from tui_monitor.reports.stats_tables import cost_text
from tui_monitor.store import AgentRow, SpendingKey, SpendingScope, Store
from tui_monitor.units import compact, iso


@dataclass(frozen=True, slots=True)
class AgentRun:
    """An agent of one session, and what it spent."""

    row: AgentRow
    amount: Amount

    @property
    def duration_ms(self) -> int | None:
        """The time that it ran; None while it runs or if it is unknown."""
        row = self.row
        return max(0, row.ended - row.started) if row.ended and row.started else None


@dataclass(frozen=True, slots=True)
class AgentReport:
    """The content of the report: the runs, the last one first."""

    name: str
    runs: Sequence[AgentRun]

    @property
    def total(self) -> Amount:
        """What they spent together."""
        return sum_of(run.amount for run in self.runs)

    def count(self, status: AgentStatus) -> int:
        """Return the number of runs with this status."""
        return sum(run.row.status == status for run in self.runs)

    @property
    def duration_ms(self) -> int:
        """The time that they ran together."""
        return sum(run.duration_ms or 0 for run in self.runs)


def query_agent(store: Store, name: str, since: int | None, until: int | None) -> AgentReport:
    """Query the agents with this id or of this type that began in a time, or spent something in it."""
    with store.snapshot():
        rows = [row for row in store.agents() if name in (row.id, row.id.rpartition("/")[2], row.type)]
        scope = SpendingScope(since, until, agent=name)
        amounts = {spent.agent: spent.amount for spent in store.spending(scope, [SpendingKey.AGENT])}
    runs = [AgentRun(row, amounts.get(row.id, ZERO)) for row in rows]
    in_time = [run for run in runs if run.amount != ZERO or _is_within(run.row.started, since, until)]
    return AgentReport(name, sorted(in_time, key=lambda run: (-run.row.started, run.row.id)))


def _is_within(at: int, since: int | None, until: int | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def known_names(store: Store) -> set[str]:
    """Return the ids and types of all agents."""
    return {name for row in store.agents() for name in (row.id.rpartition("/")[2], row.type) if name}


def agent_json(report: AgentReport) -> Json:
    """Return the report in its public shape."""
    return {
        "schema": SCHEMA,
        "agent": report.name,
        "runs": len(report.runs),
        "completed": report.count(AgentStatus.COMPLETED),
        "failed": report.count(AgentStatus.FAILED),
        "duration_ms": report.duration_ms,
        "totals": usage_json(report.total),
        "agents": [_run_json(run) for run in report.runs],
    }


def _run_json(run: AgentRun) -> Json:
    row = run.row
    return {
        "id": row.id,
        "type": row.type or None,
        "parent": row.parent,
        "plan": row.plan,
        "task": row.task or None,
        "description": row.description or None,
        "category": row.category or None,
        "model": row.model or None,
        "status": row.status,
        "process_id": row.process_id,
        "started": iso(row.started),
        "ended": iso(row.ended or 0),
        "duration_ms": run.duration_ms,
        "exit_code": row.exit_code,
        "error": row.error,
        "log_file": row.log_file,
        **usage_json(run.amount),
    }


def agent_tables(report: AgentReport, rows: int, tz: tzinfo | None = None) -> Iterator[TableData]:
    """Yield a summary, and the table of at most so many runs."""
    total = report.total
    runs = len(report.runs)
    facts = {
        "runs": f"{runs:,}",
        "completed, failed": f"{report.count(AgentStatus.COMPLETED):,}, {report.count(AgentStatus.FAILED):,}",
        "time": duration_text(report.duration_ms),
        "total tokens": f"{total.total_tokens:,}",
        "total cost": cost_text(total),
        "average per run": f"{total.total_tokens // runs:,} tokens",
    }
    yield TableData("Agent", ("agent", report.name), list(facts.items()))
    shown = [_row(run, tz) for run in report.runs[:rows]]
    columns = ("agent", "started", "status", "cost", "tokens", "time", "model")
    yield TableData("Runs, the last one first", columns, shown, more=runs - len(shown))


def _row(run: AgentRun, tz: tzinfo | None) -> tuple[str, ...]:
    row = run.row
    about = row.task or row.description or row.id.split("/")[1][:8]
    status = row.status + (f" ({row.exit_code})" if row.exit_code else "")
    return (
        f"{row.type or row.id.rpartition('/')[2]} {about}",
        when_text(row.started, tz),
        status,
        cost_text(run.amount),
        compact(run.amount.total_tokens),
        duration_text(run.duration_ms),
        row.model,
    )
