"""Each rule finds what it is for and nothing like it, and no dollar is found twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.events import PICO, CallState, ContextPart, Rates, SessionKey, ToolKind
from tui_monitor.ledger import Amount
from tui_monitor.reports import savings
from tui_monitor.reports.analysis import (
    Facts,
    Recommendation,
    Saving,
    analyse,
    analysis_json,
    analysis_notes,
    analysis_tables,
)
from tui_monitor.reports.attribution import ResponseCalls
from tui_monitor.reports.savings import LONG_CONTEXT, RULES
from tui_monitor.store import SpendingCall, SpentResponse

APPLE = SessionKey("demo", "apple-session")
DEAR = Rates(input=5_000_000, output=25_000_000, cache_read=500_000, cache_creation=6_250_000)
CHEAP = Rates(input=1_000_000, output=5_000_000, cache_read=100_000, cache_creation=1_250_000)
MINUTE = 60_000


def response(
    at: int = 0, read: int = 0, written: int = 0, model: str = "dear", agent: str = "", output: int = 100
) -> SpentResponse:
    """Return a response with its price."""
    rates = CHEAP if model == "cheap" else DEAR
    cost = output * rates.output + read * rates.cache_read + written * rates.cache_creation
    amount = Amount(requests=1, output=output, cache_read=read, cache_creation=written, cost=cost)
    return SpentResponse(APPLE, 1, at, model, "", amount, agent=agent, provider="acme", rates=rates)


def call(
    subject: str, kind: ToolKind = ToolKind.SHELL, state: CallState = CallState.OK, note: str = ""
) -> SpendingCall:
    """Return a call."""
    return SpendingCall(APPLE, 1, 0, "c", kind.value, kind.value, subject, state, 10, note=note)


def chain(*made: tuple[SpentResponse, tuple[SpendingCall, ...]] | SpentResponse) -> Facts:
    """Return the facts of one agent."""
    return Facts([[ResponseCalls(*(one if isinstance(one, tuple) else (one,))) for one in made]])


def costs(rule: Callable[[Facts], object], facts: Facts) -> list[int]:
    """Return the picodollars of what a rule finds."""
    found: list[Saving] = list(rule(facts))  # type: ignore[call-overload]
    return [saving.cost for saving in found]


FAILED = call("make", state=CallState.FAILED)
READ = call("/x.py", ToolKind.READ)


def test_call_that_failed_twice_need_not_be_made_again() -> None:
    one = response()
    facts = chain(*[(one, (FAILED, call("ls")))] * 4)
    assert costs(savings.repeated_failures, chain(*[(one, (FAILED,))] * 4)) == [one.amount.cost] * 2
    assert costs(savings.repeated_failures, facts) == []  # something ran between
    between = (one, (call("/x.py", ToolKind.EDIT),))
    assert costs(savings.repeated_failures, chain((one, (FAILED,)), between, *[(one, (FAILED,))] * 2)) == []
    looked = (one, (READ,))
    found = costs(savings.repeated_failures, chain(*[(one, (FAILED,)), looked] * 3))
    assert found == [one.amount.cost]


def test_same_part_of_a_file_is_read_again() -> None:
    one = response(read=1000)
    assert costs(savings.files_read_again, chain((one, (READ,)), (one, (READ, READ)))) == [one.amount.cost // 2] * 2
    other = call("/x.py", ToolKind.READ, note="lines 100-200")
    assert costs(savings.files_read_again, chain((one, (READ,)), (one, (other,)))) == []
    for kind in (ToolKind.EDIT, ToolKind.SHELL, ToolKind.WRITE):
        assert costs(savings.files_read_again, chain((one, (READ,)), (one, (call("a", kind),)), (one, (READ,)))) == []
    summarised = chain((response(read=9000), (READ,)), (response(read=1000), (READ,)))
    assert costs(savings.files_read_again, summarised) == []


@pytest.mark.parametrize(
    ("minutes", "model", "rule"),
    [
        (6, "dear", savings.expired_caches),
        (1, "dear", savings.broken_caches),
        (1, "other", savings.switched_models),
    ],
)
def test_context_sent_anew_costs_what_the_cache_would_have_saved(
    minutes: int, model: str, rule: Callable[[Facts], object]
) -> None:
    again = response(minutes * MINUTE, written=50_000, model=model)
    facts = chain(response(0, written=50_000), again)
    assert costs(rule, facts) == [50_000 * (DEAR.cache_creation - DEAR.cache_read)]
    for other in (savings.expired_caches, savings.broken_caches, savings.switched_models):
        assert other is rule or costs(other, facts) == []
    assert costs(rule, chain(response(0, written=50_000), response(minutes * MINUTE, read=50_000, model=model))) == []
    assert costs(rule, chain(response(0, written=50_000), response(minutes * MINUTE, written=9_000, model=model))) == []


def test_reading_agents_are_compared_with_a_cheaper_model_that_was_used() -> None:
    scout, small = response(agent="scout", read=1000), response(model="cheap")
    facts = Facts([[ResponseCalls(scout, (READ,))], [ResponseCalls(small)]])
    expected = scout.amount.cost - (100 * CHEAP.output + 1000 * CHEAP.cache_read)
    assert costs(savings.cheaper_model, facts) == [expected]
    assert costs(savings.cheaper_model, Facts(facts.chains[:1])) == []  # no other model is known to work
    main = Facts([[ResponseCalls(replace(scout, agent=""), (READ,))], [ResponseCalls(small)]])
    assert costs(savings.cheaper_model, main) == []
    writes = Facts([[ResponseCalls(scout, (READ, call("x", ToolKind.EDIT)))], [ResponseCalls(small)]])
    assert costs(savings.cheaper_model, writes) == []
    foreign = Facts([[ResponseCalls(scout, (READ,))], [ResponseCalls(replace(small, provider="other"))]])
    assert costs(savings.cheaper_model, foreign) == []


def test_long_context_costs_what_is_read_beyond_a_size() -> None:
    assert costs(savings.long_contexts, chain(response(read=LONG_CONTEXT))) == []
    assert costs(savings.long_contexts, chain(response(read=LONG_CONTEXT + 1000))) == [1000 * DEAR.cache_read]
    assert costs(savings.long_contexts, chain(response(written=LONG_CONTEXT + 1000))) == []


def test_server_that_was_never_called_is_paid_with_each_request() -> None:
    part = ContextPart(session=APPLE, at=1, name="tides", chars=9, group="MCP servers", tokens=3000)
    made = [[ResponseCalls(response(read=5000), (replace(READ, tool="moon·phase"),))]]
    assert costs(savings.unused_servers, Facts(made, [part])) == [3000 * DEAR.cache_read]
    assert costs(savings.unused_servers, Facts(made, [replace(part, name="moon")])) == []
    assert costs(savings.unused_servers, Facts(made, [replace(part, tokens=None)])) == []
    assert costs(savings.unused_servers, Facts(made, [replace(part, group="skills")])) == []
    assert costs(savings.unused_servers, Facts([[ResponseCalls(response(read=2000))]], [part])) == []


def everything() -> Facts:
    """Return facts in which several rules would claim the same requests."""
    part = ContextPart(session=APPLE, at=1, name="tides", chars=9, group="MCP servers", tokens=30_000)
    rows = [(response(number * 7 * MINUTE, read=130_000, written=90_000), (FAILED,)) for number in range(5)]
    rows += [(response(40 * MINUTE + number, read=500_000), (READ,)) for number in range(4)]
    return Facts(chain(*rows).chains, [part])


def test_no_dollar_is_in_two_findings() -> None:
    facts = everything()
    found = analyse(facts, RULES)
    spent = sum(one.response.amount.cost for one in facts.chains[0])
    assert {finding.kind for finding in found} >= {"repeated-failure", "read-again", "long-context", "unused-server"}
    assert 0 < sum(finding.saving for finding in found) <= spent
    for finding in found:
        assert finding.saving == sum(cost for _, cost in finding.evidence)
    assert found == sorted(found, key=lambda finding: -finding.saving)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 300_000), st.integers(0, 300_000)), max_size=12))
def test_savings_never_exceed_what_was_spent(rows: list[tuple[int, int, int]]) -> None:
    made = [
        (response(sum(row[0] for row in rows[:i]) * MINUTE, read, new), (FAILED, READ))
        for i, (_, read, new) in enumerate(rows)
    ]
    facts = chain(*made)
    assert sum(finding.saving for finding in analyse(facts, RULES)) <= sum(one.amount.cost for one, _ in made)


def test_what_is_not_selected_is_not_saved() -> None:
    again = replace(response(6 * MINUTE, written=50_000), is_selected=False)
    assert analyse(chain(response(0, written=50_000), again), RULES) == []
    assert analyse(Facts(), RULES) == []


def test_findings_are_given_with_their_evidence() -> None:
    found = analyse(chain(response(0, written=500_000), response(6 * MINUTE, written=500_000)), RULES)
    (table, *_) = analysis_tables(found)
    assert "the cache had expired: $2.88 in 1 request" in table.title
    assert table.rows == [("session apple-se: 500k tokens after 6m00s", "$2.88")]
    document = analysis_json(found)
    assert isinstance(document, dict)
    assert document["saving_usd"] == pytest.approx(2.875)
    assert "together $2.88" in analysis_notes(found)[0]
    assert analysis_notes([]) == ["nothing that could have been saved is proven by the data"]
    assert Recommendation("a", "b", "c", PICO, 1, [("x", PICO)]).saving == PICO
