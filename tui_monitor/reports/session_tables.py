"""``session`` as JSON, whose shape is a public contract, and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from tui_monitor.ledger import Amount
from tui_monitor.live.context import LEVELS
from tui_monitor.reports.model import SCHEMA, Json, TableData
from tui_monitor.reports.retention import pruning_json, pruning_line
from tui_monitor.reports.selection import project_of
from tui_monitor.reports.session import SessionAgent, SessionReport, SessionTask, TaskProgress
from tui_monitor.reports.sessions import described_session, duration_ms, duration_text, when_text
from tui_monitor.reports.stats import context_percentage, model_json, tool_json, totals_json, usage_json
from tui_monitor.reports.stats_tables import cost_text, lines_text, models_table, tools_table
from tui_monitor.units import compact, iso

MAX_ROWS = 15


def session_json(report: SessionReport, levels: Sequence[float] = LEVELS) -> Json:
    """Return the report in its public shape."""
    return {
        "schema": SCHEMA,
        "session": {**described_session(report.summary, levels), **totals_json(report.totals)},
        "progress": _progress_json(report.progress),
        "average_per_task": _average_json(report.average_task),
        "average_per_prompt": _average_json(report.average_prompt),
        "agents": [_agent_json(agent) for agent in report.agents],
        "tasks": [_task_json(task) for task in report.tasks],
        "prompts": [
            {"at": iso(prompt.at), "text": prompt.text, "tools": prompt.calls, **usage_json(prompt.amount)}
            for prompt in reversed(report.prompts)
        ],
        "models": [model_json(model) for model in report.totals.models],
        "tools": [tool_json(tool) for tool in report.tools],
        "files": [
            {
                "path": file.path,
                "changes": file.changes,
                "lines_added": file.added,
                "lines_removed": file.removed,
                "changed": iso(file.changed_at),
            }
            for file in report.totals.files
        ],
        "no_longer_kept": [pruning_json(pruning) for pruning in report.prunings],
    }


def _progress_json(progress: TaskProgress | None) -> Json:
    if progress is None:
        return None
    share = round(progress.percentage, 2)
    return {"completed": progress.completed, "total": progress.total, "percentage": share}


def _average_json(amount: Amount | None) -> Json:
    return None if amount is None else usage_json(amount)


def _agent_json(agent: SessionAgent) -> Json:
    record = agent.record
    return {
        "id": agent.id or "main",
        "type": record.type or None,
        "description": record.description or None,
        "parent": (record.parent or "main") if record.parent is not None else None,
        "plan": record.plan or None,
        "task": record.task or None,
        "model": record.declared_model or record.response_model or None,
        "status": record.reported_status.value if record.reported_status else None,
        "started": iso(record.started),
        "ended": iso(record.ended_at),
        "duration_ms": agent.duration_ms,
        "exit_code": record.exit_code,
        "error": record.error or None,
        "tools": agent.calls,
        **usage_json(agent.amount),
    }


def _task_json(task: SessionTask) -> Json:
    return {
        "task": task.name,
        "progress": _progress_json(task.progress),
        "duration_ms": task.duration_ms,
        **usage_json(task.amount),
    }


def session_tables(report: SessionReport, tz: tzinfo | None = None) -> Iterator[TableData]:
    """Yield the tables: what a person asks first, then tasks or prompts, agents, models and tools."""
    yield TableData("Session", ("session", report.summary.session.id), list(_facts(report, tz)))
    if report.tasks:
        yield _tasks(report)
    else:
        yield _prompts(report, tz)
    if len(report.agents) > 1 or any(agent.record.type for agent in report.agents):
        yield _agents(report)
    yield models_table(report.totals.models, report.totals.amount)
    yield tools_table(report.tools)


def session_notes(report: SessionReport, tz: tzinfo | None = None) -> list[str]:
    """Return the lines below the tables."""
    amount = report.totals.amount
    bound = ["≥ lower bound: some responses are incomplete"] if amount.lower_bound or amount.unpriced else []
    return [*bound, *(pruning_line(pruning, tz) for pruning in report.prunings)]


def _facts(report: SessionReport, tz: tzinfo | None) -> Iterator[tuple[str, str]]:
    summary, amount = report.summary, report.totals.amount
    share = context_percentage(summary)
    agents = ", ".join(dict.fromkeys(_agent_name(agent) for agent in report.agents))
    facts = {
        "title": summary.title,
        "project": project_of(summary),
        "branch": summary.branch,
        "started": when_text(summary.started, tz),
        "execution time": duration_text(duration_ms(summary)),
        "total tokens": f"{amount.total_tokens:,}",
        "input, output": f"{amount.input:,}, {amount.output:,}",
        "cache read, written": f"{amount.cache_read:,}, {amount.cache_creation:,}",
        "total cost": cost_text(amount),
        "requests": f"{amount.requests:,}",
        "context": "" if share is None else f"{share:.0f} % of {compact(summary.limit or 0)}",
        "agents used": agents,
        "progress": _progress_text(report.progress),
        "average per task": _average_text(report.average_task),
        "average per prompt": _average_text(report.average_prompt),
        "files changed": _files_text(report),
    }
    return ((name, value) for name, value in facts.items() if value)


def _agent_name(agent: SessionAgent) -> str:
    return agent.record.type or agent.id or "main"


def _progress_text(progress: TaskProgress | None) -> str:
    return f"{progress.percentage:.0f} % ({progress.completed} of {progress.total})" if progress else ""


def _average_text(amount: Amount | None) -> str:
    return f"{amount.total_tokens:,} tokens, {cost_text(amount)}" if amount else ""


def _files_text(report: SessionReport) -> str:
    totals = report.totals
    if not totals.files_changed:
        return ""
    return f"{totals.files_changed:,} ({lines_text(totals)})"


def _tasks(report: SessionReport) -> TableData:
    rows = [
        (
            task.name,
            cost_text(task.amount),
            f"{task.amount.total_tokens:,}",
            f"{task.amount.input + task.amount.cache_read + task.amount.cache_creation:,}",
            f"{task.amount.output:,}",
            _progress_text(task.progress) or "—",
            duration_text(task.duration_ms),
        )
        for task in report.tasks
    ]
    return TableData("Tasks", ("task", "cost", "tokens", "prompt", "output", "progress", "time"), rows)


def _prompts(report: SessionReport, tz: tzinfo | None) -> TableData:
    rows = [
        (
            " ".join(prompt.text.split()) or "before the first prompt",
            when_text(prompt.at, tz) if prompt.at else "",
            cost_text(prompt.amount),
            compact(prompt.amount.total_tokens),
            compact(prompt.calls),
        )
        for prompt in report.prompts[:MAX_ROWS]
    ]
    more = len(report.prompts) - len(rows)
    return TableData("Prompts, the latest first", ("prompt", "at", "cost", "tokens", "tools"), rows, more=more)


def _agents(report: SessionReport) -> TableData:
    rows = [
        (
            " ".join(filter(None, (_agent_name(agent), agent.record.description))),
            agent.record.reported_status.value if agent.record.reported_status else "—",
            cost_text(agent.amount),
            compact(agent.amount.total_tokens),
            compact(agent.calls),
            duration_text(agent.duration_ms),
        )
        for agent in report.agents[:MAX_ROWS]
    ]
    columns = ("agent", "status", "cost", "tokens", "tools", "time")
    return TableData("Agents", columns, rows, more=len(report.agents) - len(rows))
