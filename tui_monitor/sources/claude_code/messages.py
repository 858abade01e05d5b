"""Messages of a transcript: of the agent, of the person, and of the program in the person's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallProgress,
    CallState,
    CompactionSummary,
    Event,
    Prompt,
    SourceRef,
    ToolKind,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import NOTIFICATION, workflow_run
from tui_monitor.sources.claude_code.calls import OpenCall
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
    goal_of,
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
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, table, tables, text

_EXIT_COMMANDS = ("exit", "quit")


class ClaudeMessageHandler:
    """Reads lines with messages, each type by the method of its name, and updates the state."""

    def __init__(self, state: TranscriptState) -> None:
        self._state = state

    def assistant(self, line: ClaudeLine) -> list[Event]:
        """Read an answer of the model or a part of it, or a text of the program in its place."""
        message = line.message
        events: list[Event] = [*self._state.prompt.answer(line)] if self._state.prompt.text else []
        if message.get("model") == SYNTHETIC:
            if line.record.get("isApiErrorMessage") is True:
                self._state.requests.respond()
                events.append(abandoned_request(line))
            return events
        self._state.turns.activity(line)
        self._state.requests.respond()
        events += self._response(line)
        content = message.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else tables(content):
            events += self._block(line, block)
        if message.get("stop_reason") == "end_turn":
            events += self._state.turns.finish(line)
        return events

    def _response(self, line: ClaudeLine) -> list[Event]:
        """Read the usage of an answer."""
        observations = usages(line, self._state.fingerprint_names)
        if not observations:
            return []
        if (duration_ms := self._state.requests.duration_ms(line)) is not None:
            observations[0] = replace(observations[0], duration_ms=duration_ms)
        self._state.totals.response()
        return [*observations, *self._state.contexts.apply_usage(line, observations[0])]

    def user(self, line: ClaudeLine) -> list[Event]:
        """Read results of calls, a prompt, or a text that the program writes like one."""
        self._state.requests.respond()
        events: list[Event] = []
        content = line.message.get("content")
        results = [block for block in tables(content) if is_result(block)]
        structured = table(line.record.get("toolUseResult")) if len(results) == 1 else {}
        for block in results:
            self._state.turns.activity(line)
            events += self._result(line, block, structured)
        if line.record.get("isCompactSummary") is True:
            events.append(CompactionSummary(**line.fields, text="\n".join(passages(content))))
        if isinstance(content, list) and 0 < len(results) == len(content):
            return events
        for passage in passages(content):
            events += self._program_text(line, passage)
        if prompt := prompt_of(line.record, content):
            self._state.queue.deliver(prompt)
            events += self._prompt(line, prompt)
        return events

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
        self._state.reported_hooks.add(attachment)
        yield from attached_hook(line, attachment)
        if goal := goal_of(attachment):
            yield from self._prompt(line, goal)
        if attachment.get("type") != "queued_command":
            return
        for passage in passages(attachment.get("prompt")):
            yield from self._program_text(line, passage)
        prompt = prompt_of(attachment, attachment.get("prompt"))
        if prompt and self._state.queue.attach(prompt):
            yield from self._prompt(line, prompt)

    def _block(self, line: ClaudeLine, block: Record) -> Iterable[Event]:
        kind = text(block.get("type"))
        if kind in ("text", "thinking"):
            return self._message(line, block, kind)
        if kind.endswith("tool_use"):
            start = self._state.calls.start(line, block, self._state.background.subject, self._state.session.patience)
            return [*start, *self._early_result(line, text(block.get("id")))]
        return self._result(line, block, {}) if is_result(block) else ()

    def _message(self, line: ClaudeLine, block: Record, kind: str) -> list[AgentMessage]:
        words = text(block.get(kind))
        if not words.strip():
            return []
        final_after_ms = self._state.turns.final_after_ms(line, block, numbers(self._state.session.version))
        thinks = kind == "thinking"
        return [
            AgentMessage(
                session=line.session,
                agent=line.agent,
                at=line.at,
                text=words,
                thinking=thinks,
                final_after_ms=final_after_ms,
            )
        ]

    def _result(self, line: ClaudeLine, block: Record, structured: Record) -> Iterable[Event]:
        call_id = text(block.get("tool_use_id"))
        call = self._state.calls.answer(call_id)
        if call is None:
            return ()
        if not call.tool:
            self._state.calls.hold_early(call_id, line)
        result = result_of(line, block, call, structured)
        return [result, *self._consequences(line, result, call, structured)]

    def _consequences(
        self, line: ClaudeLine, result: CallFinished, call: OpenCall, structured: Record
    ) -> Iterator[Event]:
        """Apply what a result says of others: of a hook, a background task, an agent, the plan."""
        if result.error:
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

    def _early_result(self, line: ClaudeLine, call_id: str) -> Iterable[Event]:
        """Apply the result of a call whose line came before that of its start."""
        early = self._state.calls.take_early(call_id)
        return () if early is None else self._earlier_result(line, call_id, *early)

    def _earlier_result(self, line: ClaudeLine, call_id: str, record: Record, ref: SourceRef) -> Iterator[Event]:
        at = iso_to_epoch_ms(record.get("timestamp")) or line.at
        result_line = ClaudeLine(record, ref, line.session, line.agent, at, text(record.get("uuid")))
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
