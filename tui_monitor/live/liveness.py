"""The liveness of an open call: running, waiting for a person, stale or abandoned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from tui_monitor.events import AWAITED, MAIN, Activity, CallState, ToolKind, Turn, WaitUpdate
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState

SECOND = 1000
MINUTE = 60 * SECOND

NEWS_MS = 5 * SECOND
"""Age up to which a call counts as just issued."""
HALF_MINUTE = 30 * SECOND
_USUAL_MS = {ToolKind.WEB: 15 * SECOND, ToolKind.WAIT: 30 * MINUTE}
"""Time that calls of a kind commonly take, if not the former: those to the web are over in five to nine seconds."""
_UNUSUAL = 3
"""So many times longer than before a command does not take."""

CLOCK_MS = 1_500
"""Error of the time at which a process began."""
HOOK_MS = 2 * SECOND
"""Time that a hook may take before its call counts as held."""
OUTPUT_MS = 6 * SECOND
"""Time after which a command that runs has a file for its output."""

_QUICK = (ToolKind.READ, ToolKind.SEARCH, ToolKind.EDIT, ToolKind.WRITE)
_ASKING = (ToolKind.ASK, ToolKind.PLAN)


class Liveness(Enum):
    """The states of an open call."""

    AWAITING_USER = auto()
    """Only a person can let it go on."""
    HELD = auto()
    """It has been issued and does not run: a hook holds it, or it is queued."""
    RUNNING = auto()
    """It runs: its agent says so, or it showed a sign of life a moment ago."""
    ISSUED = auto()
    """It was issued a moment ago."""
    STALE = auto()
    """It runs, or waits for a person or a hook: its source does not say."""
    ABANDONED = auto()
    """The agent went on without its result."""


@dataclass(frozen=True, slots=True)
class CallEvidence:
    """What is known of a session's open calls besides their own events.

    ``waiting`` is the call that waits for a person as a hook reports it, ``is_busy`` is set while the agent's process
    states that it is at work, ``output_at`` is the last time that one of its commands began or printed (None: unknown).
    ``queued`` are those that come after another open one of their agent, ``usual_ms`` returns how long a call took
    before at most (0: unknown).
    """

    waiting: str = ""
    is_busy: bool = False
    output_at: int | None = None
    queued: frozenset[str] = frozenset()
    usual_ms: Callable[[Call], int] = field(default=lambda call: 0, compare=False)


NO_EVIDENCE = CallEvidence()


def call_evidence(state: SessionState) -> CallEvidence:
    """Return what is known of the open calls of a session."""
    process = state.process
    is_busy = process is not None and process.activity is Activity.BUSY
    wait = None if is_busy else waiting(state)
    output_at = process.output_at if process else None
    return CallEvidence(wait.call if wait else "", is_busy, output_at, _queued(state), state.log.longest_time)


def _queued(state: SessionState) -> frozenset[str]:
    """Return the open calls behind another one of their agent: calls of one agent run one after another."""
    before = abandoned_before(state)
    ended = frozenset(agent.id for agent in state.agents.values() if agent.ended)
    agents: set[str] = set()
    queued: set[str] = set()
    for call in state.log.open:
        is_alone = call.kind is not ToolKind.AGENT and call.state is CallState.OPEN
        if is_alone and not is_abandoned(call, before, ended):
            (queued if call.agent in agents else agents).add(call.id if call.agent in agents else call.agent)
    return frozenset(queued)


def liveness(call: Call, now: int, last_event_at: int = 0, evidence: CallEvidence = NO_EVIDENCE) -> Liveness:
    """Classify an open call that is not abandoned at ``now`` (epoch ms).

    ``last_event_at`` is the time of the last event of the agent that it started.
    """
    if call.id == evidence.waiting or call.kind in _ASKING:
        return Liveness.AWAITING_USER
    if call.runs or call.state is CallState.BACKGROUND:
        return Liveness.RUNNING
    sign_at = max(call.progress_at, last_event_at)
    if is_in_hook(call):
        return Liveness.HELD if now - call.progress_at >= HOOK_MS else Liveness.ISSUED
    if now - sign_at <= (4 if call.kind is ToolKind.SHELL else 15) * SECOND:
        return Liveness.RUNNING
    if evidence.is_busy:
        return Liveness.HELD if _prints_nothing(call, evidence, now) else Liveness.RUNNING
    if call.kind is ToolKind.SHELL and _has_begun(evidence.output_at, call.started):
        return Liveness.RUNNING
    return _by_silence(call, now - max(call.started, sign_at), now, evidence)


def _has_begun(output_at: int | None, since: int) -> bool:
    """Return True if a command is known to have begun or printed since a moment, about."""
    return output_at is not None and output_at >= since - CLOCK_MS


def _by_silence(call: Call, silent_ms: int, now: int, evidence: CallEvidence) -> Liveness:
    if is_approval_due(call, silent_ms, evidence.usual_ms):
        return Liveness.HELD if call.id in evidence.queued else Liveness.AWAITING_USER
    if call.held_after_ms is not None and silent_ms >= call.held_after_ms:
        return Liveness.HELD
    patience = 5 * SECOND if call.kind in _QUICK else MINUTE
    return Liveness.ISSUED if now - call.started <= patience else Liveness.STALE


def is_approval_due(call: Call, silent_ms: int, usual_ms: Callable[[Call], int]) -> bool:
    """Return True if an open call that may need an approval is silent for so long that it likely waits for it: longer
    than such calls take, or much longer than it took before."""
    if call.approval_after_ms is None or silent_ms < min(call.approval_after_ms, MINUTE):
        return False
    if silent_ms >= call.approval_after_ms:
        return True
    usual = usual_ms(call)
    return bool(usual) and silent_ms >= _UNUSUAL * usual + HALF_MINUTE


def _prints_nothing(call: Call, evidence: CallEvidence, now: int) -> bool:
    """Return True for a command of the main chain whose output should have a file by now, and has none."""
    if call.kind is not ToolKind.SHELL or call.agent != MAIN or evidence.output_at is None:
        return False
    return now - call.started >= OUTPUT_MS and evidence.output_at < call.started - SECOND


def abandoned_before(state: SessionState) -> int:
    """Return the time before which open calls of the main chain are abandoned: that of the last turn end or prompt, or
    of its last sign of life if its process is gone."""
    chain = state.main_chain
    if state.process is None and state.process_gone:
        return state.last_at + 1
    return max(0 if chain.turn is Turn.STARTED else chain.turn_at, chain.last_prompt_at)


def is_abandoned(call: Call, abandoned_before: int, ended: frozenset[str]) -> bool:
    """Return True if an open call was abandoned; ``ended`` are the sub-agents that have ended."""
    if call.closed:
        return True
    if call.state is CallState.BACKGROUND:
        return False
    return call.started < abandoned_before if call.agent == MAIN else call.agent in ended


def waiting(state: SessionState) -> WaitUpdate | None:
    """Return the report that a person is awaited, unless a result came since, or the call that waited runs."""
    chain = state.main_chain
    wait = chain.wait
    if wait is None or not wait.waiting or (wait.at < chain.last_result_at and not wait.lasts):
        return None
    if wait.lasts and chain.turn_ended_at >= wait.at:
        return None
    call = state.log.get(wait.call)
    is_over = call is not None and (call.state.ended or (call.progress_at > wait.at and not is_in_hook(call)))
    is_over |= not wait.certain and state.process is not None and _has_begun(state.process.output_at, wait.at)
    return None if is_over else wait


def is_late(call: Call, now: int) -> bool:
    """Return True for a call that takes longer than calls of its kind commonly do."""
    return now - call.started >= _USUAL_MS.get(call.kind, NEWS_MS)


def asks_nobody(call: Call) -> bool:
    """Return True for a call that waits, if it does, for no person: its source says so by the permission mode."""
    return call.approval_after_ms is None and call.held_after_ms is not None


def holder(call: Call) -> str:
    """Return what holds a call that a hook was started for: ``hook check.sh, or you``. The hook's end is not known."""
    return call.doing if asks_nobody(call) else f"{call.doing}, or waits for you"


def no_result_yet(call: Call) -> str:
    """Return what has not come of a call that was asked for."""
    return f"no {'output' if call.kind is ToolKind.SHELL else 'result'} yet"


def is_awaited(call: Call, since: int) -> bool:
    """Return True for a call in the background that its agent has begun to wait for after ``since`` (epoch ms)."""
    return call.state is CallState.BACKGROUND and call.doing.startswith(AWAITED) and call.progress_at > since


def is_in_hook(call: Call) -> bool:
    """Return True if its last sign of life is that of a hook that runs before it."""
    return call.doing.startswith("hook")
