"""The documented tables of agents and of their usage: who they are, what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Prompt, Turn, TurnUpdate
from tui_monitor.store.activity_times import ActivityTimes
from tui_monitor.store.projection import Effects, Projection, ProjectionContext

_TEXTS = {
    "agent_type": "type",
    "plan_id": "plan",
    "error_message": "error",
    "log_file": "log_file",
    "call": "call",
    "description": "description",
    "model": "model",
    "task": "task",
    "category": "category",
}
"""The columns that tell what an `AgentUpdate` does in words, and its field."""

_STATUS_OF = {Turn.STARTED: AgentStatus.RUNNING, Turn.SESSION_ENDED: AgentStatus.COMPLETED}
_ENDED = (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)


def _fact(column: str) -> str:
    """The later telling stands; an earlier one fills what is empty."""
    known, told = f"nullif({column}, '')", f"nullif(:{column}, '')"
    return f"""{column} = CASE WHEN :at >= coalesce(facts_at, 0)
        THEN coalesce({told}, {column}) ELSE coalesce({known}, {told}, {column}) END"""


_LEARN = f"""
    UPDATE agents SET {", ".join(map(_fact, (*_TEXTS, "parent_id", "process_id", "exit_code")))},
        internal = max(internal, :internal), facts_at = max(coalesce(facts_at, 0), :at)
    WHERE number = :number
"""
_LIFE = "SELECT status, status_at, started_ms, ended_ms FROM agents WHERE number = ?"
_SAVE_LIFE = """
    UPDATE agents SET status = :status, status_at = :status_at, started_ms = :started, ended_ms = :ended,
        end_time = :ended / 1000, start_time = coalesce(:started, first_ms, 0) / 1000
    WHERE number = :agent
"""
_COUNT_EXECUTION = """
    INSERT INTO agent_usage
        (agent_id, execution_count, total_duration, success_count, failure_count, last_used_at, category)
    SELECT id, 1, max(0, ended_ms - coalesce(started_ms, first_ms, ended_ms)), :success, 1 - :success, end_time,
        coalesce(nullif(category, ''), nullif(agent_type, ''))
    FROM agents WHERE number = :agent
    ON CONFLICT (agent_id) DO UPDATE SET
        execution_count = execution_count + 1,
        total_duration = total_duration + excluded.total_duration,
        success_count = success_count + excluded.success_count,
        failure_count = failure_count + excluded.failure_count,
        last_used_at = max(last_used_at, excluded.last_used_at),
        category = coalesce(excluded.category, category)
"""


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of the life of an agent; times are None while nobody told them."""

    status: AgentStatus
    status_at: int | None
    started: int | None
    ended: int | None

    def after(self, told: AgentUpdate) -> Life:
        """The same when this is told: the later status stands, and one that has ended begins anew with the next."""
        started = told.started if self.started is None else self.started
        if told.status is None or (told.at, _stage(told.status)) < (self.status_at or 0, _stage(self.status)):
            return replace(self, started=started, ended=told.ended if self.ended is None else self.ended)
        if told.status in _ENDED:
            return Life(told.status, told.at, started, told.ended or self.ended or told.at)
        if self.status in _ENDED:
            started = told.started or told.at
        return Life(told.status, told.at, started, None)


class Agents(Projection[AgentUpdate | Prompt | TurnUpdate]):
    """Learns from events who the agents are, and writes it with `flush`, when their times are written."""

    reads = (AgentUpdate, Prompt, TurnUpdate)
    after = (ActivityTimes,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._told: list[AgentUpdate] = []
        self._lives: list[AgentUpdate] = []

    def apply(self, event: AgentUpdate | Prompt | TurnUpdate, order: int) -> None:
        """Take facts about an agent, or the beginning or end of a turn for a sign of the main chain's life."""
        if isinstance(event, AgentUpdate):
            self._told.append(event)
            self._lives.append(event)
        else:
            self._live_main_chain(event)

    def _live_main_chain(self, told: Prompt | TurnUpdate) -> None:
        turn = told.turn if isinstance(told, TurnUpdate) else Turn.STARTED
        if told.agent == MAIN and turn in _STATUS_OF:
            self._lives.append(AgentUpdate(session=told.session, at=told.at, status=_STATUS_OF[turn]))

    def flush(self, earlier: Effects) -> Effects:
        """Write what was learnt."""
        self._connection.executemany(_LEARN, map(self._facts, self._told))
        lives = defaultdict[int, list[AgentUpdate]](list)
        for told in self._lives:
            lives[self._interned.agent(told.session, told.agent)].append(told)
        for agent, signs in lives.items():
            self._live(agent, signs)
        self._told.clear()
        self._lives.clear()
        return Effects()

    def _facts(self, told: AgentUpdate) -> dict[str, int | str | None]:
        return {
            **{column: getattr(told, field) for column, field in _TEXTS.items()},
            "parent_id": None if told.parent is None else self._interned.document_id(told.session, told.parent),
            "process_id": told.process_id,
            "exit_code": told.exit_code,
            "internal": told.internal,
            "at": told.at,
            "number": self._interned.agent(told.session, told.agent),
        }

    def _live(self, agent: int, signs: Iterable[AgentUpdate]) -> None:
        status, *times = self._connection.execute(_LIFE, (agent,)).fetchone()
        life = Life(AgentStatus(status), *times)
        for told in signs:
            before, life = life, life.after(told)
            if life.status in _ENDED and before.status not in _ENDED:
                self._save(agent, life)
                success = life.status is AgentStatus.COMPLETED
                self._connection.execute(_COUNT_EXECUTION, {"success": success, "agent": agent})
        self._save(agent, life)

    def _save(self, agent: int, life: Life) -> None:
        row = {
            "status": life.status,
            "status_at": life.status_at,
            "started": life.started,
            "ended": life.ended,
            "agent": agent,
        }
        self._connection.execute(_SAVE_LIFE, row)


def _stage(status: AgentStatus) -> int:
    return 2 if status in _ENDED else int(status is AgentStatus.RUNNING)
