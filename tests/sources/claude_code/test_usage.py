from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.sources.claude_builder import ID, MODEL, SESSION, Transcript, text_block, usage
from tui_monitor.events import PICO, Rank, SessionTotalUpdate, Tokens, Usage
from tui_monitor.sources.shared.plausibility import implausibility
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints


def spent(**fields: Any) -> Usage:
    transcript = Transcript()
    transcript.assistant(text_block("Done."), **fields)
    return transcript.one(Usage)


def test_token_counts_are_disjoint() -> None:
    counts = usage(fresh=3, output=20, read=15_000, cache_creation=400, hour=150)
    assert spent(counts=counts).tokens == Tokens(3, 20, 15_000, 400, 150)


def test_old_versions_have_no_breakdown_of_cache_writes() -> None:
    counts = usage(cache_creation=400)
    del counts["cache_creation"]
    assert spent(counts=counts).tokens == Tokens(3, 20, 15_000, 400, 0)


def test_breakdown_alone_gives_the_cache_writes() -> None:
    counts = usage(cache_creation=400, hour=150)
    del counts["cache_creation_input_tokens"]
    assert spent(counts=counts).tokens.cache_creation == 400


def test_thinking_is_part_of_the_output() -> None:
    counts = usage(output=20) | {"output_tokens_details": {"thinking_tokens": 12}}
    assert spent(counts=counts).tokens.reasoning == 12


def test_response_is_identified_by_request_and_message() -> None:
    sighting = spent()
    assert sighting.strong_ids == ("req:req_1+msg_1",)
    assert sighting.weak_ids == (f"claude-code/{ID}+msg_1", "req:req_1")
    assert sighting.has_strong_id


def test_response_without_a_request_is_identified_by_its_line() -> None:
    transcript = Transcript()
    line = transcript.assistant(text_block("Done."), requestId=None)
    sighting = transcript.one(Usage)
    assert sighting.strong_ids == (f"line:{line['uuid']}",)
    assert sighting.weak_ids[0] == f"claude-code/{ID}+msg_1"
    assert not sighting.has_strong_id


def test_line_without_an_id_is_identified_by_its_position() -> None:
    transcript = Transcript()
    line = transcript.assistant(text_block("Done."), requestId=None, uuid=None)
    del line["message"]["id"]
    sighting = transcript.one(Usage)
    assert sighting.strong_ids == (f"line:{transcript.path}:0",)
    tokens_sent = replace(sighting.tokens, output=0)
    assert sighting.weak_ids == ResponseFingerprints().weak_ids(sighting.session, tokens_sent, sighting.at, "")


def test_without_requests_lines_of_one_message_share_a_fingerprint_and_other_messages_do_not() -> None:
    transcript = Transcript()
    first = transcript.assistant(text_block("Looking."), requestId=None)
    transcript.assistant(text_block("Done."), requestId=None, message=first["message"])
    transcript.assistant(text_block("Done."), requestId=None)
    one, again, other = (usage.weak_ids[1:] for usage in transcript.of(Usage))
    assert one == again
    assert not set(one) & set(other)


def test_side_chain_has_no_strong_id() -> None:
    transcript = Transcript(agent="a0b1c2d3")
    transcript.assistant(text_block("Done."))
    sighting = transcript.one(Usage)
    assert (sighting.agent, sighting.has_strong_id) == ("a0b1c2d3", False)
    assert sighting.strong_ids == ("req:req_1a0b1c2d3+msg_1a0b1c2d3",)


@pytest.mark.parametrize(("stop", "rank"), [(None, Rank.PLACEHOLDER), ("tool_use", Rank.FINAL)])
def test_only_a_stop_reason_makes_counts_final(stop: str | None, rank: Rank) -> None:
    assert spent(stop=stop).rank is rank


@pytest.mark.parametrize(
    ("model", "response", "provider"),
    [
        ("claude-opus-4-6", "msg_01", "anthropic"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "msg_01", "aws"),
        ("claude-opus-4-6", "msg_bdrk_01", "aws"),
        ("claude-sonnet-4@20250514", "msg_01", "google"),
        ("claude-opus-4-6", "msg_vrtx_01", "google"),
        ("glm-4.6", "msg_01", ""),
    ],
)
def test_provider_comes_from_the_ids(model: str, response: str, provider: str) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."), model=model)["message"]["id"] = response
    assert (transcript.one(Usage).model, transcript.one(Usage).provider) == (model, provider)


@pytest.mark.parametrize(("inference_geo", "region"), [("not_available", ""), ("global", ""), ("", ""), ("us", "us")])
def test_only_regions_with_their_own_prices_are_kept(inference_geo: str, region: str) -> None:
    assert spent(counts=usage() | {"inference_geo": inference_geo}).region == region


