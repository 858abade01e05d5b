"""Claude Flow's ``token-usage.json``: its last 1,000 uses of tokens, and sums over all of them.

It knows no model, so its tokens have no price here; its own figure takes everything for the most expensive one.
"""

from __future__ import annotations

from collections import Counter

from tui_monitor.sources.base import Record
from tui_monitor.sources.imports.documents import objects_of, parse_document
from tui_monitor.sources.imports.model import ForeignStore, foreign_store
from tui_monitor.sources.shared.fields import count, table, text, to_epoch_ms

NAME = "claude-flow"
_HISTORY = "history"


def recognises(content: str) -> bool:
    """Return True for a document of this program, also a torn one."""
    pairs = (('"byAgent"', '"totals"'), ('"agentType"', '"inputTokens"'))
    return any(one in content and other in content for one, other in pairs)


def read(content: str) -> ForeignStore:
    """Return each use, and what the sums have beyond them as one."""
    uses, is_whole = objects_of(content, _HISTORY)
    repeated: Counter[str] = Counter()
    lines = [_line(use, repeated) for use in uses]
    notes = [] if is_whole else [f"the file is torn: what follows {len(lines):,} uses is lost"]
    totals = table((parse_document(content) or {}).get("totals"))
    rest = {
        name: max(0, count(totals.get(theirs)) - sum(count(use.get(f"{theirs}Tokens")) for use in uses))
        for name, theirs in (("input_tokens", "input"), ("output_tokens", "output"))
    }
    if any(rest.values()):
        at = min((to_epoch_ms(use.get("timestamp")) for use in uses), default=0) / 1000
        uid = f"{NAME}:rest:{rest['input_tokens']}:{rest['output_tokens']}"
        lines.append({"type": "usage", "uid": uid, "session_id": NAME, "timestamp": at, **rest})
        notes.append("the sums have more than the file lists: that is one usage, at the time of the first one listed")
    return foreign_store(NAME, lines, notes)


def _line(use: Record, repeated: Counter[str]) -> Record:
    at, session = to_epoch_ms(use.get("timestamp")), text(use.get("sessionId")) or NAME
    agent, command = text(use.get("agentType")), text(use.get("command"))
    key = f"{session}:{at}:{agent}:{command}:{count(use.get('inputTokens'))}:{count(use.get('outputTokens'))}"
    repeated[key] += 1
    line = {
        "type": "usage",
        "uid": f"{NAME}:{key}:{repeated[key]}",
        "session_id": session,
        "timestamp": at / 1000,
        "input_tokens": count(use.get("inputTokens")),
        "output_tokens": count(use.get("outputTokens")),
        "operation": command,
    }
    return {**line, "agent_id": f"{session}:{agent}"} if agent else line
