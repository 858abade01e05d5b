"""The size of Claude Code's context and of its window."""

from __future__ import annotations

from tests.rules.rule import SONNET, Folder, Rule, respond, rule, spending
from tests.sources.claude_builder import usage
from tests.sources.claude_payloads import statusline

RULES: list[Rule] = []
SMALL = usage(5, 100, 1_000, 200)


@rule(RULES, context=22_010, limit=200_000)
def the_context_is_the_last_response_of_the_main_chain(folder: Folder) -> None:
    agent = spending(agent="a0b1", counts=SMALL)
    agent.records[-1]["timestamp"] = "2026-03-01T11:00:00Z"
    folder.session(spending(2), agent)


@rule(RULES, context=22_010)
def a_synthetic_answer_does_not_change_the_context(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, usage(0, 0, 0, 0), model="<synthetic>")
    respond(transcript, usage(0, 0, 0, 0))
    folder.session(transcript)


@rule(RULES, context=9_000)
def the_context_after_a_compaction_is_its_post_tokens(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 22_000, "postTokens": 9_000})
    folder.session(transcript)


@rule(RULES, context=None)
def the_context_after_a_compaction_without_post_tokens_is_unknown(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    folder.session(transcript)


@rule(RULES, context=1_205)
def the_response_after_a_compaction_sets_the_context(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    respond(transcript, SMALL)
    folder.session(transcript)


@rule(RULES, context=17_010)
def a_microcompaction_subtracts_the_saved_tokens(folder: Folder) -> None:
    transcript = spending()
    transcript.system("microcompact_boundary", microcompactMetadata={"preTokens": 22_010, "tokensSaved": 5_000})
    folder.session(transcript)


@rule(RULES, limit=1_000_000)
def a_model_suffix_means_a_long_window(folder: Folder) -> None:
    folder.session(spending(model=f"{SONNET}[1m]"))


@rule(RULES, context=212_010, limit=1_000_000)
def a_context_above_the_window_means_a_larger_window(folder: Folder) -> None:
    folder.session(spending(counts=usage(10, 500, 210_000, 2_000)))


@rule(RULES, context=22_010, limit=500_000)
def a_statusline_has_the_exact_window(folder: Folder) -> None:
    folder.session(spending(2))
    payload = statusline(
        0.01, current_usage=usage(10, 500, 20_000, 2_000), window=500_000, model={"id": f"{SONNET}[1m]"}
    )
    folder.write("statusline.jsonl", [payload | {"timestamp": "2026-03-01T10:00:01Z"}])


@rule(RULES, limit=1_000_000)
def newer_models_run_with_a_long_window(folder: Folder) -> None:
    folder.session(spending(model="claude-opus-5-5"))


@rule(RULES, limit=200_000)
def opus_5_ran_with_a_short_window_before_2_1_291(folder: Folder) -> None:
    transcript = spending(model="claude-opus-5")
    transcript.records[-1]["version"] = "2.1.290"
    folder.session(transcript)


@rule(RULES, limit=1_000_000)
def the_requested_model_has_the_mark_of_a_long_window(folder: Folder) -> None:
    transcript = spending(0, model="claude-opus-4-6")
    respond(transcript, model="claude-opus-4-6", requestedModel="claude-opus-4-6[1m]")
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    folder.session(transcript)


@rule(RULES, limit=1_000_000)
def a_model_may_be_requested_without_its_date_or_by_an_alias(folder: Folder) -> None:
    transcript = spending(0)
    respond(transcript, requestedModel="claude-sonnet-4-5[1m]")
    respond(transcript, SMALL, requestedModel="sonnet[1m]")
    folder.session(transcript)


@rule(RULES, limit=200_000)
def the_last_requested_model_counts(folder: Folder) -> None:
    transcript = spending(0)
    for name in ("claude-opus-4-6[1m]", "claude-opus-4-6"):
        respond(transcript, model="claude-opus-4-6", requestedModel=name)
    folder.session(transcript)


@rule(RULES, limit=1_000_000)
def the_attached_model_has_the_mark_of_a_long_window(folder: Folder) -> None:
    transcript = spending(0)
    transcript.line("attachment", attachment={"type": "model", "identity": {"modelId": f"{SONNET}[1m]"}})
    respond(transcript)
    folder.session(transcript)


@rule(RULES, context=22_010, limit=1_000_000)
def the_output_of_the_context_command_has_the_window(folder: Folder) -> None:
    transcript = spending()
    output = f"## Context Usage\n\n**Model:** {SONNET}\n**Tokens:** 22k / 1m\n"
    transcript.user(output, isMeta=True)
    folder.session(transcript)


@rule(RULES, context=61_301, cost_usd=(4 + 1_500 + 12_000 + 3_000) / 1e6 + (295_000 + 17_500) / 1e6)
def the_context_of_a_response_of_several_steps_is_that_of_its_last(folder: Folder) -> None:
    steps = [
        {"type": "message", **usage(1, 100, 59_000, 300)},
        {"type": "advisor_message", "model": "claude-opus-5", **usage(59_000, 700, 0, 0)},
        {"type": "message", **usage(1, 200, 61_000, 300)},
    ]
    sums = usage(2, 300, 120_000, 600) | {"iterations": steps}
    folder.session(spending(counts=sums, model="claude-sonnet-5-5"))


@rule(RULES, limit=200_000)
def older_models_run_with_a_short_window(folder: Folder) -> None:
    folder.session(spending(model="claude-haiku-4-5"))


@rule(RULES, context=None)
def a_statusline_may_repeat_the_context_from_before_a_compaction(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    folder.session(transcript)
    payload = statusline(0.01, current_usage=usage(10, 500, 20_000, 2_000))
    folder.write("statusline.jsonl", [payload | {"timestamp": f"2026-03-01T10:00:0{at}Z"} for at in (1, 9)])
