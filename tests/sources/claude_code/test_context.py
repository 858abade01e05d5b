from __future__ import annotations

import pytest

from tests.sources.claude_builder import MODEL, Transcript, at, text_block, usage
from tui_monitor.events import MAIN, CompactionUpdate, ContextUpdate
from tui_monitor.sources.claude_code.adapter import ClaudeCode


def occupied(transcript: Transcript) -> list[int | None]:
    return [event.tokens for event in transcript.of(ContextUpdate)]


def test_context_is_the_tokens_sent() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."), counts=usage(fresh=3, output=999, read=15_000, cache_creation=400))
    event = transcript.one(ContextUpdate)
    assert (event.tokens, event.model, event.limit, event.agent) == (15_403, MODEL, None, MAIN)


@pytest.mark.parametrize(
    ("version", "threshold"),
    [("1.0.128", 155_000), ("2.0.76", 155_000), ("2.1.39", None), ("2.10.0", None), (None, None)],
)
def test_old_versions_report_their_own_compaction_rule(version: str | None, threshold: int | None) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."), version=version)
    rule = transcript.one(ContextUpdate).compaction_rule
    assert (rule and rule.threshold(200_000)) == threshold


def test_adapter_has_the_compaction_rule_of_present_versions() -> None:
    rule = ClaudeCode.traits.compaction_rule
    assert rule is not None
    assert rule.threshold(200_000) == 167_000


def test_lines_of_one_response_update_the_context_once() -> None:
    transcript = Transcript()
    line = transcript.assistant(text_block("Hm."))
    transcript.line("assistant", message=line["message"], requestId="req_1")
    assert len(transcript.of(ContextUpdate)) == 1


def test_empty_and_synthetic_answers_do_not_update_the_context() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."), counts=usage(0, 0, 0, 0))
    transcript.assistant(text_block("API Error"), model="<synthetic>", isApiErrorMessage=True)
    assert occupied(transcript) == []


def test_sub_agent_has_its_own_context() -> None:
    transcript = Transcript(agent="a0b1c2d3")
    transcript.assistant(text_block("Hm."))
    assert transcript.one(ContextUpdate).agent == "a0b1c2d3"


@pytest.mark.parametrize("after", [None, 800])
def test_context_after_a_compaction_is_the_reported_size_or_unknown(after: int | None) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."))
    metadata: dict[str, object] = {"trigger": "auto", "preTokens": 168_000, "durationMs": 4000}
    transcript.system("compact_boundary", compactMetadata=metadata | ({} if after is None else {"postTokens": after}))
    compaction = transcript.one(CompactionUpdate)
    assert (compaction.finished, compaction.trigger, compaction.before, compaction.after, compaction.duration_ms) == (
        True,
        "auto",
        168_000,
        after,
        4000,
    )
    assert occupied(transcript) == [15_403, after]


def test_response_after_a_compaction_updates_an_equal_context() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."))
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual"})
    transcript.assistant(text_block("Hm."))
    assert occupied(transcript) == [15_403, None, 15_403]


def test_trimming_reduces_the_context() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."))
    transcript.system("microcompact_boundary", microcompactMetadata={"preTokens": 15_403, "tokensSaved": 5_000})
    compaction = transcript.one(CompactionUpdate)
    assert (compaction.trimmed, compaction.before, compaction.after) == (5_000, 15_403, None)
    assert occupied(transcript) == [15_403, 10_403]


def test_trimming_an_unknown_context_leaves_it_unknown() -> None:
    transcript = Transcript()
    transcript.system("microcompact_boundary", microcompactMetadata={"tokensSaved": 5_000})
    assert occupied(transcript) == []


def test_compaction_starts_with_the_prompt_of_its_agent() -> None:
    transcript = Transcript(agent="acompact-0f1e2d")
    transcript.user("<system-reminder>A copy of an old line.</system-reminder>", isMeta=True)
    transcript.user("Summarise the conversation.")
    transcript.assistant(text_block("It was about engines."))
    begun = transcript.one(CompactionUpdate)
    assert (begun.finished, begun.agent, begun.at) == (False, MAIN, at(1))
    assert transcript.of(ContextUpdate) == []


@pytest.mark.parametrize(
    ("printed", "limit"),
    [
        ("\x1b[1mContext Usage\x1b[22m\n⛁ ⛁ claude-opus-4-6 · 76k/200k tokens (38%)\n", 200_000),
        ("## Context Usage\n\n**Tokens:** 32.5k / 1m (3%)", 1_000_000),
        ("## Context Usage\n\n**Tokens:** 900 / 64,000 (1%)", 64_000),
    ],
)
def test_window_is_read_from_the_context_command(printed: str, limit: int) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."))
    transcript.user(f"<local-command-stdout>{printed}</local-command-stdout>")
    _, event = transcript.of(ContextUpdate)
    assert (event.tokens, event.limit) == (15_403, limit)


def test_other_output_has_no_window() -> None:
    transcript = Transcript()
    transcript.system("local_command", content="<local-command-stdout>done 3k/200k (1%)</local-command-stdout>")
    assert transcript.of(ContextUpdate) == []
