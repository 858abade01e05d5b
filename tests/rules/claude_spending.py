"""Claude Code's transcripts: the usage and cost of each kind of line."""

from __future__ import annotations

import copy
import json

from tests.rules.rule import COST, COUNTS, SONNET, Folder, Rule, headless, respond, rule, spending
from tests.sources.claude_builder import ID, Transcript, tool_use, usage

RULES: list[Rule] = []
OTHER = "99999999-2222-4333-8444-555555555555"


@rule(RULES, requests=10, input_tokens=100, output_tokens=5_000, cost_usd=10 * COST, cost_is_lower_bound=False)
def each_response_counts(folder: Folder) -> None:
    folder.session(headless(spending(10)))


@rule(RULES, requests=10, cost_usd=10 * COST, cost_is_lower_bound=True, models=1)
def the_usage_of_an_interactive_session_is_a_lower_bound(folder: Folder) -> None:
    folder.session(spending(10))


@rule(RULES, requests=1, cost_usd=(30 + 7_500 + 12_000 + 6_000) / 1e6, cache_creation_tokens=2_000)
def cache_writes_for_an_hour_cost_twice_the_input(folder: Folder) -> None:
    folder.session(spending(counts=usage(10, 500, 20_000, 2_000, hour=2_000)))


@rule(RULES, requests=1, cost_usd=(60 + 11_250 + 15_000 + 126_000) / 1e6)
def a_long_prompt_costs_more_for_all_its_tokens(folder: Folder) -> None:
    folder.session(spending(counts=usage(10, 500, 210_000, 2_000)))


@rule(RULES, requests=10, cost_usd=10 * (COST + 3 * 0.01))
def web_searches_are_priced(folder: Folder) -> None:
    searches = {"web_search_requests": 3, "web_fetch_requests": 0}
    folder.session(spending(10, counts=COUNTS | {"server_tool_use": searches}))


@rule(RULES, requests=1, cost_usd=None, unpriced_requests=1, cost_is_lower_bound=True, total_tokens=22_510)
def a_model_without_a_price_is_not_free(folder: Folder) -> None:
    folder.session(spending(model="novel-1"))


@rule(RULES, requests=1, unknown_types=1, skipped_lines=0)
def unknown_types_are_counted_and_skipped(folder: Folder) -> None:
    transcript = spending()
    transcript.line("novelty", content="?")
    transcript.line("mode", mode="normal")
    transcript.bare("file-history-snapshot", messageId="m", snapshot={})
    folder.session(transcript)


@rule(RULES, requests=1, output_tokens=500, input_tokens=10, cost_usd=COST, cost_is_lower_bound=False)
def a_response_in_several_lines_counts_once(folder: Folder) -> None:
    transcript = spending()
    first = transcript.records[-1]
    transcript.user("Meanwhile.")
    for output, stop in ((2, None), (500, "end_turn"), (7, None)):
        message = {**first["message"], "usage": {**COUNTS, "output_tokens": output}, "stop_reason": stop}
        transcript.line("assistant", requestId=first["requestId"], message=message)
    folder.session(headless(transcript))


@rule(RULES, requests=2, output_tokens=501, cost_is_lower_bound=True)
def an_output_without_an_end_is_a_lower_bound(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, COUNTS | {"output_tokens": 1}, stop=None)
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=2 * COST, agents=2, sessions=1)
def a_sub_agents_file_belongs_to_its_session(folder: Folder) -> None:
    folder.session(spending(), spending(agent="a0b1"))
    (folder.path / ID / "subagents" / "agent-a0b1.meta.json").write_text('{"agentType": "Explore", "spawnDepth": 1}')


@rule(RULES, requests=2, cost_usd=2 * COST, agents=2, sessions=1)
def a_sub_agents_file_may_be_beside_the_session(folder: Folder) -> None:
    folder.write(f"{ID}.jsonl", spending().records)
    folder.write("agent-a0b1.jsonl", spending(agent="a0b1").records)


@rule(RULES, requests=2, cost_usd=2 * COST, agents=2, context=22_010)
def a_sub_agents_lines_may_be_in_the_session_file(folder: Folder) -> None:
    transcript = spending()
    transcript.user("look", isSidechain=True, parentUuid=None)
    respond(transcript, counts=COUNTS, isSidechain=True)
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=2 * COST, agents=1)
def a_compaction_has_usage_but_is_not_an_agent(folder: Folder) -> None:
    folder.session(spending(), spending(agent="acompact-1f"))


