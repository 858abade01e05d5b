"""What a rollout says of the parts of every request: instructions, memory files, and what a compaction left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import CompactionSummary, ContextPart
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import CodexLine
from tui_monitor.sources.shared.fields import table, tables, text

_WRAPPER = re.compile(r"\s*<([a-z][a-z_ ]{1,40})>")
_MEMORY = re.compile(r"\s*# AGENTS\.md instructions(?: for ([^\n]{1,400}))?")


def base_parts(meta: Record, line: CodexLine) -> Iterator[ContextPart]:
    """Yield the system prompt, which the first line of a rollout has whole."""
    if prompt := text(table(meta.get("base_instructions")).get("text")):
        yield ContextPart(**line.fields, name="system prompt", chars=len(prompt))


def message_parts(item: Record, line: CodexLine) -> Iterator[ContextPart]:
    """Yield the texts of a message that the program itself puts before the conversation."""
    role = item.get("role")
    if role not in ("developer", "user"):
        return
    for part in tables(item.get("content")):
        content = text(part.get("text"))
        if memory := _MEMORY.match(content):
            yield ContextPart(**line.fields, name=memory[1] or "AGENTS.md", chars=len(content), group="memory")
        elif wrapper := _WRAPPER.match(content):
            name = wrapper[1].replace("_", " ").removesuffix(" instructions")
            yield ContextPart(**line.fields, name=name, chars=len(content), group="instructions")
        elif role == "developer" and content:
            yield ContextPart(**line.fields, name="developer", chars=len(content), group="instructions")


def summary(compacted: Record, line: CodexLine) -> Iterator[CompactionSummary]:
    """Yield the text by which a compaction replaced the conversation, where it is written."""
    if message := text(compacted.get("message")):
        yield CompactionSummary(**line.fields, text=message)
