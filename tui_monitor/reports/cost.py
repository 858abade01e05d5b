"""What was spent, by whatever one asks: the groupings of ``cost``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from enum import StrEnum
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from tui_monitor.events import SessionKey
from tui_monitor.ledger import UNATTRIBUTED, ZERO, Amount
from tui_monitor.reports.attribution import SessionMark, calls_of_responses, marked, split
from tui_monitor.reports.commits import commit_marks, request_marks
from tui_monitor.reports.selection import project_of
from tui_monitor.store import SpendingCall, SpendingKey, SpendingScope, Spent, SpentResponse, Store
from tui_monitor.totals import SessionSummary
from tui_monitor.units import to_datetime


class Grouping(StrEnum):
    """What cost can be grouped by."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    MODEL = "model"
    SESSION = "session"
    PROJECT = "project"
    SOURCE = "source"
    AGENT = "agent"
    TYPE = "type"
    PLAN = "plan"
    TASK = "task"
    TOOL = "tool"
    FILE = "file"
    OPERATION = "operation"
    PROMPT = "prompt"
    BRANCH = "branch"
    COMMIT = "commit"
    PR = "pr"


TIMES = (Grouping.HOUR, Grouping.DAY, Grouping.WEEK, Grouping.MONTH)
"""The groupings in order of time; all others have the most expensive first."""


class GroupKey(NamedTuple):
    """What a group is of: its name, where it is of one session that, and its time (epoch ms)."""

    name: str
    session: SessionKey | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class CostGroup:
    """What was spent on one thing."""

    key: GroupKey
    amount: Amount


@dataclass(frozen=True, slots=True)
class CostReport:
    """The content of the report."""

    by: Grouping
    total: Amount
    groups: Sequence[CostGroup]
    since: int | None = None
    until: int | None = None


_Groups: TypeAlias = Iterable[tuple[GroupKey, Amount]]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a store."""

    store: Store
    scope: SpendingScope
    by: Grouping
    tz: tzinfo | None
    _sessions: dict[SessionKey, SessionSummary] = field(default_factory=dict)

    def session(self, key: SessionKey | None) -> SessionSummary | None:
        """Return the facts of a session."""
        if not self._sessions:
            self._sessions.update((one.session, one) for one in self.store.sessions())
        return self._sessions.get(key) if key else None


def query_cost(store: Store, scope: SpendingScope, by: Grouping, tz: tzinfo | None = None) -> CostReport:
    """Query what was spent in a scope; times are those of ``tz`` (None: the local zone)."""
    with store.snapshot():
        total = sum_of(spent.amount for spent in store.spending(scope))
        sums = defaultdict[GroupKey, Amount](lambda: ZERO)
        for key, amount in _QUERIES[by](_Question(store, scope, by, tz)):
            sums[key] = sums[key].plus(amount)
    groups = [CostGroup(key, amount) for key, amount in sums.items() if is_spent(amount)]
    order = _by_time if by in TIMES else _by_cost
    return CostReport(by, total, sorted(groups, key=order), scope.since, scope.until)


def sum_of(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts."""
    total = ZERO
    for amount in amounts:
        total = total.plus(amount)
    return total


def is_spent(amount: Amount) -> bool:
    """Return False for mere flags, such as the correction of another amount's."""
    return bool(amount.requests or amount.total_tokens or amount.cost)


def _by_time(group: CostGroup) -> tuple[bool, str]:
    return not group.key.at, group.key.name


def _by_cost(group: CostGroup) -> tuple[int, int, int, str]:
    return -group.amount.cost, -group.amount.total_tokens, group.key.at, group.key.name


def _of_time(question: _Question) -> _Groups:
    for spent in question.store.spending(question.scope, [SpendingKey.AT]):
        yield time_key(spent.at, question.by, question.tz), spent.amount


def time_key(at: int, by: Grouping, tz: tzinfo | None) -> GroupKey:
    """Return the hour, day, week (its Monday) or month of a time."""
    when = to_datetime(at, tz)
    if when is None:
        return GroupKey("unknown time")
    start = when.replace(minute=0, second=0, microsecond=0)
    if by is Grouping.HOUR:
        return GroupKey(f"{start:%Y-%m-%d %H:%M}", at=round(start.timestamp() * 1000))
    start = start.replace(hour=0)
    if by is Grouping.WEEK:
        start -= timedelta(days=start.weekday())
    if by is Grouping.MONTH:
        start = start.replace(day=1)
    if tz is None:  # the zone's offset may have been another at its beginning
        start = start.replace(tzinfo=None)
    name = f"{start:%Y-%m}" if by is Grouping.MONTH else f"{start:%Y-%m-%d}"
    return GroupKey(name, at=round(start.timestamp() * 1000))


def _of_key(key: SpendingKey, name: Callable[[Spent], str]) -> Callable[[_Question], _Groups]:
    def groups(question: _Question) -> _Groups:
        return ((GroupKey(name(spent)), spent.amount) for spent in question.store.spending(question.scope, [key]))

    return groups