@rule(RULES, requests=2, cost_usd=2 * COST)
def usage_in_the_result_of_an_agent_is_not_counted_again(folder: Folder) -> None:
    transcript = spending()
    transcript.assistant(tool_use("call_1", "Agent", prompt="look"), stop="tool_use", counts=COUNTS, model=SONNET)
    transcript.progress(
        "call_1", type="agent_progress", agentId="a0b1", message={"message": {"id": "m", "usage": COUNTS}}
    )
    transcript.result("fine", {"agentId": "a0b1", "status": "completed", "totalTokens": 22_510, "usage": COUNTS})
    folder.session(transcript)


@rule(RULES, requests=3, cost_usd=3 * COST, sessions=2)
def a_fork_has_its_history_from_its_parent(folder: Folder) -> None:
    parent = spending(2)
    fork = Transcript(session=OTHER)
    fork.records = [{**copy.deepcopy(record), "sessionId": OTHER} for record in parent.records]
    respond(fork, requestId="req_own", uuid="own")
    fork.records[-1]["message"]["id"] = "msg_own"
    folder.session(parent)
    folder.session(fork, session=OTHER)


@rule(RULES, requests=2, cost_usd=2 * COST, sessions=2)
def a_file_may_hold_two_sessions(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, sessionId=OTHER)
    folder.session(transcript)


@rule(RULES, requests=1, cost_usd=COST)
def a_synthetic_answer_is_not_a_response(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, usage(0, 0, 0, 0), model="<synthetic>", isApiErrorMessage=True, error="rate_limit")
    transcript.system("api_error", retryInMs=500, retryAttempt=1, maxRetries=10)
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=2 * COST, skipped_lines=0)
def two_objects_may_be_in_one_line(folder: Folder) -> None:
    first, *rest = spending(2).records
    glued = "".join(json.dumps(record) for record in rest)
    folder.write(f"{ID}.jsonl", [first], ending=f"\n{glued}\n")


@rule(RULES, requests=1, cost_usd=COST, skipped_lines=0)
def an_unterminated_last_line_is_not_read(folder: Folder) -> None:
    folder.write(f"{ID}.jsonl", spending().records, ending='\n{"type":"assistant","message":{"mod')


@rule(RULES, requests=2, cost_usd=COST + (30 + 7_500 + 3_750 + 300) / 1e6, context=22_010)
def lines_may_be_out_of_order(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, usage(10, 500, 1_000, 1_000), timestamp="2026-03-01T09:00:00Z")
    folder.session(transcript)


@rule(RULES, requests=10, cost_usd=10 * COST, agents=1)
def an_aside_repeats_its_parents_responses_under_other_requests(folder: Folder) -> None:
    transcript, aside = spending(10), Transcript("aside_question-1")
    for record in transcript.records[1:]:
        aside.records.append({**record, "isSidechain": True, "agentId": "aside_question-1"})
        aside.records[-1] |= {"requestId": f"again_{record['requestId']}", "uuid": f"again_{record['uuid']}"}
    folder.session(transcript, aside)


@rule(RULES, requests=11, cost_usd=11 * COST)
def the_last_call_of_an_aside_is_new(folder: Folder) -> None:
    transcript, aside = spending(10), spending(agent="aside_question-1")
    aside.records[0:0] = [{**record, "isSidechain": True, "requestId": "again"} for record in transcript.records[1:2]]
    folder.session(transcript, aside)


@rule(RULES, requests=10, cost_usd=10 * COST)
def without_a_request_id_the_message_id_identifies_a_response(folder: Folder) -> None:
    transcript = spending(10)
    for record in transcript.records[1:]:
        del record["requestId"]
    transcript.records.append({**transcript.records[-1], "uuid": "again"})
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=2 * COST, sessions=2)
def a_message_id_alone_is_unique_only_within_its_session(folder: Folder) -> None:
    for session in (ID, OTHER):
        transcript = spending(session=session)
        del transcript.records[1]["requestId"]
        transcript.records[1]["uuid"] = f"response of {session}"
        folder.session(transcript, session=session)


@rule(RULES, requests=1, cost_usd=COST)
def a_line_without_a_request_id_belongs_to_the_response_of_its_message(folder: Folder) -> None:
    transcript = spending()
    transcript.records.append({**transcript.records[-1], "uuid": "again", "requestId": None})
    folder.session(transcript)


