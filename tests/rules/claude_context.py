"""How full Claude Code's context is, and how large."""

from __future__ import annotations

from tests.rules.rule import SONNET, Folder, Rule, respond, rule, spending
from tests.sources.claude_builder import usage
from tests.sources.claude_payloads import statusline

RULES: list[Rule] = []
SMALL = usage(5, 100, 1_000, 200)


@rule(RULES, context=22_010, limit=200_000)
def the_last_response_of_the_main_chain_fills_it(folder: Folder) -> None:
    agent = spending(agent="a0b1", counts=SMALL)
    agent.records[-1]["timestamp"] = "2026-03-01T11:00:00Z"
    folder.session(spending(2), agent)


@rule(RULES, context=22_010)
def what_the_program_answered_itself_does_not_fill_it(folder: Folder) -> None:
    transcript = spending()
    respond(transcript, usage(0, 0, 0, 0), model="<synthetic>")
    respond(transcript, usage(0, 0, 0, 0))
    folder.session(transcript)


@rule(RULES, context=9_000)
def after_a_compaction_it_is_what_that_says(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 22_000, "postTokens": 9_000})
    folder.session(transcript)


@rule(RULES, context=None)
def after_a_compaction_that_does_not_say_it_is_unknown(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    folder.session(transcript)


@rule(RULES, context=1_205)
def the_response_after_a_compaction_tells_it_again(folder: Folder) -> None:
    transcript = spending()
    transcript.system("compact_boundary", compactMetadata={"trigger": "manual", "preTokens": 22_000})
    respond(transcript, SMALL)
    folder.session(transcript)


@rule(RULES, context=17_010)
def a_trimming_takes_away_what_it_says(folder: Folder) -> None:
    transcript = spending()
    transcript.system("microcompact_boundary", microcompactMetadata={"preTokens": 22_010, "tokensSaved": 5_000})
    folder.session(transcript)


@rule(RULES, limit=1_000_000)
def a_models_name_may_tell_a_long_window(folder: Folder) -> None:
    folder.session(spending(model=f"{SONNET}[1m]"))


@rule(RULES, context=212_010, limit=1_000_000)
def a_context_above_the_window_shows_that_it_is_larger(folder: Folder) -> None:
    folder.session(spending(counts=usage(10, 500, 210_000, 2_000)))


@rule(RULES, context=22_010, limit=500_000)
def a_statusline_tells_the_window_exactly(folder: Folder) -> None:
    folder.session(spending(2))
    payload = statusline(0.01, sent=usage(10, 500, 20_000, 2_000), window=500_000, model={"id": f"{SONNET}[1m]"})
    folder.write("statusline.jsonl", [payload | {"timestamp": "2026-03-01T10:00:01Z"}])
