"""Context windows of agents: their occupancy, size and compactions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tui_monitor.events import ASSUMED, MAIN, CompactionRule, CompactionUpdate, ContextUpdate, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import LONG_WINDOW, ClaudeLine, transcript_model
from tui_monitor.sources.claude_code.usage import tokens_of
from tui_monitor.sources.claude_code.windows import LONG, WINDOWS, has_long_window, is_name_of, window_of_version
from tui_monitor.sources.shared.fields import count, number, put_bounded, table, tables, text

_OLD_COMPACTION = CompactionRule(reserve=32_000 + 13_000)
_OLD_VERSIONS = ("1.", "2.0")
_MAX_AGENTS = 256
_PRINTED_WINDOW = re.compile(
    r"\d[kKmM]?\s*/\s*([1-9][\d,]{0,12}(?:\.\d)?)([kKmM]?)\b(?:[^\n]{0,20}\(\d|[ \t]*(?:\n|\Z))"
)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}


def compaction_rule(version: str) -> CompactionRule | None:
    """Return the compaction rule of a version of Claude Code if it is not that of present ones."""
    return _OLD_COMPACTION if version.startswith(_OLD_VERSIONS) else None


@dataclass(slots=True)
class ContextTracker:
    """The last emitted number of tokens of each agent's context; None while it is unknown until the next response.

    ``models`` are the models that the agents run on, with the mark of a long window if they have one.
    """

    tokens: dict[str, int | None] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)

    def apply_usage(self, line: ClaudeLine, usage: Usage) -> list[ContextUpdate]:
        """Apply the tokens that were sent for a response, in the last of its steps."""
        tokens = _last_step(line, usage)
        if not tokens:
            return []
        before = self.models.get(usage.agent, "")
        requested = text(line.record.get("requestedModel"))
        model = _with_mark(usage.model, requested or before)
        if tokens == self.tokens.get(usage.agent) and model == before:
            return []
        put_bounded(self.models, usage.agent, model, _MAX_AGENTS)
        update = self._update(line, tokens)
        is_shorter = bool(requested) and has_long_window(before) and before == model + LONG_WINDOW
        return [replace(update, limit=WINDOWS.window_of(model), limit_source="") if is_shorter else update]

    def model_attached(self, line: ClaudeLine, attachment: Record) -> None:
        """Apply the model that the program names to itself; the window is emitted with the next response."""
        if model := text(table(attachment.get("identity")).get("modelId")):
            put_bounded(self.models, line.agent, model, _MAX_AGENTS)

    def compaction_starts(self, line: ClaudeLine) -> Iterator[CompactionUpdate]:
        """Report once that an internal agent begins to summarise the main chain."""
        if line.agent not in self.tokens:
            put_bounded(self.tokens, line.agent, None, _MAX_AGENTS)
            yield CompactionUpdate(**line.fields_of(MAIN), finished=False)

    def compacted(self, line: ClaudeLine) -> Iterator[CompactionUpdate | ContextUpdate]:
        """Apply a compaction: a summary has replaced the conversation."""
        metadata = table(line.record.get("compactMetadata"))
        after = number(metadata.get("postTokens"))
        yield CompactionUpdate(
            **line.fields,
            trigger=text(metadata.get("trigger")),
            before=number(metadata.get("preTokens")),
            after=after,
            duration_ms=number(metadata.get("durationMs")),
        )
        yield self._update(line, after)

    def trimmed(self, line: ClaudeLine) -> Iterator[CompactionUpdate | ContextUpdate]:
        """Apply a partial compaction: old tool results were removed."""
        metadata = table(line.record.get("microcompactMetadata"))
        trimmed = count(metadata.get("tokensSaved"))
        trigger, before = text(metadata.get("trigger")), number(metadata.get("preTokens"))
        yield CompactionUpdate(**line.fields, trigger=trigger, before=before, trimmed=trimmed)
        tokens = self.tokens.get(line.agent)
        if tokens is not None:
            yield self._update(line, max(0, tokens - trimmed))

    def window_in_output(self, line: ClaudeLine, output: str) -> Iterator[ContextUpdate]:
        """Apply the window size in the output of ``/context``."""
        match = _PRINTED_WINDOW.search(output) if "Context Usage" in output else None
        if match:
            limit = round(float(match[1].replace(",", "")) * _UNITS[match[2].lower()])
            model = transcript_model(self.models.get(line.agent, ""))
            yield context_update(line, self.tokens.get(line.agent), limit, model)

    def window(self, line: ClaudeLine, limit: int, model: str) -> Iterator[ContextUpdate]:
        """Apply a window size that the program reports."""
        if line.agent in self.tokens:
            yield context_update(line, self.tokens[line.agent], limit, transcript_model(model))

    def _update(self, line: ClaudeLine, tokens: int | None) -> ContextUpdate:
        put_bounded(self.tokens, line.agent, tokens, _MAX_AGENTS)
        model = self.models.get(line.agent, "")
        if has_long_window(model):
            return context_update(line, tokens, LONG, transcript_model(model))
        limit = window_of_version(model, text(line.record.get("version")))
        return context_update(line, tokens, limit, model, ASSUMED if limit else "")


def context_update(
    line: ClaudeLine, tokens: int | None, limit: int | None = None, model: str = "", limit_source: str = ""
) -> ContextUpdate:
    """Return a context update with the compaction rule of the line's version."""
    return ContextUpdate(
        session=line.session,
        agent=line.agent,
        at=line.at,
        tokens=tokens,
        limit=limit,
        limit_source=limit_source,
        model=model,
        compaction_rule=compaction_rule(text(line.record.get("version"))),
        position=line.ref.offset,
    )


def _last_step(line: ClaudeLine, usage: Usage) -> int:
    """Return the tokens sent in the last step of a response; its own counts are the sum of all steps."""
    record = table(line.message.get("usage"))
    if "iterations" not in record:
        return usage.tokens.prompt
    steps = list(tables(record["iterations"]))
    prompts = (tokens_of(step).prompt for step in reversed(steps) if step.get("type") == "message")
    return next(filter(None, prompts), usage.tokens.prompt)


def _with_mark(model: str, name: str) -> str:
    """Return a response's model with the mark of a long window if ``name``, a name of the same model, has it."""
    return model + LONG_WINDOW if has_long_window(name) and is_name_of(transcript_model(name), model) else model