def test_tier_speed_and_searches_are_read() -> None:
    counts = usage() | {"speed": "fast", "server_tool_use": {"web_search_requests": 3}}
    sighting = spent(counts=counts)
    assert (sighting.service_tier, sighting.speed, sighting.web_searches) == ("standard", "fast", 3)


def test_separately_billed_steps_are_responses() -> None:
    advice = usage(output=7) | {"type": "advisor_message", "model": "claude-opus-5"}
    own = usage() | {"type": "message"}
    transcript = Transcript()
    transcript.assistant(text_block("Done."), counts=usage() | {"iterations": [own, advice]})
    first, second = transcript.of(Usage)
    assert (first.model, first.operation) == (MODEL, "")
    assert (second.model, second.operation, second.tokens.output) == ("claude-opus-5", "advisor", 7)
    assert second.strong_ids == ("req:req_1+msg_1#1",)
    assert not {*first.strong_ids, *first.weak_ids} & {*second.strong_ids, *second.weak_ids}


def test_synthetic_answers_have_no_usage() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("No response requested."), model="<synthetic>")
    assert transcript.of(Usage) == []


def test_answer_without_counts_has_no_usage() -> None:
    transcript = Transcript()
    del transcript.assistant(text_block("Done."))["message"]["usage"]
    assert transcript.of(Usage) == []


def test_absurd_totals_and_counts_are_not_plausible() -> None:
    transcript = Transcript()
    transcript.user("<local-command-stdout>Total cost: $999,999,999,999</local-command-stdout>")
    transcript.bare("cost-state", sessionId=ID, totalCostUSD=1e300)
    printed, saved = transcript.of(SessionTotalUpdate)
    assert "cost" in implausibility(printed)
    assert "cost" in implausibility(saved)
    for nonsense in (1.5e300, 2**60, 10**9 + 1):
        assert "output" in implausibility(spent(counts=usage() | {"output_tokens": nonsense}))


@pytest.mark.parametrize("dollars", [None, "1.25", -1])
def test_invalid_saved_total_is_ignored(dollars: object) -> None:
    transcript = Transcript()
    transcript.bare("cost-state", sessionId=ID, totalCostUSD=dollars)
    assert transcript.of(SessionTotalUpdate) == []


def test_progress_copies_of_agent_answers_are_not_counted() -> None:
    transcript = Transcript()
    transcript.calls("Task", prompt="look", description="Look", subagent_type="Explore")
    transcript.progress(type="agent_progress", agentId="a0b1", message={"message": {"usage": usage(), "id": "msg_x"}})
    assert len(transcript.of(Usage)) == 1


@pytest.mark.parametrize("nonsense", [None, -5, "12", True, [3]])
def test_invalid_counts_are_zero(nonsense: object) -> None:
    assert spent(counts=usage() | {"output_tokens": nonsense}).tokens.output == 0


@pytest.mark.parametrize(
    ("agent", "operation"),
    [("acompact-1f", "compact"), ("aside_question-1f", "aside"), ("aprompt_suggestion-1f", "suggestion")],
)
def test_internal_agents_have_an_operation(agent: str, operation: str) -> None:
    transcript = Transcript(agent=agent)
    transcript.assistant(text_block("Done."))
    assert transcript.one(Usage).operation == operation


def test_saved_total_is_the_session_total() -> None:
    transcript = Transcript()
    model = {"inputTokens": 5, "outputTokens": 6, "cacheReadInputTokens": 7, "cacheCreationInputTokens": 8}
    models = {"claude-one": model, "claude-other[1m]": model | {"thinkingTokens": 2, "costUSD": 1}}
    transcript.bare("cost-state", sessionId=ID, totalCostUSD=1.25, modelUsage=models)
    total = transcript.one(SessionTotalUpdate)
    assert (total.session, total.cost, total.tokens) == (SESSION, 5 * PICO // 4, Tokens(10, 12, 14, 16, 0, 2))


@pytest.mark.parametrize(
    ("printed", "least"), [("$1,234.50", 1_234_495_000), ("$0.0741", 74_050), ("$12", 11_500_000), ("$0.00", 0)]
)
def test_total_of_the_cost_command_is_rounded_down(printed: str, least: int) -> None:
    transcript = Transcript()
    transcript.user(
        f"<local-command-stdout>Total cost:            {printed}\nTotal duration: 5s</local-command-stdout>"
    )
    assert transcript.one(SessionTotalUpdate).cost == least * PICO // 10**6
