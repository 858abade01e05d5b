"""The figures of a session that the store computes only while somebody looks at them: frozen values, as in `totals`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from tui_monitor.events import CallState, ToolKind
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.totals import ToolTotal


class FigureKind(StrEnum):
    """What can be asked for: the fields of `SessionFigures`."""

    LATENCIES = "latencies"
    OPERATIONS = "operations"
    TOOLS = "tools"
    CALLS = "calls"
    SERVICE = "service"
    SPENDING = "spending"
    STORE = "store"
    PROMPT_AMOUNTS = "prompt_amounts"


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of responses, as far as their sources state them: median and 95th percentile of the whole, median of the
    time to the first token, and output tokens per second of those whose output is exact. None where nothing is known;
    ``responses`` are those with a duration."""

    responses: int = 0
    p50_ms: int | None = None
    p95_ms: int | None = None
    first_token_ms: int | None = None
    tokens_per_second: float | None = None


UNTIMED = Latency()


@dataclass(frozen=True, slots=True)
class OperationTotal:
    """Usage of a session for one purpose: an ``operation``, or without one the conversation of the main chain or of
    sub-agents."""

    operation: str
    is_of_sub_agents: bool = False
    amount: Amount = ZERO
    latency: Latency = UNTIMED


@dataclass(frozen=True, slots=True)
class FailureTotal:
    """Failures of one tool with one subject, the last one at ``last_at``."""

    tool: str
    subject: str
    failures: int
    last_at: int = 0


@dataclass(frozen=True, slots=True)
class ToolFigures:
    """The tools of a session, the most called first, and what failed, the most often failed first."""

    tools: tuple[ToolTotal, ...] = ()
    failures: tuple[FailureTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class RankedCall:
    """A call that took, returned or changed more than most others of its session: the time it ran (ms, None if that is
    unknown), the characters that it returned, the lines that it added and removed."""

    call: str
    tool: str
    kind: ToolKind
    subject: str
    state: CallState
    at: int
    run_ms: int | None = None
    output_chars: int = 0
    added: int = 0
    removed: int = 0

    @property
    def changed(self) -> int:
        """The lines that it added and removed."""
        return self.added + self.removed


@dataclass(frozen=True, slots=True)
class EndpointTotal:
    """Requests to an endpoint of a service. The percentiles of their durations (ms) are right to one percent, None
    where no duration is known; ``last_error`` is what was last said of a failure."""

    endpoint: str
    method: str = ""
    requests: int = 0
    failed: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    tokens: int = 0
    last_at: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """The values of a custom metric with the same tags: their number, range and mean, and the last ones by time."""

    name: str
    tags: tuple[tuple[str, str], ...] = ()
    count: int = 0
    least: float = 0.0
    greatest: float = 0.0
    mean: float = 0.0
    recent: tuple[float, ...] = ()
    last_at: int = 0


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What a session that serves requests has recorded; ``left_out`` are endpoints and series beyond those kept."""

    endpoints: tuple[EndpointTotal, ...] = ()
    metrics: tuple[MetricSeries, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PromptTotal:
    """A prompt of the main chain, and all that its session spent and did from then until the next one."""

    at: int
    text: str
    amount: Amount = ZERO
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A named time from ``since`` until before ``until`` (epoch ms), of the sessions of one agent or (empty) of all, in
    a ``folder`` and below it, any folder of that name, or (empty) anywhere."""

    name: str
    since: int
    until: int
    source: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class PeriodTotal:
    """What all sessions together spent in a period, and one of them alone."""

    period: Period
    amount: Amount = ZERO
    of_session: Amount = ZERO


@dataclass(frozen=True, slots=True)
class Spending:
    """Spending by period, in the order in which the periods were asked for, and by prompt, the latest first."""

    periods: tuple[PeriodTotal, ...] = ()
    prompts: tuple[PromptTotal, ...] = ()

    def of(self, name: str) -> PeriodTotal | None:
        """Return what was spent in the period of this name; None if it was not asked for."""
        return next((total for total in self.periods if total.period.name == name), None)


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What a store holds: its file (None: it is private), its size in bytes, the version of its schema, and the health
    of reading over all sources; ``errors`` are the latest of each source."""

    path: Path | None
    size: int
    version: int
    sessions: int = 0
    files: int = 0
    lines: int = 0
    skipped: int = 0
    unknown: int = 0
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """Figures of a session by kind; None for a kind that was not asked for. ``latencies`` are those of each model with
    its provider, ``prompt_amounts`` what was spent from the last prompts until the next, by their times."""

    latencies: Mapping[tuple[str, str], Latency] | None = None
    operations: tuple[OperationTotal, ...] | None = None
    tools: ToolFigures | None = None
    calls: tuple[RankedCall, ...] | None = None
    service: ServiceFigures | None = None
    spending: Spending | None = None
    store: StoreFacts | None = None
    prompt_amounts: Mapping[int, Amount] | None = None

    def updated(self, later: SessionFigures) -> SessionFigures:
        """Return these figures with those of ``later`` in place of the same kinds."""
        known = {field.name: getattr(later, field.name) for field in fields(later)}
        return replace(self, **{name: value for name, value in known.items() if value is not None})


NO_FIGURES = SessionFigures()
