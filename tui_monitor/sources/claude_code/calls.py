"""The tool calls of a transcript, from their beginning until they are answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Self

from tui_monitor.events import CallStarted, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import Background
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall
from tui_monitor.sources.claude_code.tools import kept, target
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, text

MAX_CALLS = 64
MAX_KEPT = 200_000
"""Longer arguments (in characters of JSON) are not kept until the answer comes."""
_MAX_SUBJECT = 200


@dataclass(slots=True)
class Calls:
    """The calls that are open, and the ids of those answered last: lines may be told twice."""

    open: dict[str, OpenCall] = field(default_factory=dict)
    answered: dict[str, None] = field(default_factory=dict)

    @classmethod
    def restored(cls, state: Record) -> Self:
        """From what was kept of it as JSON."""
        return cls({id_: OpenCall(**call) for id_, call in state["open"].items()}, state["answered"])

    def started(self, line: Line, block: Record, background: Background) -> Iterator[CallStarted]:
        """A block that asks for a tool."""
        call, name = text(block.get("id")), text(block.get("name"))
        if not call or call in self.answered:
            return
        arguments = table(block.get("input"))
        tool, kind, subject, note = target(name, arguments)
        if kind is ToolKind.WAIT:
            note = background.subject(subject)
        given = as_json(arguments)
        prompt = _digest(text(arguments.get("prompt"))) if kind is ToolKind.AGENT else ""
        keep = kept(name, arguments) if len(given) <= MAX_KEPT else {}
        opened = OpenCall(name, subject[:_MAX_SUBJECT], note[:_MAX_SUBJECT], prompt, keep)
        put_bounded(self.open, call, opened, MAX_CALLS)
        yield CallStarted(
            **line.where,
            call=call,
            uid=f"{line.uuid}/{call}",
            tool=tool,
            kind=kind,
            subject=subject,
            note=note,
            input=given,
            model=text(line.message.get("model")),
            timeout_ms=number(arguments.get("timeout")),
            ref=line.ref,
        )

    def answer(self, call: str) -> OpenCall | None:
        """The call that an answer is for (an empty one when its beginning is not known); None when it had one."""
        if not call or call in self.answered:
            return None
        put_bounded(self.answered, call, None, MAX_CALLS)
        return self.open.pop(call, None) or OpenCall()

    def asking(self, prompt: str) -> str:
        """The open call that asked an agent for just this; empty when there is none."""
        digest = _digest(prompt)
        return next((id_ for id_, call in self.open.items() if call.prompt == digest), "")


def _digest(prompt: str) -> str:
    return blake2b(prompt.strip().encode(errors="replace"), digest_size=8).hexdigest()
