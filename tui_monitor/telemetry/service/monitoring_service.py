"""Agents and their telemetry in the store itself, for programs that ask for them again.

`MonitoringService` writes to the database that the monitor keeps; the streams of the recording library do not pass
here. Both may tell of the same session and agent: their rows are the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tui_monitor import config
from tui_monitor.events import MAIN, PICO, Event, SessionKey
from tui_monitor.store import AgentRow, Store, StoreError, TelemetryRow, document_id, open_store
from tui_monitor.telemetry.recorder.errors import AgentNotFound, DatabaseError
from tui_monitor.telemetry.recorder.executions import ApprovalType
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current, working_folder
from tui_monitor.telemetry.service.hooks import HookRegistry
from tui_monitor.telemetry.service.lifecycle import AgentLifecycle
from tui_monitor.telemetry.service.outbox import Archive
from tui_monitor.telemetry.service.records import AgentRecord, AgentStatus, TelemetryRecord
from tui_monitor.telemetry.service.store_events import SOURCE, agent_event, telemetry_events
from tui_monitor.telemetry.service.tracking import TelemetrySummary, TelemetryTracking

_MOST_REMEMBERED = 10_000


class MonitoringService(AgentLifecycle, TelemetryTracking):
    """Keeps agents, their lives and their telemetry in the monitor's store (``monitoring.db`` of the data folder, or
    the file at ``path``), for any threads, tasks and processes at once. The settings of telemetry hold here, too.

    An agent belongs to the session of its service, which is ``session_id`` or the one in force, and goes there by the
    id that it was registered under. Agents of other sessions, and of the programs that the monitor watches, are
    answered under their full ids, ``<source>/<session>/<agent>``, by which they may also be asked for.

    That the store is locked, full or gone keeps no agent from working: what is told waits until it can be written,
    with one warning (``logging``); only questions raise a `DatabaseError`. Close it, or use it with ``with``.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        session_id: str = "",
        hooks: HookRegistry | None = None,
    ) -> None:
        self.hooks = hooks or HookRegistry()
        self.session_id = session_id or current_scope().session_id
        self._session = SessionKey(SOURCE, self.session_id)
        self._prefix = document_id((self._session, MAIN)).removesuffix("main")
        self._archive = Archive(_usual_path() if path is None else Path(path).absolute(), open_store, StoreError)
        self._known: set[str] = set()
        self._last = 0

    def get_agent(self, agent_id: str) -> AgentRecord | None:
        found = self._find(agent_id)
        return self._agent_record(found) if found else None

    def get_children(self, agent_id: str) -> list[AgentRecord]:
        found = self._find(agent_id)
        return self._load(lambda store: store.agents(parent=found.id)) if found else []

    def get_plan_agents(self, plan_id: str) -> list[AgentRecord]:
        return self._load(lambda store: store.agents(plan=plan_id))

    def list_agents(self) -> list[AgentRecord]:
        return self._load(lambda store: store.agents())

    def add_telemetry(self, record: TelemetryRecord) -> None:
        record = record.checked()
        self._require(record.agent_id)
        self._keep(*telemetry_events(record, self._session, self._own(record.agent_id)))

    def get_agent_telemetry(self, agent_id: str) -> list[TelemetryRecord]:
        found = self._find(agent_id)
        if found is None:
            return []
        rows = self._archive.ask(lambda store: store.agent_telemetry(found.id))
        return [_telemetry_record(self._short(found.id), row) for row in rows]

    def get_telemetry_summary(self, agent_id: str | None = None) -> list[TelemetrySummary]:
        found = None if agent_id is None else self._find(agent_id)
        if found is None and agent_id is not None:
            return []
        spent = self._archive.ask(lambda store: store.agent_amounts(found.id if found else None))
        return [
            TelemetrySummary(
                agent_id=self._short(full),
                requests=amount.requests,
                input_tokens=amount.input,
                output_tokens=amount.output,
                cache_read_tokens=amount.cache_read,
                cache_creation_tokens=amount.cache_creation,
                total_tokens=amount.total_tokens,
                total_cost=amount.cost / PICO,
                unpriced_requests=amount.unpriced,
                is_lower_bound=amount.lower_bound > 0 or amount.unpriced > 0,
            )
            for full, amount in spent.items()
        ]

    def close(self) -> None:
        """Try once more to write what waits, and let go of the store; a later use opens it again."""
        self._archive.close()

    def __enter__(self) -> MonitoringService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _keep_agent(self, record: AgentRecord) -> None:
        parent = None if record.parent_id is None else self._own(record.parent_id)
        self._keep(agent_event(record, self._session, self._own(record.id), parent, self._tick()))
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known.add(record.id)

    def _require(self, agent_id: str) -> None:
        if agent_id in self._known or not current().enabled:
            return
        full = self._full(agent_id)
        try:
            if not self._archive.ask(lambda store: store.agents(full)):
                raise AgentNotFound(agent_id)
        except DatabaseError:  # nobody can say now: what is told of it waits
            return
        self._known.add(agent_id)

    def _keep(self, *events: Event) -> None:
        settings = current()
        if settings.enabled and settings.persist:
            self._archive.keep(*events)

    def _find(self, agent_id: str) -> AgentRow | None:
        own = self._full(agent_id)
        found = self._archive.ask(lambda store: store.agents(own) or store.agents(agent_id))
        return found[0] if found else None

    def _load(self, question: Callable[[Store], list[AgentRow]]) -> list[AgentRecord]:
        return [self._agent_record(row) for row in self._archive.ask(question)]

    def _agent_record(self, row: AgentRow) -> AgentRecord:
        return AgentRecord(
            id=self._short(row.id),
            agent_type=row.type,
            parent_id=None if row.parent is None else self._short(row.parent),
            plan_id=row.plan or None,
            status=AgentStatus(row.status),
            process_id=row.process_id,
            start_time=row.started / 1000,
            end_time=None if row.ended is None else row.ended / 1000,
            exit_code=row.exit_code,
            error_message=row.error or None,
            log_file=row.log_file or None,
            task_id=row.task or None,
            description=row.description or None,
            model=row.model or None,
            category=row.category or None,
        )

    def _own(self, agent_id: str) -> str:
        """An agent's id within the session, whose own agent may be called by the session's id."""
        return MAIN if agent_id == self.session_id else agent_id

    def _full(self, agent_id: str) -> str:
        return document_id((self._session, self._own(agent_id)))

    def _short(self, full: str) -> str:
        if not full.startswith(self._prefix):
            return full
        short = full.removeprefix(self._prefix)
        return self.session_id if short == "main" else short

    def _tick(self) -> int:
        """Epoch milliseconds, never the same twice: of two things told at one time the store could not say which was
        later."""
        with LOCK:
            self._last = max(time.time_ns() // 10**6, self._last + 1)
            return self._last


def _usual_path() -> Path:
    return config.data_folder(os.environ, Path(working_folder())) / config.STORE_NAME


def _telemetry_record(agent_id: str, row: TelemetryRow) -> TelemetryRecord:
    return TelemetryRecord(
        agent_id=agent_id,
        timestamp=row.at / 1000,
        input_tokens=row.input,
        output_tokens=row.output,
        cache_read_tokens=row.cache_read,
        cache_creation_tokens=row.cache_creation,
        cache_creation_1h_tokens=row.cache_creation_1h,
        reasoning_tokens=row.reasoning,
        estimated_cost=None if row.cost is None else row.cost / PICO,
        model=row.model or None,
        provider=row.provider or None,
        tool_name=row.tool or None,
        tool_args=row.arguments or None,
        tool_approved=row.approved,
        tool_approval_type=ApprovalType(row.approval) if row.approval in list(ApprovalType) else None,
        engine_id=row.engine,
        operation=row.operation or None,
        plan_id=row.plan,
        task_id=row.task,
        duration_ms=row.duration_ms,
        ttft_ms=row.ttft_ms,
    )
