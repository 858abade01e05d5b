"""The ``event_msg`` lines of a rollout: turns, words, token counts, calls, and the items of newer versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tui_monitor.events import Event, Turn, TurnUpdate, WaitUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, items, lines
from tui_monitor.sources.codex.lines import Line, first_text, text_of
from tui_monitor.sources.codex.messages import plan
from tui_monitor.sources.codex.thread import Thread
from tui_monitor.sources.shared.fields import number, table, text

_EVENT, _ITEM = "event", "item"


def read(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    """The events of one ``event_msg``.

    Raises:
        UnknownRecord: its type, or that of its item, is not known.
    """
    kind = text(event.get("type"))
    if kind in lines.IGNORED_EVENTS:
        return ()
    if reader := _READERS.get(kind):
        return reader(thread, event, line)
    if told := items.of_event(event, thread.facts.cwd):
        return _call(thread, _EVENT, told, line)
    raise UnknownRecord(f"event_msg {kind}")


def compacted(thread: Thread, teller: str, line: Line) -> Iterator[Event]:
    """The context was compacted."""
    news = list(thread.talk.compacted(teller, thread.meter.context, line))
    yield from news
    if news:
        yield from thread.meter.forget_context(line)


def _call(thread: Thread, teller: str, told: items.Told, line: Line) -> Iterator[Event]:
    """Searches and drawings may have no id in the line that tells them, too."""
    named_once = {"web_search": "web search", "image_generation": "drawing"}.get(told.asked.tool)
    if named_once is None or thread.twice.is_news(teller, named_once):
        yield from thread.calls.tell(told, line)


def _item(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    item = event["item"]
    kind = text(item.get("type"))
    if kind in lines.IGNORED_ITEMS:
        return ()
    if reader := _ITEMS.get(kind):
        return reader(thread, item, line)
    if told := items.of_item(event, thread.facts.cwd):
        return (*_call(thread, _ITEM, told, line), *agents.of_event(item, line))
    raise UnknownRecord(f"item {kind}")


def _item_began(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    told = items.of_item(event, thread.facts.cwd)
    return thread.calls.tell(told._replace(outcome=None), line) if told else ()


def _count(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    return thread.meter.count(event, line)


def _began(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    thread.meter.window = number(event.get("model_context_window")) or thread.meter.window
    return thread.talk.began(line)


def _aborted(thread: Thread, event: Record, line: Line) -> Iterator[Event]:
    for told in thread.talk.aborted(event, line):
        if isinstance(told, TurnUpdate) and told.turn is Turn.INTERRUPTED:
            yield from thread.calls.abort(line)
        yield told


def _settings(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    return thread.facts.settle(table(event.get("thread_settings")), line)


def _titled(thread: Thread, event: Record, line: Line) -> Iterable[Event]:
    return thread.facts.name(event.get("thread_name"), line)


def _progress(doing: str) -> _Reader:
    return lambda thread, event, line: thread.calls.progress(str(event["call_id"]), doing, line)


def _asks(what: str) -> _Reader:
    def read(thread: Thread, event: Record, line: Line) -> Iterator[Event]:
        yield WaitUpdate(
            session=line.session,
            at=line.at,
            waiting=True,
            reason=first_text([event.get("reason"), what]),
            call=str(event.get("call_id") or ""),
        )

    return read


def _said(teller: str, *, thinking: bool = False) -> _Reader:
    def read(thread: Thread, told: Record, line: Line) -> Iterable[Event]:
        summary = text_of(told.get("summary_text"))
        words = first_text([told.get("message"), told.get("text"), summary]) or text_of(told.get("content"))
        return thread.talk.said(teller, words, line, thinking=thinking)

    return read


_Reader = Callable[[Thread, Record, Line], Iterable[Event]]

_READERS: dict[str, _Reader] = {
    "user_message": lambda thread, event, line: thread.talk.prompt(_EVENT, event, line),
    "agent_message": _said(_EVENT),
    "agent_reasoning": _said(_EVENT, thinking=True),
    "agent_reasoning_raw_content": _said(_EVENT, thinking=True),
    "token_count": _count,
    "task_started": _began,
    "turn_started": _began,
    "task_complete": lambda thread, event, line: thread.talk.done(event, line),
    "turn_complete": lambda thread, event, line: thread.talk.done(event, line),
    "turn_aborted": _aborted,
    "context_compacted": lambda thread, event, line: compacted(thread, _EVENT, line),
    "item_started": _item_began,
    "item_completed": _item,
    "error": lambda thread, event, line: thread.talk.failed(event, line, tried_again=False),
    "stream_error": lambda thread, event, line: thread.talk.failed(event, line, tried_again=True),
    "plan_update": lambda thread, event, line: plan(event.get("plan"), line),
    "thread_name_updated": _titled,
    "thread_settings_applied": _settings,
    "exec_command_output_delta": _progress("runs"),
    "terminal_interaction": _progress("runs on"),
    "exec_approval_request": _asks("to run a command"),
    "apply_patch_approval_request": _asks("to change files"),
    "request_permissions": _asks("for permissions"),
    "request_user_input": _asks("a question"),
    "elicitation_request": _asks("a server's question"),
    **dict.fromkeys(
        (
            "collab_agent_spawn_end",
            "collab_agent_interaction_end",
            "collab_waiting_end",
            "collab_close_end",
            "collab_resume_end",
            "sub_agent_activity",
        ),
        lambda thread, event, line: agents.of_event(event, line),
    ),
}

_ITEMS: dict[str, _Reader] = {
    "UserMessage": lambda thread, item, line: thread.talk.prompt(_ITEM, item, line),
    "AgentMessage": _said(_ITEM),
    "Plan": _said(_ITEM),
    "Reasoning": _said(_ITEM, thinking=True),
    "ContextCompaction": lambda thread, item, line: compacted(thread, _EVENT, line),
    "SubAgentActivity": lambda thread, item, line: agents.of_event(item, line),
}
