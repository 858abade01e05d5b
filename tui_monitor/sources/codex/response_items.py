"""Readers of the ``response_item`` lines of a rollout: the model's requests and the answers it received.

Messages and reasoning are read from events instead, where they come without the program's additions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tui_monitor.events import Event, ToolKind
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.codex import agents, context_parts, lines, results, tools
from tui_monitor.sources.codex.items import CallReport, image_report
from tui_monitor.sources.codex.lines import CodexLine, digest
from tui_monitor.sources.codex.messages import plan_updates
from tui_monitor.sources.codex.results import CodexToolResult
from tui_monitor.sources.codex.thread import ThreadState
from tui_monitor.sources.shared.fields import as_json, table, tables, text


def read_response_item(thread: ThreadState, item: Record, line: CodexLine) -> Iterable[Event]:
    """Return the events of one ``response_item``.

    Raises:
        UnknownRecord: its type is unknown.
    """
    kind = text(item.get("type"))
    if kind in lines.IGNORED_RESPONSE_ITEMS:
        return ()
    reader = _READERS.get(kind)
    if reader is None:
        raise UnknownRecord(f"response_item {kind}")
    return reader(thread, item, line)


def _function(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    name, arguments = _name_of(item), str(item["arguments"])
    request = tools.function_request(name, arguments, thread.facts.cwd, text(item.get("namespace")))
    if thread.facts.asks_person:
        request = request.asking_a_person()
    elif request.escalated:
        request = replace(request, escalated=False)
    yield from thread.calls.request(str(item["call_id"]), request, line)
    if request.kind is ToolKind.TODO:
        yield from plan_updates(table(tools.decode_json(arguments)).get("plan"), line)


def _custom(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    request = tools.custom_request(_name_of(item), str(item["input"]), thread.facts.cwd)
    request = request.asking_a_person() if thread.facts.asks_person else request
    yield from thread.calls.request(str(item["call_id"]), request, line)


def _name_of(item: Record) -> str:
    name = item["name"]
    if not isinstance(name, str):
        raise UnreadableRecord("the name of a tool is no text")
    return name


def _answer(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    yield from thread.calls.answer(str(item["call_id"]), results.read_result(item.get("output")), line)
    yield from agents.spawn_updates(item.get("output"), line)


def _shell(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    request = tools.function_request("local_shell", as_json(item["action"]), thread.facts.cwd)
    yield from thread.calls.request(str(item.get("call_id") or item["id"]), request, line)


def _search(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    action = table(item.get("action"))
    if action.get("type", "search") == "search":
        thread.usage.searches += 1
    if thread.duplicates.is_new("line", "web search"):
        call = text(item.get("id")) or digest(f"{line.session.id} {line.ref.offset}")
        yield from thread.calls.report(CallReport(call, tools.search_request(action), CodexToolResult()), line)


def _image(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    if thread.duplicates.is_new("line", "drawing"):
        yield from thread.calls.report(image_report(item), line)


def _tool_search(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    if call := text(item.get("call_id")):
        request = tools.function_request("tool_search", as_json(table(item.get("arguments"))), thread.facts.cwd)
        yield from thread.calls.request(call, request, line)


def _tool_search_answer(thread: ThreadState, item: Record, line: CodexLine) -> Iterator[Event]:
    if call := text(item.get("call_id")):
        names = [text(tool.get("name")) for tool in tables(item.get("tools"))]
        yield from thread.calls.answer(call, CodexToolResult(text="\n".join(names)), line)


_READERS: dict[str, Callable[[ThreadState, Record, CodexLine], Iterable[Event]]] = {
    "message": lambda thread, item, line: [
        *agents.notification_updates(item, line),
        *context_parts.message_parts(item, line),
    ],
    "function_call": _function,
    "function_call_output": _answer,
    "custom_tool_call": _custom,
    "custom_tool_call_output": _answer,
    "local_shell_call": _shell,
    "web_search_call": _search,
    "image_generation_call": _image,
    "tool_search_call": _tool_search,
    "tool_search_output": _tool_search_answer,
}
