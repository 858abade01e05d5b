"""The parts of every request that a rollout has, and the summary of a compaction."""

from tests.sources.codex_builder import Rollout, events_of
from tui_monitor.events import CompactionSummary, CompactionUpdate, ContextPart


def message(rollout: Rollout, role: str, texts: list[str]) -> None:
    content = [{"type": "input_text", "text": text} for text in texts]
    rollout.line("response_item", {"type": "message", "role": role, "content": content})


def test_rollout_has_the_sizes_of_prompt_instructions_and_memory() -> None:
    rollout = Rollout(base_instructions={"text": "You are Codex."})
    blocks = ["<skills_instructions>\n- one", "<permissions instructions>", "Be brief."]
    message(rollout, "developer", blocks)
    own = ["# AGENTS.md instructions for /p\n\nHm.", "<environment_context>", "<user text"]
    message(rollout, "user", own)
    message(rollout, "assistant", own)
    assert [(part.group, part.name, part.chars) for part in events_of(rollout, ContextPart)] == [
        ("", "system prompt", 14),
        ("instructions", "skills", len(blocks[0])),
        ("instructions", "permissions", len(blocks[1])),
        ("instructions", "developer", 9),
        ("memory", "/p", len(own[0])),
        ("instructions", "environment context", len(own[1])),
    ]


def test_compacted_line_has_the_summary() -> None:
    rollout = Rollout().line("compacted", {"message": "What was done."}).line("compacted", {"message": ""})
    assert [event.text for event in events_of(rollout, CompactionSummary)] == ["What was done."]
    assert len(events_of(rollout, CompactionUpdate)) == 2