@rule(RULES, requests=1, cost_usd=0.05, models=2)
def a_saved_total_adds_cost_that_no_response_has(folder: Folder) -> None:
    transcript = spending()
    transcript.bare("cost-state", sessionId=ID, totalCostUSD=0.05)
    folder.session(transcript)


@rule(RULES, requests=1, cost_usd=0.02395)
def the_output_of_the_cost_command_adds_cost_beyond_rounding(folder: Folder) -> None:
    transcript = spending()
    transcript.user("<local-command-stdout>Total cost:  $0.0240</local-command-stdout>")
    folder.session(transcript)


@rule(RULES, requests=1, cost_usd=(50 + 12_500 + 10_000 + 12_500) * 1.1 / 1e6)
def inference_in_the_us_costs_a_tenth_more_on_newer_models(folder: Folder) -> None:
    folder.session(spending(counts=COUNTS | {"inference_geo": "us"}, model="claude-opus-4-6"))


@rule(RULES, requests=1, cost_usd=COST)
def inference_in_the_us_costs_the_same_on_older_models(folder: Folder) -> None:
    folder.session(spending(counts=COUNTS | {"inference_geo": "us"}))


@rule(RULES, requests=2, cost_usd=2 * (50 + 12_500 + 10_000 + 12_500) * 2 / 1e6)
def fast_mode_costs_twice_as_much(folder: Folder) -> None:
    folder.session(spending(2, counts=COUNTS | {"speed": "fast"}, model="claude-opus-5"))


@rule(RULES, requests=1, cost_usd=(50 + 12_500 + 10_000 + 12_500) * 6 / 1e6)
def fast_mode_cost_six_times_as_much_on_older_models(folder: Folder) -> None:
    folder.session(spending(counts=COUNTS | {"speed": "fast"}, model="claude-opus-4-6"))


@rule(RULES, requests=2, cost_usd=2 * COST, skipped_lines=1)
def a_whole_record_may_follow_a_cut_one_on_its_line(folder: Folder) -> None:
    first, second, third = (json.dumps(record) for record in spending(2).records)
    folder.path.joinpath(f"{ID}.jsonl").write_text(f"{first}\n{second[:99]}{second}\n{third}\n")


NEW, OLD = "2.1.332", "2.1.268"


def save_total(transcript: Transcript, dollars: float, output: int = 0, **fields: object) -> None:
    """Add the total that the program saves when it leaves the session."""
    counts = {"inputTokens": 0, "outputTokens": output, "cacheReadInputTokens": 0, "cacheCreationInputTokens": 0}
    session = transcript.records[0]["sessionId"]
    usage_by_model = {SONNET: counts | {"costUSD": dollars}}
    transcript.bare(
        "cost-state", **{"sessionId": session, "totalCostUSD": dollars, "modelUsage": usage_by_model} | fields
    )


def written_by(version: str, transcript: Transcript) -> Transcript:
    """Return the transcript as one of this version."""
    for record in transcript.records:
        record["version"] = version
    return transcript


@rule(RULES, requests=1, cost_usd=0.05, cost_is_lower_bound=False)
def a_saved_total_is_all_that_an_interactive_session_spent(folder: Folder) -> None:
    transcript = spending()
    save_total(transcript, 0.05)
    folder.session(transcript)


@rule(RULES, requests=2, cost_usd=0.05 + COST, cost_is_lower_bound=True)
def later_responses_are_added_to_what_a_saved_total_had_beyond_earlier_ones(folder: Folder) -> None:
    transcript = spending()
    save_total(transcript, 0.05)
    transcript.user("Now the pump.")
    respond(transcript)
    folder.session(transcript)


@rule(RULES, requests=3, cost_usd=0.05 + 2 * COST, agents=2)
def a_saved_total_covers_agents_that_worked_until_then(folder: Folder) -> None:
    transcript, agent = spending(), spending(agent="a0b1")
    agent.records[-1]["timestamp"] = "2026-03-01T10:00:30Z"
    save_total(transcript, 0.05 + COST)
    transcript.user("Now the pump.", timestamp="2026-03-01T10:01:00Z")
    respond(transcript, timestamp="2026-03-01T10:01:01Z")
    folder.session(transcript, agent)


@rule(RULES, requests=2, cost_usd=0.03 + 0.04)
def before_2_1_277_each_process_saved_a_total_of_its_own(folder: Folder) -> None:
    transcript = spending()
    save_total(transcript, 0.03)
    respond(transcript)
    for _ in range(2):  # it is written twice when the program ends
        save_total(transcript, 0.04)
    folder.session(written_by(OLD, transcript))


