"""What could have been saved: findings of all rules, none of which counts what another has counted already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from tui_monitor.events import PICO, ContextPart
from tui_monitor.reports.attribution import ResponseCalls, calls_of_responses
from tui_monitor.reports.model import Json, TableData
from tui_monitor.store import SpendingHistory, SpendingScope, SpentResponse, Store
from tui_monitor.units import dollars, pluralize

MAX_EVIDENCE = 5
LEAST_SAVING = PICO // 100
"""Picodollars below which nothing is recommended."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Picodollars that a response would have cost less, and what shows it."""

    response: SpentResponse
    cost: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A kind of waste that the data prove: what it is, what to do, and single cases with their picodollars, the most
    expensive first."""

    kind: str
    title: str
    advice: str
    saving: int
    occurrences: int
    evidence: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at: the responses of each agent with their calls, and the parts of contexts."""

    chains: Sequence[Sequence[ResponseCalls]] = ()
    parts: Sequence[ContextPart] = ()

    @classmethod
    def of(cls, history: SpendingHistory) -> Facts:
        """Return those of what a store holds; only what is selected can be saved."""
        made = groupby(calls_of_responses(history), lambda one: one.response.chain)
        return cls([list(chain) for _, chain in made], history.parts)


Rule: TypeAlias = Callable[[Facts], Iterator[Saving]]


@dataclass(slots=True)
class _Claims:
    """What is left of the cost of each response: no rule can claim what another has."""

    _left: dict[int, int] = field(default_factory=dict)

    def take(self, saving: Saving) -> int:
        """Claim a saving as far as it is left; return how much that is."""
        key = id(saving.response)
        left = self._left.get(key, saving.response.amount.cost)
        taken = max(0, min(saving.cost, left)) if saving.response.is_selected else 0
        self._left[key] = left - taken
        return taken


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule with what its findings are called and what to do about them."""

    kind: str
    title: str
    advice: str
    find: Rule


def analyse(facts: Facts, rules: Iterable[NamedRule]) -> list[Recommendation]:
    """Return what the rules find, the largest saving first. A dollar is of the first rule that finds it."""
    claims = _Claims()
    findings = [finding for rule in rules if (finding := _finding(rule, facts, claims)).saving >= LEAST_SAVING]
    return sorted(findings, key=lambda finding: (-finding.saving, finding.kind))


def _finding(rule: NamedRule, facts: Facts, claims: _Claims) -> Recommendation:
    taken = [(saving.evidence, cost) for saving in rule.find(facts) if (cost := claims.take(saving))]
    by_evidence = defaultdict[str, int](int)
    for evidence, cost in taken:
        by_evidence[evidence] += cost
    cases = sorted(by_evidence.items(), key=lambda case: (-case[1], case[0]))
    return Recommendation(rule.kind, rule.title, rule.advice, sum(cost for _, cost in taken), len(taken), cases)


def query_facts(store: Store, scope: SpendingScope) -> Facts:
    """Query what rules look at."""
    return Facts.of(store.spending_history(scope))


def analysis_json(findings: Sequence[Recommendation]) -> Json:
    """Return the findings in their public shape."""
    return {
        "saving_usd": sum(finding.saving for finding in findings) / PICO,
        "recommendations": [
            {
                "kind": finding.kind,
                "title": finding.title,
                "advice": finding.advice,
                "saving_usd": finding.saving / PICO,
                "occurrences": finding.occurrences,
                "evidence": [{"text": text, "saving_usd": cost / PICO} for text, cost in finding.evidence],
            }
            for finding in findings
        ],
    }


def analysis_tables(findings: Sequence[Recommendation]) -> Iterator[TableData]:
    """Yield a table for each finding with its cases."""
    for finding in findings:
        cases = [(text, dollars(cost)) for text, cost in finding.evidence[:MAX_EVIDENCE]]
        more = len(finding.evidence) - len(cases)
        title = f"{finding.title}: {dollars(finding.saving)} in {pluralize(finding.occurrences, 'request')}"
        yield TableData(title, (finding.advice, "saving"), cases, more=more)


def analysis_notes(findings: Sequence[Recommendation]) -> list[str]:
    """Return the line below the tables."""
    if not findings:
        return ["nothing that could have been saved is proven by the data"]
    total = dollars(sum(finding.saving for finding in findings))
    return [f"together {total} at list prices; no dollar is in two of these sums"]
