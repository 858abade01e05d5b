"""Cumulative totals in transcripts, printed results and statuslines."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.sources.claude_builder import ID, SECOND, START_MS, Transcript, at, read, text_block
from tests.sources.claude_payloads import Printed, events_of, statusline
from tui_monitor.events import PICO, Event, SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record

NEW, OLD = "2.1.277", "2.1.276"


def totals_of(events: Iterable[Event]) -> list[SessionTotalUpdate]:
    totals = [event for event in events if isinstance(event, SessionTotalUpdate)]
    return [total for total in totals if not total.is_partial]


def save(transcript: Transcript, dollars: float, **fields: object) -> None:
    transcript.bare("cost-state", sessionId=ID, totalCostUSD=dollars, **fields)


def respond(transcript: Transcript, version: str = NEW) -> Record:
    return transcript.assistant(text_block("Hm."), version=version, entrypoint="sdk-cli")


def test_moment_of_a_saved_total_is_before_the_next_line_with_a_time() -> None:
    transcript = Transcript()
    respond(transcript)
    save(transcript, 1)
    transcript.bare("mode", sessionId=ID, mode="normal")
    respond(transcript)
    first, again = totals_of(transcript.events())
    assert (first.at, first.until, first.cost) == (at(0), 0, PICO)
    assert (again.at, again.until, again.cost, again.run) == (at(0), at(3), PICO, first.run)


def test_pending_total_survives_a_restart() -> None:
    transcript = Transcript()
    respond(transcript)
    save(transcript, 1)
    parser = transcript.parser()
    read(parser, transcript.records)
    later = respond(Transcript()) | {"timestamp": "2026-03-01T11:00:00Z"}
    (total,) = totals_of(read(transcript.parser(parser.state()), [later]))
    assert total.until == START_MS + 60 * 60 * SECOND


@pytest.mark.parametrize(
    ("version", "runs", "inherits"),
    [
        (NEW, ["state:1", "state:1", "state:1", "state:2"], True),
        (OLD, ["state:1", "state:1", "state:2", "state:3"], False),
    ],
)
def test_runs_of_totals_without_a_start(version: str, runs: list[str], inherits: bool) -> None:
    transcript = Transcript()
    for is_new, dollars in ((True, 1), (False, 1), (True, 3), (True, 2)):
        if is_new:
            respond(transcript, version)
        save(transcript, dollars)
    totals = [total for total in totals_of(transcript.events()) if not total.until]
    assert [total.run for total in totals] == runs
    assert {total.inherits for total in totals} == {inherits}


@pytest.mark.parametrize("version", [NEW, OLD])
def test_start_of_the_process_names_the_run(version: str) -> None:
    transcript = Transcript()
    respond(transcript, version)
    for start in (1_796_010_288_884, 1_796_010_999_999):
        save(transcript, 1, startTime=start)
    assert [total.run for total in totals_of(transcript.events())] == ["state:1796010288884", "state:1796010999999"]


def test_models_of_unknown_price_are_left_out_of_the_cost() -> None:
    counts = {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3, "cacheCreationInputTokens": 4}
    models = {"claude-opus-5[1m]": counts | {"costUSD": 0.25}, "glm-5": counts | {"costUSD": 9}}
    transcript = Transcript()
    save(transcript, 9.25, modelUsage=models, hasUnknownModelCost=True)
    (total,) = totals_of(transcript.events())
    assert (total.cost, total.tokens) == (PICO // 4, Tokens(2, 4, 6, 8))
    assert total.list_priced == (("glm-5", Tokens(1, 2, 3, 4)),)


@pytest.mark.parametrize(
    "fields",
    [
        {"modelUsage": {"claude-novel-9": {"inputTokens": 1, "costUSD": 9}}, "hasUnknownModelCost": True},
        {"modelUsage": {"claude-novel-9": {"inputTokens": 1, "costUSD": 9, "costBasis": "unknown"}}},
        {"hasUnknownModelCost": True},
    ],
)
def test_cost_is_unknown_if_all_of_it_is_guessed(fields: Record) -> None:
    transcript = Transcript()
    save(transcript, 9, **fields)
    (total,) = totals_of(transcript.events())
    assert total.cost is None


def test_interactive_session_is_partial_once() -> None:
    transcript = Transcript()
    for _ in range(2):
        transcript.assistant(text_block("Hm."), entrypoint="cli")
    assert [total.is_partial for total in transcript.of(SessionTotalUpdate)] == [True]


def test_total_of_the_cost_command_is_one_of_its_moment() -> None:
    transcript = Transcript()
    transcript.user("<local-command-stdout>Estimated cost:  $0.0750\nTotal duration: 5s</local-command-stdout>")
    total = transcript.one(SessionTotalUpdate)
    assert (total.cost, total.until) == (74_950 * PICO // 10**6, at(0) + 1)


def test_inaccurate_total_of_the_cost_command_is_ignored() -> None:
    transcript = Transcript()
    note = "(costs may be inaccurate due to usage of unknown models)"
    transcript.user(f"<local-command-stdout>Total cost:  $0.0750 {note}</local-command-stdout>")
    assert transcript.of(SessionTotalUpdate) == []


def test_printed_results_of_later_versions_are_one_total() -> None:
    printed = Printed()
    for dollars in (0.1, 0.3, 0.2):
        printed.result(dollars)
        printed.records[-1]["model_usage_since_last_result"] = {}
    runs = [total.run for total in totals_of(events_of(printed.records))]
    assert runs[:2] == ["print:", "print:"]
    assert runs[2] not in runs[:2]


def test_statusline_of_a_foreign_model_has_no_known_cost() -> None:
    assert totals_of(events_of([statusline(0.5, model={"id": "glm-5"})])) == []


@pytest.mark.parametrize(("version", "inherits"), [(NEW, True), (OLD, False)])
def test_statusline_contains_what_a_forks_parent_spent_in_later_versions(version: str, inherits: bool) -> None:
    (total,) = totals_of(events_of([statusline(0.5) | {"version": version}]))
    assert (total.inherits, total.until) == (inherits, total.at + 1)