def _of_model(question: _Question) -> _Groups:
    for spent in question.store.spending(question.scope, [SpendingKey.MODEL, SpendingKey.OPERATION]):
        is_beyond = not spent.model and spent.operation == UNATTRIBUTED
        yield GroupKey(spent.model or ("beyond responses" if is_beyond else "unknown model")), spent.amount


def _of_agent(question: _Question) -> _Groups:
    keys = [SpendingKey.SESSION, SpendingKey.AGENT, SpendingKey.AGENT_TYPE]
    for spent in question.store.spending(question.scope, keys):
        own = spent.agent.rpartition("/")[2]
        name = f"{spent.agent_type} {own}" if spent.agent_type not in ("", own) else own
        session = question.session(spent.session)
        where = f" in {session_label(session)}" if session else ""
        yield GroupKey(name + where, spent.session), spent.amount


def _of_session(name: Callable[[SessionSummary], str], *, is_own: bool) -> Callable[[_Question], _Groups]:
    def groups(question: _Question) -> _Groups:
        for spent in question.store.spending(question.scope, [SpendingKey.SESSION]):
            session = question.session(spent.session)
            key = GroupKey(name(session) if session else "unknown")
            yield (key._replace(session=spent.session) if is_own else key), spent.amount

    return groups


def session_label(session: SessionSummary) -> str:
    """Return the folder's name and the title of a session, or the beginning of its id."""
    folder = PurePath(project_of(session).replace("\\", "/")).name
    return " ".join(filter(None, (folder, session.title or session.session.id[:8])))


def _of_tool(question: _Question) -> _Groups:
    return _of_calls(question, lambda call: [call.tool], "no tool")


_ROLLED_UP = "kept as a sum only"


def _of_file(question: _Question) -> _Groups:
    return _of_calls(question, lambda call: call.files, "no file")


def _of_calls(question: _Question, names: Callable[[SpendingCall], Sequence[str]], none: str) -> _Groups:
    """Yield the amount of each response in equal parts for the things that its calls are about."""
    for made in calls_of_responses(question.store.spending_history(question.scope)):
        if made.response.is_selected:
            without = _name_without_mark(made.response, none)
            about = [name for call in made.calls for name in (names(call) or [none])] or [without]
            for name, amount in zip(about, split(made.response.amount, len(about)), strict=True):
                yield GroupKey(name), amount


def _of_prompt(question: _Question) -> _Groups:
    history = question.store.spending_history(question.scope)
    marks = [SessionMark(prompt.session, prompt.at, prompt.text) for prompt in history.prompts]
    for response, mark in marked(history.responses, marks, is_before=False):
        if response.is_selected:
            without = _name_without_mark(response, "before the first prompt")
            yield _mark_key(mark, response.session, without), response.amount


def _of_commit(question: _Question) -> _Groups:
    return _leading_to(question, commit_marks, "not committed")


def _of_request(question: _Question) -> _Groups:
    return _leading_to(question, request_marks, "no pull request")


def _leading_to(
    question: _Question,
    marks: Callable[[Sequence[SpendingCall], Callable[[SpendingCall], str]], Iterator[SessionMark]],
    none: str,
) -> _Groups:
    history = question.store.spending_history(question.scope)
    existing = list(marks(history.calls, lambda call: _output(question.store, call)))
    for response, mark in marked(history.responses, existing, is_before=True):
        if response.is_selected:
            without = _name_without_mark(response, none)
            yield (_mark_key(mark, response.session, without) if mark else GroupKey(without)), response.amount


def _name_without_mark(response: SpentResponse, none: str) -> str:
    return _ROLLED_UP if response.is_rolled_up else none


def _output(store: Store, call: SpendingCall) -> str:
    body = store.body(call.session, call.call)
    return body.output if body else ""


def _mark_key(mark: SessionMark | None, session: SessionKey, none: str) -> GroupKey:
    return GroupKey(" ".join(mark.name.split()) or "(empty)", session, mark.at) if mark else GroupKey(none, session)


_QUERIES: Mapping[Grouping, Callable[[_Question], _Groups]] = {
    **dict.fromkeys(TIMES, _of_time),
    Grouping.MODEL: _of_model,
    Grouping.SESSION: _of_session(session_label, is_own=True),
    Grouping.PROJECT: _of_session(lambda session: project_of(session) or "unknown", is_own=False),
    Grouping.SOURCE: _of_session(lambda session: session.session.source, is_own=False),
    Grouping.BRANCH: _of_session(
        lambda session: f"{PurePath(project_of(session)).name} {session.branch or 'no branch'}".strip(), is_own=False
    ),
    Grouping.AGENT: _of_agent,
    Grouping.TYPE: _of_key(SpendingKey.AGENT_TYPE, lambda spent: spent.agent_type or "unknown"),
    Grouping.PLAN: _of_key(SpendingKey.PLAN, lambda spent: spent.plan or "no plan"),
    Grouping.TASK: _of_key(SpendingKey.TASK, lambda spent: spent.task or "no task"),
    Grouping.OPERATION: _of_key(SpendingKey.OPERATION, lambda spent: spent.operation or "conversation"),
    Grouping.TOOL: _of_tool,
    Grouping.FILE: _of_file,
    Grouping.PROMPT: _of_prompt,
    Grouping.COMMIT: _of_commit,
    Grouping.PR: _of_request,
}
