"""What every request contains: the parts and their entries, by characters or as the program counts them."""

from typing import TypeAlias

from tests.sources.claude_builder import ID, Transcript
from tui_monitor.events import CompactionSummary, ContextPart, Prompt
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.context_parts import MAX_ITEMS, OTHERS

Sizes: TypeAlias = dict[tuple[str, str], int]


def parts(transcript: Transcript) -> list[ContextPart]:
    return list(transcript.of(ContextPart))


def sizes(transcript: Transcript) -> Sizes:
    return {(part.group, part.name): part.chars for part in parts(transcript)}


def attached(**attachment: object) -> Transcript:
    transcript = Transcript()
    transcript.line("attachment", attachment=attachment)
    return transcript


def test_shape_of_requests_has_the_sizes_of_prompt_tools_and_servers() -> None:
    transcript = Transcript()
    tools = [{"name": "Bash"}, {"name": "mcp__linear__get_issue"}, {"name": "mcp__linear__list"}]
    shape = {"system": [{"text": "You are"}, {"text": " one."}], "tools": tools}
    transcript.bare("api-request-shape", sessionId=ID, shapeHash="0", shape=shape)
    assert sizes(transcript) == {
        ("", "system prompt"): 12,
        ("", "tools"): 15,
        ("tools", "Bash"): 15,
        ("", "MCP servers"): 33 + 28,
        ("MCP servers", "linear"): 33 + 28,
    }
    assert [part.items for part in parts(transcript)] == [None, 1, None, 1, 2]


def test_snapshot_of_the_prompt_with_tools_has_them_too() -> None:
    assert sizes(attached(type="prompt_snapshot", systemPrompt=["abc", "de"], tools=[{"name": "Bash"}])) == {
        ("", "system prompt"): 5,
        ("", "tools"): 15,
        ("tools", "Bash"): 15,
    }
    assert not sizes(attached(type="prompt_snapshot", systemPrompt=["abc"]))


def test_listing_has_its_entries() -> None:
    listing = "- one: first\n  of all\n- two"
    transcript = attached(type="skill_listing", content=listing, skillCount=2, isInitial=True)
    assert sizes(transcript) == {("", "skills"): 27, ("skills", "one"): 22, ("skills", "two"): 5}
    assert parts(transcript)[0].items == 2
    agents = attached(type="agent_listing_delta", addedLines=["- Explore: looks", "- Plan"], isInitial=True)
    assert sizes(agents) == {("", "agents"): 22, ("agents", "Explore"): 16, ("agents", "Plan"): 6}


def test_later_listing_adds_and_removes_entries() -> None:
    added = attached(type="agent_listing_delta", addedLines=["- new: x"], removedTypes=["old"], isInitial=False)
    assert sizes(added) == {("agents", "new"): 8, ("agents", "old"): 0}
    assert sizes(attached(type="skill_listing", content="- three", isInitial=False)) == {("skills", "three"): 7}


def test_deferred_tools_of_servers_have_the_names_of_calls() -> None:
    transcript = attached(type="deferred_tools_delta", addedLines=["Monitor", "mcp__linear__list"])
    assert sizes(transcript) == {
        ("", "deferred tools"): 24,
        ("deferred tools", "Monitor"): 7,
        ("deferred tools", "linear·list"): 17,
    }


def test_servers_that_are_not_there_are_named_with_the_reason() -> None:
    transcript = attached(
        type="deferred_tools_delta",
        addedLines=[],
        pendingMcpServers=["slow"],
        failedMcpServers=[{"name": "broken"}],
        needsAuthMcpServers=[],
    )
    problems = [(part.name, part.problem) for part in parts(transcript) if part.group == "missing servers"]
    assert problems == [("slow", "pending"), ("broken", "failed")]


def test_entries_beyond_the_largest_are_one() -> None:
    lines = [f"- agent-{number}" for number in range(MAX_ITEMS + 5)]
    entries = [part for part in parts(attached(type="agent_listing_delta", addedLines=lines)) if part.group]
    assert len(entries) == MAX_ITEMS + 1
    assert (entries[-1].name, entries[-1].items) == (OTHERS, 5)


