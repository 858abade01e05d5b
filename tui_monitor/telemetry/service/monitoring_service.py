"""`MonitoringService`: agents and their telemetry in the monitor's store.

It writes to the monitor's database, so that it can answer at once, and to the stream of its session, so that a monitor
shows it live. Both have the same ids: the rows are the same.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType

from tui_monitor import config
from tui_monitor.events import MAIN, PICO, Event, SessionKey
from tui_monitor.store import (
    AgentRow,
    DamagedStoreError,
    ReplacedStoreError,
    Store,
    StoreError,
    TelemetryRow,
    document_id,
    open_store,
    set_aside,
)
from tui_monitor.telemetry.recorder.errors import AgentNotFound, DatabaseError
from tui_monitor.telemetry.recorder.executions import ApprovalType
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.service.hooks import HookRegistry
from tui_monitor.telemetry.service.lifecycle import AgentLifecycle
from tui_monitor.telemetry.service.outbox import Outbox
from tui_monitor.telemetry.service.records import AgentRecord, AgentStatus, TelemetryRecord
from tui_monitor.telemetry.service.store_events import SOURCE, agent_events, telemetry_events, with_prices
from tui_monitor.telemetry.service.stream_lines import announce, write_agent, write_telemetry
from tui_monitor.telemetry.service.tracking import TelemetrySummary, TelemetryTracking

_LOG = logging.getLogger("tui_monitor.telemetry")
_MAX_REGISTERED = 10_000


class MonitoringService(AgentLifecycle, TelemetryTracking):
    """Records agents, their lifecycle and their telemetry, in the stream and in the monitor's database, and answers
    queries about them.

    Safe for use from any thread, task and process at once. The telemetry settings apply (see `configure`).

    An agent belongs to the session of its service, and keeps the id it was registered with. Agents of other sessions,
    and of programs that the monitor watches, have full ids, ``<source>/<session>/<agent>``, in results and queries.

    If the database is locked, full or missing, the agent is not disturbed: records wait until they can be written, with
    one warning (``logging``), and only queries raise a `DatabaseError`. A damaged one is set aside. Close the
    service, or use it as a context manager.

    Args:
        path: Database file; by default ``monitoring.db`` in the data folder.
        session_id: Session of the agents; by default the current one.
        hooks: Hooks of the ``…_with_hooks`` methods and of `record_telemetry`.
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
        self._outbox = Outbox(
            _default_path() if path is None else Path(path).absolute(),
            partial(open_store, any_thread=True, is_ours=path is None),
            StoreError,
            _can_replace,
            prepare=with_prices,
            restore=lambda: chain.from_iterable(list(self._registered.values())),
        )
        self._registered: dict[str, tuple[Event, ...]] = {}
        self._is_announced = False
        self._last_ms = 0

    def get_agent(self, agent_id: str) -> AgentRecord | None:
        row = self._find(agent_id)
        return self._agent_record(row) if row else None

    def get_children(self, agent_id: str) -> list[AgentRecord]:
        row = self._find(agent_id)
        return self._load(lambda store: store.agents(parent=row.id)) if row else []

    def get_plan_agents(self, plan_id: str) -> list[AgentRecord]:
        return self._load(lambda store: store.agents(plan=plan_id))

    def list_agents(self) -> list[AgentRecord]:
        return self._load(lambda store: store.agents())

    def add_telemetry(self, record: TelemetryRecord) -> None:
        record = record.validate()
        self._require_agent(record.agent_id)
        self._announce()
        write_telemetry(record, self.session_id)
        self._save(*telemetry_events(record, self._session, self._local_id(record.agent_id)))

    def get_agent_telemetry(self, agent_id: str) -> list[TelemetryRecord]:
        agent = self._find(agent_id)
        if agent is None:
            return []
        rows = self._outbox.query(lambda store: store.agent_telemetry(agent.id))
        return [_telemetry_record(self._short_id(agent.id), row) for row in rows]

    def get_telemetry_summary(self, agent_id: str | None = None) -> list[TelemetrySummary]:
        agent = None if agent_id is None else self._find(agent_id)
        if agent is None and agent_id is not None:
            return []
        amounts = self._outbox.query(lambda store: store.agent_amounts(agent.id if agent else None))
        return [
            TelemetrySummary(
                agent_id=self._short_id(full_id),
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
            for full_id, amount in amounts.items()
        ]

    def close(self) -> None:
        """Try once more to write waiting records, and close the database; a later call opens it again."""
        self._outbox.close()

    def __enter__(self) -> MonitoringService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _save_agent(self, record: AgentRecord) -> None:
        self._announce()
        write_agent(record, self.session_id)
        parent = None if record.parent_id is None else self._local_id(record.parent_id)
        event, *custom = agent_events(record, self._session, self._local_id(record.id), parent, self._next_ms())
        self._save(event, *custom)
        if len(self._registered) >= _MAX_REGISTERED:
            self._registered.clear()
        self._registered[record.id] = (*self._registered.get(record.id, ())[-1:], event)

    def _announce(self) -> None:
        if not self._is_announced:
            self._is_announced = True
            announce(self.session_id)

    def _require_agent(self, agent_id: str) -> None:
        if agent_id in self._registered or not current_settings().enabled:
            return
        full_id = self._full_id(agent_id)
        try:
            if not self._outbox.query(lambda store: store.agents(full_id)):
                raise AgentNotFound(agent_id)
        except DatabaseError:  # unknown for now: the record waits
            return
        self._registered[agent_id] = ()

    def _save(self, *events: Event) -> None:
        settings = current_settings()
        if settings.enabled and settings.persist:
            self._outbox.put(*events)

    def _find(self, agent_id: str) -> AgentRow | None:
        full_id = self._full_id(agent_id)
        rows = self._outbox.query(lambda store: store.agents(full_id) or store.agents(agent_id))
        return rows[0] if rows else None

    def _load(self, read: Callable[[Store], list[AgentRow]]) -> list[AgentRecord]:
        return [self._agent_record(row) for row in self._outbox.query(read)]

    def _agent_record(self, row: AgentRow) -> AgentRecord:
        return AgentRecord(
            id=self._short_id(row.id),
            agent_type=row.type,
            parent_id=None if row.parent is None else self._short_id(row.parent),
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
            custom=json.loads(row.custom),
        )

    def _local_id(self, agent_id: str) -> str:
        """Return an agent's id within the session; the session's id stands for its main agent."""
        return MAIN if agent_id == self.session_id else agent_id

    def _full_id(self, agent_id: str) -> str:
        return document_id((self._session, self._local_id(agent_id)))

    def _short_id(self, full_id: str) -> str:
        if not full_id.startswith(self._prefix):
            return full_id
        short_id = full_id.removeprefix(self._prefix)
        return self.session_id if short_id == "main" else short_id

    def _next_ms(self) -> int:
        """Return the epoch milliseconds, always increasing: the store orders updates of an agent by time."""
        with LOCK:
            self._last_ms = max(time.time_ns() // 10**6, self._last_ms + 1)
            return self._last_ms


def _default_path() -> Path:
    return config.data_folder(os.environ, config.current_folder(os.environ)) / config.STORE_NAME


def _can_replace(error: Exception) -> bool:
    """Return True if a new store can be opened: the old one was deleted, or is damaged and was set aside."""
    if isinstance(error, ReplacedStoreError):
        return True
    if not isinstance(error, DamagedStoreError):
        return False
    try:
        _LOG.warning("%s", set_aside(error))
    except StoreError:
        return False
    return True


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
        custom=json.loads(row.custom),
    )
