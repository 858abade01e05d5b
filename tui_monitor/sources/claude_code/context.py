"""How full the context window of each agent is, and what compactions did to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import MAIN, CompactionRule, CompactionUpdate, ContextUpdate, Usage
from tui_monitor.sources.claude_code.line import Line, in_transcripts
from tui_monitor.sources.shared.fields import count, number, put_bounded, table, text

COMPACTION = CompactionRule(reserve=20_000 + 13_000)
"""Claude Code keeps 20,000 tokens free for an answer, and a margin of 13,000: inferred from real compactions."""

_OLD_COMPACTION = CompactionRule(reserve=32_000 + 13_000)
_OLD_VERSIONS = ("1.", "2.0")
_MAX_AGENTS = 256
_PRINTED_WINDOW = re.compile(r"\d[kKmM]?\s*/\s*([1-9][\d,]{0,12}(?:\.\d)?)([kKmM]?)\b[^\n]{0,20}\(\d")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}


def compaction_rule(version: str) -> CompactionRule | None:
    """Return the compaction rule of a version of Claude Code where it is not `COMPACTION`."""
    return _OLD_COMPACTION if version.startswith(_OLD_VERSIONS) else None


@dataclass(slots=True)
class Contexts:
    """The occupancy told last, for each agent of the file; None when it is not known until the next response."""

    told: dict[str, int | None] = field(default_factory=dict)

    def answered(self, line: Line, usage: Usage) -> Iterator[ContextUpdate]:
        """A response tells what was sent to the model."""
        tokens = usage.tokens.prompt
        if tokens and tokens != self.told.get(usage.agent):
            yield self._tell(line, tokens, usage.model)

    def compacting(self, line: Line) -> Iterator[CompactionUpdate]:
        """An agent of the program's own begins to summarise the main chain; told once."""
        if line.where["agent"] not in self.told:
            put_bounded(self.told, line.where["agent"], None, _MAX_AGENTS)
            yield CompactionUpdate(**line.of_agent(MAIN), finished=False)

    def compacted(self, line: Line) -> Iterator[CompactionUpdate | ContextUpdate]:
        """A summary has taken the place of the conversation."""
        told = table(line.record.get("compactMetadata"))
        after = number(told.get("postTokens"))
        yield CompactionUpdate(
            **line.where,
            trigger=text(told.get("trigger")),
            before=number(told.get("preTokens")),
            after=after,
            duration_ms=number(told.get("durationMs")),
        )
        yield self._tell(line, after)

    def trimmed(self, line: Line) -> Iterator[CompactionUpdate | ContextUpdate]:
        """Old tool results were taken out."""
        told = table(line.record.get("microcompactMetadata"))
        saved = count(told.get("tokensSaved"))
        yield CompactionUpdate(
            **line.where, trigger=text(told.get("trigger")), before=number(told.get("preTokens")), trimmed=saved
        )
        known = self.told.get(line.where["agent"])
        if known is not None:
            yield self._tell(line, max(0, known - saved))

    def printed(self, line: Line, output: str) -> Iterator[ContextUpdate]:
        """The window in the output of ``/context``."""
        found = _PRINTED_WINDOW.search(output) if "Context Usage" in output else None
        if found:
            limit = round(float(found[1].replace(",", "")) * _UNITS[found[2].lower()])
            yield _update(line, self.told.get(line.where["agent"]), limit=limit)

    def sized(self, line: Line, limit: int, model: str) -> Iterator[ContextUpdate]:
        """The program tells how large the window is."""
        agent = line.where["agent"]
        if agent in self.told:
            yield _update(line, self.told[agent], limit, in_transcripts(model))

    def _tell(self, line: Line, tokens: int | None, model: str = "") -> ContextUpdate:
        put_bounded(self.told, line.where["agent"], tokens, _MAX_AGENTS)
        return _update(line, tokens, model=model)


def _update(line: Line, tokens: int | None, limit: int | None = None, model: str = "") -> ContextUpdate:
    rule = compaction_rule(text(line.record.get("version")))
    return ContextUpdate(**line.where, tokens=tokens, limit=limit, model=model, compaction_rule=rule)