def test_memory_files_have_their_paths() -> None:
    memory = "Contents of /p/CLAUDE.md (project instructions):\n\nBe brief.\nContents of /h/CLAUDE.md (user):\nHm."
    transcript = attached(type="session_context", context={"claudeMd": memory, "gitStatus": "clean"})
    found = sizes(transcript)
    assert list(found) == [("memory", "/p/CLAUDE.md"), ("memory", "/h/CLAUDE.md"), ("reminders", "git status")]
    assert sum(found.values()) == len(memory) + 5
    assert sizes(attached(type="session_context", context={"claudeMd": "Be brief."})) == {("memory", "CLAUDE.md"): 9}
    nested = attached(type="nested_memory", path="/p/a/CLAUDE.md", content={"content": "xyz"})
    assert sizes(nested) == {("memory", "/p/a/CLAUDE.md"): 3}


def test_reminders_count_as_they_are_rendered() -> None:
    transcript = Transcript()
    transcript.line("attachment", attachment={"type": "environment"}, rendered=[{"content": "abc"}, {"content": "d"}])
    assert sizes(transcript) == {("reminders", "environment"): 4}


MARKDOWN = """## Context Usage

**Model:** claude-opus-5
**Tokens:** 96k / 1m (10%)

### Estimated usage by category

| Category | Tokens | Percentage |
|----------|--------|------------|
| System prompt | 3.1k | 0.3% |
| System tools | 16.5k | 1.7% |
| MCP tools | 1,500 | 0.2% |
| Messages | 70k | 7.0% |
| Free space | 900k | 90% |

### MCP Tools

| Tool | Server | Tokens |
|------|--------|--------|
| mcp__linear__list | linear | 900 |
| mcp__linear__get | linear | 600 |

### Memory Files

| Type | Path | Tokens |
|------|------|--------|
| Project | /p/CLAUDE.md | 320 |
"""

BLOCKS = """Context Usage
 ⛁ ⛁ ⛁   claude-opus-4-5 · 23k/200k tokens (12%)
 ⛁ ⛶ ⛶   \x1b[38;5;241m⛁\x1b[39m System prompt: \x1b[2m2.5k tokens (1.3%)\x1b[22m
 ⛶ ⛶ ⛶   ⛁ System tools: 13.4k tokens (6.7%)
 ⛶ ⛶ ⛶   ⛁ Messages: 8 tokens (0.0%)
"""


def reported(output: str) -> Sizes:
    transcript = Transcript()
    transcript.user(f"<local-command-stdout>{output}</local-command-stdout>", isMeta=True)
    found = parts(transcript)
    assert all(part.chars == 0 for part in found)
    return {(part.group, part.name): part.tokens or 0 for part in found}


def test_context_command_reports_tokens() -> None:
    assert reported(MARKDOWN) == {
        ("", "system prompt"): 3100,
        ("", "tools"): 16_500,
        ("", "MCP servers"): 1500,
        ("MCP servers", "linear"): 1500,
        ("memory", "/p/CLAUDE.md"): 320,
    }
    assert reported(BLOCKS) == {("", "system prompt"): 2500, ("", "tools"): 13_400}
    assert not reported("System prompt: 2.5k tokens")


def test_summary_of_a_compaction_is_no_prompt() -> None:
    transcript = Transcript()
    transcript.user("This session is being continued.", isCompactSummary=True)
    assert transcript.one(CompactionSummary).text == "This session is being continued."
    assert transcript.of(Prompt) == []


def test_hostile_attachments_are_no_error() -> None:
    hostile: list[Record] = [
        {"type": "skill_listing", "content": 3, "skillCount": "x"},
        {"type": "agent_listing_delta", "addedLines": [None, {}, "- "], "isInitial": False, "removedTypes": 7},
        {"type": "deferred_tools_delta", "failedMcpServers": "all", "pendingMcpServers": [None]},
        {"type": "session_context", "context": []},
        {"type": "prompt_snapshot", "systemPrompt": 5, "tools": [{}, 3]},
    ]
    for attachment in hostile:
        assert all(part.chars >= 0 for part in parts(attached(**attachment)))
