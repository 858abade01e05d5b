"""Totals in the text format of Prometheus, under our names or under those that dashboards of an agent query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tui_monitor.clean import clean_line
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.reports.commits import commit_marks
from tui_monitor.reports.cost import is_spent
from tui_monitor.reports.datasets import Selection
from tui_monitor.reports.selection import matching
from tui_monitor.sources.base import MetricNames
from tui_monitor.store import SpendingKey, SpendingScope, Store
from tui_monitor.totals import SessionSummary, ToolTotal

PREFIX = "tui_monitor_"


@dataclass(frozen=True, slots=True)
class Counter:
    """A metric that only grows, with its values by labels."""

    name: str
    help: str
    values: list[tuple[Mapping[str, str], float]] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> None:
        """Add a value with its labels."""
        self.values.append((labels, value))


@dataclass(frozen=True, slots=True)
class MetricTotals:
    """What metrics are made of: amounts by source, model and provider, the sessions and tools of each source, and the
    commits that calls made."""

    amounts: Mapping[tuple[str, str, str], Amount]
    sessions: Mapping[str, list[SessionSummary]]
    tools: Mapping[str, list[ToolTotal]]
    commits: int = 0


def query_metrics(store: Store, selection: Selection, *, with_commits: bool) -> MetricTotals:
    """Query the totals of a selection; commits are looked for in the outputs of calls."""
    with store.snapshot():
        scope = selection.scope(store)
        amounts = defaultdict[tuple[str, str, str], Amount](lambda: ZERO)
        for spent in store.spending(scope, [SpendingKey.SESSION, SpendingKey.MODEL, SpendingKey.PROVIDER]):
            key = (spent.session.source if spent.session else "", spent.model, spent.provider)
            amounts[key] = amounts[key].plus(spent.amount)
        sessions = defaultdict[str, list[SessionSummary]](list)
        for one in matching(store.sessions(since=selection.since, until=selection.until), selection.filters):
            sessions[one.session.source].append(one)
        tools = {
            source: store.tools([one.session for one in own], since=selection.since, until=selection.until)
            for source, own in sessions.items()
        }
        commits = _commits(store, scope) if with_commits else 0
    return MetricTotals(amounts, sessions, tools, commits)


def _commits(store: Store, scope: SpendingScope) -> int:
    calls = [
        call for call in store.spending_history(scope).calls if (scope.since or 0) <= call.at < (scope.until or 2**62)
    ]
    bodies = ((call, store.body(call.session, call.call)) for call in calls if "commit" in call.subject)
    outputs = {(call.session, call.call): body.output for call, body in bodies if body}
    return sum(1 for _ in commit_marks(calls, lambda call: outputs.get((call.session, call.call), "")))


def prometheus_text(totals: MetricTotals, names: MetricNames | None = None) -> str:
    """Return the totals in the text format 0.0.4, under our names or those of an agent's own metrics."""
    counters = _under(names, totals) if names else _own(totals)
    return "".join(f"{line}\n" for counter in counters for line in _lines(counter))


def _own(totals: MetricTotals) -> Iterable[Counter]:
    tokens = Counter(PREFIX + "tokens_total", "Tokens by kind; input is without what went through the cache.")
    cost = Counter(PREFIX + "cost_dollars_total", "Cost in US dollars at list prices, of requests with a known price.")
    requests = Counter(PREFIX + "requests_total", "Requests to models.")
    unpriced = Counter(PREFIX + "unpriced_requests_total", "Requests without a known price.")
    for (source, model, provider), amount in sorted(totals.amounts.items()):
        if not is_spent(amount):
            continue
        labels = {"source": source, "model": model, "provider": provider}
        for kind in ("input", "output", "cache_read", "cache_creation", "reasoning"):
            tokens.add(getattr(amount, kind), **labels, type=kind)
        cost.add(amount.cost_usd, **labels)
        requests.add(amount.requests, **labels)
        unpriced.add(amount.unpriced, **labels)
    return (tokens, cost, requests, unpriced, *_activity(totals))


def _activity(totals: MetricTotals) -> Iterator[Counter]:
    sessions = Counter(PREFIX + "sessions_total", "Sessions.")
    lines = Counter(PREFIX + "changed_lines_total", "Lines that calls changed, by kind.")
    calls = Counter(PREFIX + "tool_calls_total", "Calls of tools by how they ended.")
    for source, own in sorted(totals.sessions.items()):
        sessions.add(len(own), source=source)
        lines.add(sum(one.totals.lines_added for one in own), source=source, type="added")
        lines.add(sum(one.totals.lines_removed for one in own), source=source, type="removed")
        for tool in totals.tools.get(source, ()):
            outcomes = {
                "failed": tool.failed,
                "rejected": tool.rejected,
                "other": tool.calls - tool.failed - tool.rejected,
            }
            for outcome, count in outcomes.items():
                calls.add(count, source=source, tool=tool.tool, outcome=outcome)
    yield from (sessions, lines, calls)


def _under(names: MetricNames, totals: MetricTotals) -> Iterable[Counter]:
    tokens = Counter(names.tokens, "Number of tokens used")
    cost = Counter(names.cost, "Cost of the session")
    by_model = defaultdict[str, Amount](lambda: ZERO)
    for (_, model, _), amount in totals.amounts.items():
        by_model[model] = by_model[model].plus(amount)
    for model, amount in sorted((model, amount) for model, amount in by_model.items() if is_spent(amount)):
        for kind, name in names.token_kinds.items():
            tokens.add(getattr(amount, kind), type=name, model=model)
        cost.add(amount.cost_usd, model=model)
    everything = [one.totals for own in totals.sessions.values() for one in own]
    lines = Counter(names.lines, "Count of lines of code modified")
    lines.add(sum(one.lines_added for one in everything), type="added")
    lines.add(sum(one.lines_removed for one in everything), type="removed")
    sessions = Counter(names.sessions, "Count of CLI sessions started")
    sessions.add(len(everything))
    commits = Counter(names.commits, "Number of git commits created")
    commits.add(totals.commits)
    return tokens, cost, lines, sessions, commits


def _lines(counter: Counter) -> Iterator[str]:
    yield f"# HELP {counter.name} {counter.help}"
    yield f"# TYPE {counter.name} counter"
    for labels, value in counter.values:
        pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{counter.name}{{{pairs}}} {value!r}" if pairs else f"{counter.name} {value!r}"


def _escaped(text: str) -> str:
    return clean_line(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