@rule(RULES, requests=2, cost_usd=0.03 + 0.03)
def totals_of_processes_are_told_apart_by_their_start(folder: Folder) -> None:
    transcript = spending()
    save_total(transcript, 0.03, startTime=1)
    save_total(transcript, 0.03, startTime=1)
    respond(transcript)
    save_total(transcript, 0.03, startTime=2)
    folder.session(written_by(OLD, transcript))


@rule(RULES, requests=2, cost_usd=0.07)
def later_versions_continue_the_total_when_a_session_is_resumed(folder: Folder) -> None:
    transcript = spending()
    save_total(transcript, 0.03, startTime=1)
    respond(transcript)
    save_total(transcript, 0.07, startTime=1)
    folder.session(written_by(NEW, transcript))


def write_fork(folder: Folder, version: str, own_total: float) -> None:
    """Write a session that spent $0.03, and its fork with a response and a total of its own."""
    parent = written_by(version, spending())
    fork = Transcript(session=OTHER)
    fork.records = [{**copy.deepcopy(record), "sessionId": OTHER} for record in parent.records]
    respond(fork, requestId="req_own", uuid="own", version=version, timestamp="2026-03-01T11:00:00Z")
    fork.records[-1]["message"]["id"] = "msg_own"
    save_total(parent, 0.03)
    save_total(fork, own_total)
    folder.session(parent)
    folder.session(fork, session=OTHER)


@rule(RULES, requests=2, sessions=2, cost_usd=0.07)
def the_total_of_a_fork_contains_what_its_parent_spent(folder: Folder) -> None:
    write_fork(folder, NEW, 0.07)


@rule(RULES, requests=2, sessions=2, cost_usd=0.03 + 0.04)
def the_total_of_a_fork_was_its_own_in_older_versions(folder: Folder) -> None:
    write_fork(folder, OLD, 0.04)


@rule(RULES, requests=2, sessions=2, cost_usd=0.03 + COST)
def a_fork_that_spent_nothing_unseen_adds_its_responses_alone(folder: Folder) -> None:
    write_fork(folder, NEW, 0.03 + COST)


@rule(RULES, requests=1, cost_usd=0.0032, unpriced_requests=0)
def a_model_that_the_program_has_no_price_for_costs_its_list_price(folder: Folder) -> None:
    counts = usage(1_000, 200, 0, 0)
    transcript = spending(model="mistral-large-latest", counts=counts)
    save_total(transcript, 0.5, 200, hasUnknownModelCost=True)
    models = {"mistral-large-latest": {"inputTokens": 1_000, "outputTokens": 200, "costUSD": 0.5}}
    transcript.records[-1]["modelUsage"] = models
    folder.session(transcript)


@rule(RULES, requests=10, cost_usd=10 * (50_000 * 5 + 100 * 30) / 1e6, cost_is_lower_bound=False)
def the_sum_of_many_requests_is_not_one_long_prompt(folder: Folder) -> None:
    transcript = spending(10, model="gpt-5.5", counts=usage(50_000, 100, 0, 0))
    models = {"gpt-5.5": {"inputTokens": 500_000, "outputTokens": 1_000, "costUSD": 9.5}}
    save_total(transcript, 9.5, hasUnknownModelCost=True, modelUsage=models)
    folder.session(transcript)


@rule(RULES, requests=1, cost_usd=(1_000 * 0.135 + 900 * 0.55) / 1e6, unpriced_requests=0)
def a_later_total_at_the_price_of_another_hour_adds_nothing(folder: Folder) -> None:
    transcript = spending(0)
    counts = usage(1_000, 900, 0, 0)
    respond(transcript, counts, model="deepseek-chat", timestamp="2026-03-01T00:10:00Z")
    models = {"deepseek-chat": {"inputTokens": 1_000, "outputTokens": 900, "costUSD": 0.4}}
    save_total(transcript, 0.4, hasUnknownModelCost=True, modelUsage=models)
    transcript.system("turn_duration", durationMs=900, timestamp="2026-03-01T10:00:00Z")
    folder.session(headless(transcript))


@rule(RULES, requests=1, cost_usd=None, unpriced_requests=1)
def a_model_without_any_price_stays_without_one_in_totals(folder: Folder) -> None:
    transcript = spending(model="novel-1")
    save_total(transcript, 0.5, hasUnknownModelCost=True, modelUsage={"novel-1": {"inputTokens": 10, "costUSD": 0.5}})
    folder.session(transcript)
