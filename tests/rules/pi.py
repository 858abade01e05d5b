"""Pi: sessions of lines, forks, and the files of sub-agents."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.pi_builder import NAME, SESSION, PiSession, call, counts

RULES: list[Rule] = []
SPENT = counts(10, 500, read=20_000, write=2_000)
COST = 0.02103
"""Cost of `SPENT` with the model of the sessions."""


def session() -> PiSession:
    """Return a session of one response."""
    return PiSession().asks("Mend the valve.").responds("Hm.", usage=SPENT)


@rule(RULES, requests=1, input_tokens=10, cache_read_tokens=20_000, cache_creation_tokens=2_000, output_tokens=500)
def input_of_pi_excludes_the_cache(folder: Folder) -> None:
    folder.write(NAME, session().records)


@rule(RULES, cost_usd=COST, cost_is_lower_bound=False, context=22_510)
def context_of_pi_includes_the_output(folder: Folder) -> None:
    folder.write(NAME, session().records)


@rule(RULES, requests=1, sessions=2, cost_usd=COST)
def fork_of_pi_copies_responses_that_count_once(folder: Folder) -> None:
    folder.write(NAME, session().records)
    copy = PiSession(id="fork", parentSession=NAME)
    copy.records += session().records[1:]
    folder.write(f"2026-03-02T10-00-00-000Z_{SESSION[::-1]}.jsonl", copy.asks("Go on.").records)


@rule(RULES, requests=2, sessions=1, agents=2, total_tokens=45_020)
def file_below_a_session_of_pi_is_a_sub_agent(folder: Folder) -> None:
    folder.write(NAME, session().records)
    agent = PiSession(id="other").asks("Look.").asks("Now.").responds("Seen.", usage=SPENT)
    folder.write(f"{NAME.removesuffix('.jsonl')}/1-Scout.jsonl", agent.records)


@rule(RULES, requests=2, cost_is_lower_bound=True)
def compaction_without_counts_makes_the_cost_of_pi_a_lower_bound(folder: Folder) -> None:
    folder.write(NAME, session().entry("compaction", tokensBefore=9).responds("On.", usage=SPENT).records)


@rule(RULES, tools=2, tools_failed=1, tools_rejected=1)
def calls_of_a_stopped_response_of_pi_are_interrupted(folder: Folder) -> None:
    failed = session().responds(call("bash", command="make"), stop="toolUse")
    failed.result("bash", "Command exited with code 2", is_error=True)
    folder.write(NAME, failed.responds(call("ls", "call_2"), stop="aborted").records)
