"""Messages of a transcript: of the agent, of the person, and of the program in the person's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui_monitor.events import AgentMessage, CallProgress, CallState, CompactionSummary, Event, Prompt, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import NOTIFICATION, workflow_run
from tui_monitor.sources.claude_code.context_parts import attached_parts
from tui_monitor.sources.claude_code.context_report import reported_parts
from tui_monitor.sources.claude_code.hook_runs import attached_hook, refusal
from tui_monitor.sources.claude_code.line import SYNTHETIC, ClaudeLine
from tui_monitor.sources.claude_code.permissions import numbers
from tui_monitor.sources.claude_code.prompts import (
    IDLE_NOTIFICATION,
    STOP_HOOK_FEEDBACK,
    SYSTEM_NOTIFICATION,
    TEAMMATE_MESSAGE,
    local_command,
    local_output,
    passages,
    prompt_of,
    teammate_messages,
)
from tui_monitor.sources.claude_code.results import (
    INTERRUPTION,
    background_task,
    is_result,
    output_file,
    result_of,
    spawned_teammate,
    structured_result,
)
from tui_monitor.sources.claude_code.state import TranscriptState
from tui_monitor.sources.claude_code.tools import STOP_TOOLS, kind_of
from tui_monitor.sources.claude_code.totals import total_in_output
from tui_monitor.sources.claude_code.turns import abandoned_request
from tui_monitor.sources.claude_code.usage import usages
from tui_monitor.sources.shared.event_line import EventFields
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, table, tables, text

_EXIT_COMMANDS = ("exit", "quit")


class ClaudeMessageHandler:
    """Reads lines with messages, each type by the method of its name, and updates the state."""

    def __init__(self, state: TranscriptState) -> None:
        self._state = state

    def assistant(self, line: ClaudeLine) -> Iterator[Event]:
        """Read an answer of the model or a part of it, or a text of the program in its place."""
        message = line.message
        yield from self._state.prompt.answer(line)
        if message.get("model") == SYNTHETIC:
            if line.record.get("isApiErrorMessage") is True:
                self._state.requests.respond()
                yield abandoned_request(line)
            return
        self._state.turns.activity(line)
        self._state.requests.respond()
        observations = list(usages(line, self._state.fingerprints))
        if observations and (duration_ms := self._state.requests.duration_ms(line)) is not None:
            observations[0] = replace(observations[0], duration_ms=duration_ms)
        yield from observations
        if observations:
            self._state.totals.response()
            yield from self._state.contexts.apply_usage(line, observations[0])
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else tables(content):
            yield from self._block(line, block)
        if message.get("stop_reason") == "end_turn":
            yield from self._state.turns.finish(line)

    def user(self, line: ClaudeLine) -> Iterator[Event]:
        """Read results of calls, a prompt, or a text that the program writes like one."""
        self._state.requests.respond()
        content = line.message.get("content")
        structured = structured_result(line)
        for block in tables(content):
            if is_result(block):
                self._state.turns.activity(line)
                yield from self._result(line, block, structured)
        if line.record.get("isCompactSummary") is True:
            yield CompactionSummary(**line.fields, text="\n".join(passages(content)))
        for passage in passages(content):
            yield from self._program_text(line, passage)
        if prompt := prompt_of(line.record, content):
            self._state.queue.deliver(prompt)
            yield from self._prompt(line, prompt)

    def local_command(self, line: ClaudeLine) -> Iterator[Event]:
        """Read a command that the program itself executes, or its output."""
        yield from self._program_text(line, text(line.record.get("content")))

    def queue(self, line: ClaudeLine) -> Iterator[Event]:
        """Read a change of the queue of prompts and notifications."""
        queue, content = self._state.queue, "\n".join(passages(line.record.get("content")))
        match line.record.get("operation"):
            case "enqueue" if content.startswith(NOTIFICATION):
                yield from self._state.background.apply_notification(line, content)
            case "enqueue":
                queue.put(content)
            case "dequeue":
                queue.drop()
            case "remove":
                prompt = prompt_of({}, queue.remove(content))
                if prompt and not prompt.startswith("/"):
                    yield from self._prompt(line, prompt)
            case "popAll":
                queue.clear()

    def attachment(self, line: ClaudeLine) -> Iterator[Event]:
        """Read an attachment of a message; it may be a prompt that was given during a turn."""
        attachment = table(line.record.get("attachment"))
        if attachment.get("type") == "model":
            self._state.contexts.model_attached(line, attachment)
        yield from attached_parts(line, attachment)
        yield from attached_hook(line, attachment)
        if attachment.get("type") != "queued_command":
            return
        for passage in passages(attachment.get("prompt")):
            yield from self._program_text(line, passage)
        prompt = prompt_of(attachment, attachment.get("prompt"))
        if prompt and self._state.queue.attach(prompt):
            yield from self._prompt(line, prompt)

    def _block(self, line: ClaudeLine, block: Record) -> Iterator[Event]:
        kind = text(block.get("type"))
        if kind in ("text", "thinking") and text(block.get(kind)).strip():
            final_after_ms = self._state.turns.final_after_ms(line, block, numbers(self._state.session.version))
            yield AgentMessage(
                **line.fields, text=block[kind], thinking=kind == "thinking", final_after_ms=final_after_ms
            )
        elif kind.endswith("tool_use"):
            yield from self._state.calls.start(
                line, block, self._state.background.subject, self._state.session.patience
            )
            yield from self._early_result(line, text(block.get("id")))
        elif is_result(block):
            yield from self._result(line, block, {})

    def _result(self, line: ClaudeLine, block: Record, structured: Record) -> Iterator[Event]:
        call = self._state.calls.answer(text(block.get("tool_use_id")))
        if call is None:
            return
        if not call.tool:
            self._state.calls.hold_early(text(block.get("tool_use_id")), line)
        result = result_of(line, block, call, structured)
        yield result
        yield from refusal(line, result.error)
        if result.state is CallState.BACKGROUND:
            task = background_task(structured, result.output)
            self._state.background.add(result, call, task, structured)
            if file := output_file(task, result.output):
                yield CallProgress(**line.fields, call=result.call, output_file=file)
        if resumed := text(structured.get("resumedAgentId")):
            yield from self._state.background.resume(line, resumed, call)
        kind = kind_of(call.tool)
        if teammate := spawned_teammate(structured):
            yield from self._state.agents.spawn(line, teammate, call, structured)
        elif run := workflow_run(structured):
            yield from self._state.agents.launch_workflow(line, run, result.call, structured)
            name, summary = text(structured.get("workflowName")), text(structured.get("summary"))
            yield from self._state.calls.rename(line, result.call, call, summary or name, name if summary else "")
        elif kind is ToolKind.AGENT or "agentId" in structured:
            yield from self._state.agents.finish(line, result, call, structured)
        elif result.state is CallState.OK and kind is ToolKind.TODO:
            yield from self._state.plan.apply(line, call, structured)
        elif result.state is CallState.OK and (kind is ToolKind.WAIT or call.tool in STOP_TOOLS):
            yield from self._state.background.apply_poll(line, result, call, structured)

    def _early_result(self, line: ClaudeLine, call_id: str) -> Iterator[Event]:
        """Apply the result of a call whose line came before that of its start."""
        early = self._state.calls.take_early(call_id)
        if early is None:
            return
        record, ref = early
        fields = EventFields(
            session=line.session, agent=line.agent, at=iso_to_epoch_ms(record.get("timestamp")) or line.at
        )
        result_line = ClaudeLine(record, ref, fields, text(record.get("uuid")))
        structured = structured_result(result_line)
        for block in tables(result_line.message.get("content")):
            if is_result(block) and block.get("tool_use_id") == call_id:
                yield from self._result(result_line, block, structured)

    def _program_text(self, line: ClaudeLine, passage: str) -> Iterator[Event]:
        if passage.startswith((NOTIFICATION, SYSTEM_NOTIFICATION)):
            yield from self._state.background.apply_notification(line, passage)
        elif passage.lstrip().startswith(TEAMMATE_MESSAGE):
            yield from self._teammates(line, passage)
        elif passage.startswith(STOP_HOOK_FEEDBACK) and line.record.get("isMeta"):
            yield from self._state.turns.go_on(line)
        elif passage.startswith(INTERRUPTION):
            yield from self._state.turns.interrupt(line)
        elif local_command(passage) in _EXIT_COMMANDS:
            yield from self._state.turns.end_session(line)
        elif output := local_output(passage) or (passage if line.record.get("isMeta") else ""):
            yield from total_in_output(line, output, self._state.session.version)
            yield from self._state.contexts.window_in_output(line, output)
            yield from reported_parts(line, output)

    def _teammates(self, line: ClaudeLine, passage: str) -> Iterator[Event]:
        """Read messages of teammates: one that is idle has ended, until it says something again."""
        for name, message in teammate_messages(passage):
            yield from self._state.agents.teammate_reports(line, name, is_idle=IDLE_NOTIFICATION in message)

    def _prompt(self, line: ClaudeLine, prompt: str) -> Iterator[Event]:
        self._state.turns.activity(line)
        self._state.prompt.ask(line, prompt)
        yield Prompt(**line.fields, text=prompt)
