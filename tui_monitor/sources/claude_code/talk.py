"""What is said in a transcript: by the agent, by the person, and by the program in the person's name."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import AgentMessage, CallState, Event, Prompt, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import NOTIFICATION
from tui_monitor.sources.claude_code.line import SYNTHETIC, Line
from tui_monitor.sources.claude_code.prompts import asked, local_command, local_output, passages
from tui_monitor.sources.claude_code.results import (
    INTERRUPTION,
    background_task,
    finished,
    is_result,
    structured_result,
)
from tui_monitor.sources.claude_code.state import State
from tui_monitor.sources.claude_code.tools import STOPPING, kind_of
from tui_monitor.sources.claude_code.turns import given_up
from tui_monitor.sources.claude_code.usage import printed_total, usages
from tui_monitor.sources.shared.fields import table, tables, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_EXITS = ("exit", "quit")


class Talk:
    """Reads messages and what takes their place, and moves the state on."""

    def __init__(self, state: State) -> None:
        self._state = state

    def assistant(self, line: Line) -> Iterator[Event]:
        """An answer of the model, or a part of it; or what the program says in its place."""
        message = line.message
        if message.get("model") == SYNTHETIC:
            if line.record.get("isApiErrorMessage") is True:
                yield given_up(line)
            return
        self._state.turns.stirred(line)
        told = list(usages(line, ResponseFingerprints(self._state.alike)))
        yield from told
        if told:
            yield from self._state.contexts.answered(line, told[0])
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else tables(content):
            yield from self._block(line, block)
        if message.get("stop_reason") == "end_turn":
            yield from self._state.turns.done(line)

    def user(self, line: Line) -> Iterator[Event]:
        """Results of calls, a prompt, or something the program writes like one."""
        content = line.message.get("content")
        structured = structured_result(line)
        for block in tables(content):
            if is_result(block):
                self._state.turns.stirred(line)
                yield from self._answer(line, block, structured)
        for passage in passages(content):
            yield from self._program_says(line, passage)
        if prompt := asked(line.record, content):
            self._state.queue.deliver(prompt)
            yield from self._prompt(line, prompt)

    def local_command(self, line: Line) -> Iterator[Event]:
        """A command that the program itself carries out, or its output."""
        yield from self._program_says(line, text(line.record.get("content")))

    def queue(self, line: Line) -> Iterator[Event]:
        """A prompt or a notification waits until the agent can take it, or is taken."""
        queue, content = self._state.queue, "\n".join(passages(line.record.get("content")))
        match line.record.get("operation"):
            case "enqueue" if content.startswith(NOTIFICATION):
                yield from self._state.background.notified(line, content)
            case "enqueue":
                queue.put(content)
            case "dequeue":
                queue.drop()
            case "remove":
                prompt = asked({}, queue.remove())
                if prompt and not prompt.startswith("/"):
                    yield from self._prompt(line, prompt)
            case "popAll":
                queue.clear()

    def attachment(self, line: Line) -> Iterator[Event]:
        """What is put beside a message; a prompt that was given during a turn among it."""
        attachment = table(line.record.get("attachment"))
        if attachment.get("type") != "queued_command":
            return
        for passage in passages(attachment.get("prompt")):
            yield from self._program_says(line, passage)
        prompt = asked(attachment, attachment.get("prompt"))
        if prompt and self._state.queue.attach(prompt):
            yield from self._prompt(line, prompt)

    def _block(self, line: Line, block: Record) -> Iterator[Event]:
        kind = text(block.get("type"))
        if kind in ("text", "thinking") and text(block.get(kind)).strip():
            yield AgentMessage(**line.where, text=block[kind], thinking=kind == "thinking")
        elif kind.endswith("tool_use"):
            yield from self._state.calls.started(line, block, self._state.background)
        elif is_result(block):
            yield from self._answer(line, block, {})

    def _answer(self, line: Line, block: Record, structured: Record) -> Iterator[Event]:
        call = self._state.calls.answer(text(block.get("tool_use_id")))
        if call is None:
            return
        event = finished(line, block, call, structured)
        yield event
        if event.state is CallState.BACKGROUND:
            self._state.background.launched(event, call, background_task(structured, event.output))
        kind = kind_of(call.tool)
        if kind is ToolKind.AGENT or "agentId" in structured:
            yield from self._state.agents.answered(line, event, call, structured)
        elif event.state is CallState.OK and kind is ToolKind.TODO:
            yield from self._state.plan.answered(line, call, structured)
        elif event.state is CallState.OK and (kind is ToolKind.WAIT or call.tool in STOPPING):
            yield from self._state.background.looked(line, event, call, structured)

    def _program_says(self, line: Line, passage: str) -> Iterator[Event]:
        if passage.startswith(NOTIFICATION):
            yield from self._state.background.notified(line, passage)
        elif passage.startswith(INTERRUPTION):
            yield from self._state.turns.interrupted(line)
        elif local_command(passage) in _EXITS:
            yield from self._state.turns.session_ended(line)
        elif output := local_output(passage):
            yield from printed_total(line, output)
            yield from self._state.contexts.printed(line, output)

    def _prompt(self, line: Line, prompt: str) -> Iterator[Event]:
        self._state.turns.stirred(line)
        yield Prompt(**line.where, text=prompt)
