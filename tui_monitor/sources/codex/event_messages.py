"""Readers of ``event_msg`` lines: turns, messages, token counts, calls, and the items of newer versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tui_monitor.events import AWAITED, Event, Turn, TurnUpdate, WaitUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, items, lines
from tui_monitor.sources.codex.lines import CodexLine, first_text, text_of
from tui_monitor.sources.codex.messages import plan_updates
from tui_monitor.sources.codex.thread import ThreadState
from tui_monitor.sources.shared.fields import number, table, text

_EVENT, _ITEM = "event", "item"


def read_event(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    """Return the events of one ``event_msg``.

    Raises:
        UnknownRecord: its type, or that of its item, is unknown.
    """
    kind = text(event.get("type"))
    if kind in lines.IGNORED_EVENTS:
        return ()
    if reader := _READERS.get(kind):
        return reader(thread, event, line)
    if report := items.report_of_event(event, thread.facts.cwd):
        return _call(thread, _EVENT, report, line)
    raise UnknownRecord(f"event_msg {kind}")


def compaction(thread: ThreadState, origin: str, line: CodexLine) -> Iterator[Event]:
    """Yield the events of a compaction."""
    updates = list(thread.messages.compact(origin, thread.usage.context, line))
    yield from updates
    if updates:
        yield from thread.usage.reset_context(line)


def _call(thread: ThreadState, origin: str, report: items.CallReport, line: CodexLine) -> Iterator[Event]:
    """Yield the events of a call. Searches and images may lack an id, so they are deduplicated by their kind."""
    label = {"web_search": "web search", "image_generation": "drawing"}.get(report.request.tool)
    if label is None or thread.duplicates.is_new(origin, label):
        yield from thread.calls.report(report, line)


def _item(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    item = event["item"]
    kind = text(item.get("type"))
    if kind in lines.IGNORED_ITEMS:
        return ()
    if reader := _ITEMS.get(kind):
        return reader(thread, item, line)
    if report := items.report_of_item(event, thread.facts.cwd):
        return (*_call(thread, _ITEM, report, line), *agents.activity_updates(item, line))
    raise UnknownRecord(f"item {kind}")


def _item_started(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    report = items.report_of_item(event, thread.facts.cwd)
    return thread.calls.report(report._replace(result=None), line) if report else ()


def _token_count(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    return thread.usage.read_count(event, line)


def _turn_started(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    thread.usage.window = number(event.get("model_context_window")) or thread.usage.window
    thread.usage.has_records = False
    return thread.messages.start_turn(event, line)


def _turn_aborted(thread: ThreadState, event: Record, line: CodexLine) -> Iterator[Event]:
    for update in thread.messages.abort_turn(event, line):
        if isinstance(update, TurnUpdate) and update.turn is Turn.INTERRUPTED:
            yield from thread.calls.abort(line)
        yield update


def _settings(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    return thread.facts.apply_settings(table(event.get("thread_settings")), line, is_complete=True)


def _thread_name(thread: ThreadState, event: Record, line: CodexLine) -> Iterable[Event]:
    return thread.facts.apply_title(event.get("thread_name"), line)


def _progress(doing: str) -> _Reader:
    return lambda thread, event, line: thread.calls.progress(str(event["call_id"]), doing, line)


def _wait(default: str) -> _Reader:
    def reader(thread: ThreadState, event: Record, line: CodexLine) -> Iterator[Event]:
        yield WaitUpdate(
            **line.fields,
            waiting=True,
            reason=first_text([event.get("reason"), default]),
            call=str(event.get("call_id") or ""),
        )

    return reader


def _text(origin: str, *, thinking: bool = False) -> _Reader:
    def reader(thread: ThreadState, record: Record, line: CodexLine) -> Iterable[Event]:
        summary = text_of(record.get("summary_text"))
        content = first_text([record.get("message"), record.get("text"), summary]) or text_of(record.get("content"))
        return thread.messages.add_message(origin, content, line, thinking=thinking)

    return reader


_Reader = Callable[[ThreadState, Record, CodexLine], Iterable[Event]]

_READERS: dict[str, _Reader] = {
    "user_message": lambda thread, event, line: thread.messages.add_prompt(_EVENT, event, line),
    "agent_message": _text(_EVENT),
    "agent_reasoning": _text(_EVENT, thinking=True),
    "agent_reasoning_raw_content": _text(_EVENT, thinking=True),
    "token_count": _token_count,
    "task_started": _turn_started,
    "turn_started": _turn_started,
    "task_complete": lambda thread, event, line: thread.messages.end_turn(event, line),
    "turn_complete": lambda thread, event, line: thread.messages.end_turn(event, line),
    "turn_aborted": _turn_aborted,
    "context_compacted": lambda thread, event, line: compaction(thread, _EVENT, line),
    "item_started": _item_started,
    "item_completed": _item,
    "error": lambda thread, event, line: thread.messages.fail_request(event, line, will_retry=False),
    "stream_error": lambda thread, event, line: thread.messages.fail_request(event, line, will_retry=True),
    "plan_update": lambda thread, event, line: plan_updates(event.get("plan"), line),
    "thread_name_updated": _thread_name,
    "thread_settings_applied": _settings,
    "exec_command_output_delta": _progress("running"),
    "terminal_interaction": _progress(AWAITED),
    "exec_approval_request": _wait("to run a command"),
    "apply_patch_approval_request": _wait("to change files"),
    "request_permissions": _wait("for permissions"),
    "request_user_input": _wait("a question"),
    "elicitation_request": _wait("a server's question"),
    **dict.fromkeys(
        (
            "collab_agent_spawn_end",
            "collab_agent_interaction_end",
            "collab_waiting_end",
            "collab_close_end",
            "collab_resume_end",
            "sub_agent_activity",
        ),
        lambda thread, event, line: agents.activity_updates(event, line),
    ),
}

_ITEMS: dict[str, _Reader] = {
    "UserMessage": lambda thread, item, line: thread.messages.add_prompt(_ITEM, item, line),
    "AgentMessage": _text(_ITEM),
    "Plan": _text(_ITEM),
    "Reasoning": _text(_ITEM, thinking=True),
    "ContextCompaction": lambda thread, item, line: compaction(thread, _EVENT, line),
    "SubAgentActivity": lambda thread, item, line: agents.activity_updates(item, line),
}
