"""Open tool calls of a transcript, and their progress."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from tui_monitor.events import CallProgress, CallStarted, SourceRef, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.changes import proposed_changes
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.permissions import CallPatience
from tui_monitor.sources.claude_code.tools import needed_arguments, target
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, text
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of

MAX_CALLS = 64
MAX_ARGUMENTS = 200_000
"""Longer arguments, in characters of JSON, are not kept for the result."""
MAX_EARLY_RESULTS = 8
MAX_EARLY_RESULT = 16_000
"""Longer lines with a result, in characters of JSON, are not kept for the start of its call."""

AGENT_PROGRESS = ("agent_progress", "skill_progress")

_MAX_SUBJECT = 200
_CHANGING = (ToolKind.EDIT, ToolKind.WRITE)
_RUNNING = (
    *AGENT_PROGRESS,
    "bash_progress",
    "mcp_progress",
    "powershell_progress",
    "query_update",
    "search_results_received",
    "waiting_for_task",
)
_CHANGE_OF_DIRECTORY = re.compile(r"\s*cd\s[^;&]*(?:&&|;)")


@dataclass(slots=True)
class OpenCall:
    """The facts of a call's start that its result needs. ``prompt`` is the digest of an agent's prompt."""

    tool: str = ""
    subject: str = ""
    note: str = ""
    prompt: str = ""
    arguments: Record = field(default_factory=dict)


class ToolCalls:
    """The open calls of a transcript. Results may be repeated, come without a known start, or before it."""

    def __init__(self, state: Record | None = None) -> None:
        """Continue from ``state``."""
        saved = state or {"open": {}, "answered": {}, "early": {}}
        opened = {call_id: OpenCall(**call) for call_id, call in saved["open"].items()}
        self._calls = OpenCalls(opened, saved["answered"], max_open=MAX_CALLS)
        self._early: dict[str, Record | None] = saved["early"]

    def state(self) -> Record:
        """Return everything needed to go on."""
        return {**self._calls.state(), "early": self._early}

    def hold_early(self, call_id: str, line: ClaudeLine) -> None:
        """Keep the line with the result of a call that has not started yet, unless it is too long."""
        line_json = as_json(line.record)
        saved = {"record": line.record, "ref": [*line.ref]} if len(line_json) <= MAX_EARLY_RESULT else None
        put_bounded(self._early, call_id, saved, MAX_EARLY_RESULTS)

    def take_early(self, call_id: str) -> tuple[Record, SourceRef] | None:
        """Return the line with a result that came before the start of its call, and forget it; None without one."""
        if call_id not in self._early:
            return None
        saved = self._early.pop(call_id)
        if saved is None:
            self._calls.answer(call_id)
            return None
        return saved["record"], SourceRef(*saved["ref"])

    def start(
        self,
        line: ClaudeLine,
        block: Record,
        subject_of_task: Callable[[str], str],
        patience_with: Callable[[ToolKind, int | None], CallPatience] = lambda kind, timeout_ms: CallPatience(),
    ) -> list[CallStarted]:
        """Open the call of a ``tool_use`` block and return its start; one that waits for a background task needs the
        subject of that."""
        call_id, name = text(block.get("id")), text(block.get("name"))
        if not call_id or (self._calls.is_answered(call_id) and call_id not in self._early):
            return []
        arguments = table(block.get("input"))
        tool, kind, subject, note = target(name, arguments)
        if kind is ToolKind.WAIT:
            note = subject_of_task(subject)
        arguments_json = as_json(arguments)
        prompt = _digest(text(arguments.get("prompt"))) if kind is ToolKind.AGENT else ""
        self._calls.reopen(call_id)
        needed = needed_arguments(name, arguments) if len(arguments_json) <= MAX_ARGUMENTS else {}
        timeout_ms = number(arguments.get("timeout"))
        patience = patience_with(kind, timeout_ms)
        self._calls.add(call_id, OpenCall(name, subject[:_MAX_SUBJECT], note[:_MAX_SUBJECT], prompt, needed))
        start = CallStarted(
            session=line.session,
            agent=line.agent,
            at=line.at,
            call=call_id,
            uid=f"{line.uuid}/{call_id}",
            tool=tool,
            kind=kind,
            subject=subject,
            note=note,
            input=arguments_json,
            model=text(line.message.get("model")),
            timeout_ms=timeout_ms,
            approval_after_ms=patience.approval_after_ms,
            held_after_ms=patience.held_after_ms,
            proposal=proposal_of(kind, arguments, proposed_changes(name, arguments) if kind in _CHANGING else ()),
            ref=line.ref,
        )
        return [start]

    def rename(self, line: ClaudeLine, call_id: str, call: OpenCall, subject: str, note: str) -> Iterator[CallStarted]:
        """Yield an answered call again, with a subject that only its result states."""
        tool, kind, *_ = target(call.tool, {})
        if call.tool and subject:
            uid = f"{line.uuid}/{call_id}"
            yield CallStarted(**line.fields, call=call_id, uid=uid, tool=tool, kind=kind, subject=subject, note=note)

    def answer(self, call_id: str) -> OpenCall | None:
        """Close a call. Return it, an empty one if its start is unknown, or None if it was answered before."""
        if not call_id or self._calls.is_answered(call_id):
            return None
        return self._calls.answer(call_id) or OpenCall()

    def get(self, call_id: str) -> OpenCall | None:
        """Return an open call."""
        return self._calls.get(call_id)

    def newest(self, tool: str = "") -> str:
        """Return the id of the open call that started last, of ``tool`` if given; empty if there is none."""
        newest_first = reversed(list(self._calls.items()))
        return next((call_id for call_id, call in newest_first if tool in ("", call.tool)), "")

    def with_prompt(self, prompt: str) -> str:
        """Return the id of the open call that gave an agent this prompt; empty if there is none."""
        digest = _digest(prompt)
        return next((call_id for call_id, call in self._calls.items() if call.prompt == digest), "")


def progress(line: ClaudeLine, call_id: str, data: Record) -> list[CallProgress]:
    """Return the progress of a call from the data of a ``progress`` line."""
    kind = data.get("type")
    if call_id and kind == "hook_progress" and data.get("hookEvent") == "PreToolUse":
        doing = f"hook {_program(text(data.get('command')))}".rstrip()
        return [CallProgress(**line.fields, call=call_id, doing=doing)]
    if not call_id or kind not in _RUNNING:
        return []
    elapsed_ms, lines = _elapsed_ms(data), number(data.get("totalLines"))
    output = text(data.get("fullOutput")) or text(data.get("output"))
    return [
        CallProgress(**line.fields, call=call_id, doing="running", elapsed_ms=elapsed_ms, lines=lines, output=output)
    ]


def _elapsed_ms(data: Record) -> int | None:
    seconds = data.get("elapsedTimeSeconds")
    return number(seconds * 1000) if isinstance(seconds, int | float) else number(data.get("elapsedTimeMs"))


def _program(command: str) -> str:
    """Return the name of the script that a command runs: its first word that is a path, else its first word."""
    words = [word.strip("\"'") for word in _CHANGE_OF_DIRECTORY.sub("", command, count=1).split()]
    word = next((word for word in words if "/" in word), words[0] if words else "")
    return word.rpartition("/")[2]


def _digest(prompt: str) -> str:
    return blake2b(prompt.strip().encode(errors="replace"), digest_size=8).hexdigest()
