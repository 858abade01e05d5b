"""The tool calls of a transcript, from their beginning until they are answered."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from tui_monitor.events import CallStarted, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import Background
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall
from tui_monitor.sources.claude_code.tools import kept, target
from tui_monitor.sources.shared.fields import as_json, number, table, text
from tui_monitor.sources.shared.open_calls import OpenCalls

MAX_CALLS = 64
MAX_KEPT = 200_000
"""Longer arguments (in characters of JSON) are not kept until the answer comes."""
_MAX_SUBJECT = 200


class Calls:
    """The open calls of a transcript. Results may be repeated, and come without a known start."""

    def __init__(self, state: Record | None = None) -> None:
        """Continue from ``state``."""
        saved = state or {"open": {}, "answered": {}}
        opened = {call_id: OpenCall(**call) for call_id, call in saved["open"].items()}
        self._calls = OpenCalls(opened, saved["answered"], max_open=MAX_CALLS)

    def state(self) -> Record:
        """Return everything needed to go on."""
        return self._calls.state()

    def get(self, call_id: str) -> OpenCall | None:
        """Return an open call."""
        return self._calls.get(call_id)

    def newest(self, tool: str = "") -> str:
        """Return the id of the open call that started last, of ``tool`` if given; empty if there is none."""
        newest_first = reversed(list(self._calls.items()))
        return next((call_id for call_id, call in newest_first if tool in ("", call.tool)), "")

    def started(self, line: Line, block: Record, background: Background) -> Iterator[CallStarted]:
        """A block that asks for a tool."""
        call, name = text(block.get("id")), text(block.get("name"))
        if not call or self._calls.is_answered(call):
            return
        arguments = table(block.get("input"))
        tool, kind, subject, note = target(name, arguments)
        if kind is ToolKind.WAIT:
            note = background.subject(subject)
        given = as_json(arguments)
        prompt = _digest(text(arguments.get("prompt"))) if kind is ToolKind.AGENT else ""
        keep = kept(name, arguments) if len(given) <= MAX_KEPT else {}
        opened = OpenCall(name, subject[:_MAX_SUBJECT], note[:_MAX_SUBJECT], prompt, keep)
        self._calls.add(call, opened)
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
        if not call or self._calls.is_answered(call):
            return None
        return self._calls.answer(call) or OpenCall()

    def asking(self, prompt: str) -> str:
        """The open call that asked an agent for just this; empty when there is none."""
        digest = _digest(prompt)
        return next((id_ for id_, call in self._calls.items() if call.prompt == digest), "")


def _digest(prompt: str) -> str:
    return blake2b(prompt.strip().encode(errors="replace"), digest_size=8).hexdigest()
