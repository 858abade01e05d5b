"""The ``response_item`` lines of a rollout: what the model asked for, and the answers that it was given.

Messages and reasoning stand here, too, but are told by events, and there without what the program added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tui_monitor.events import Event, ToolKind
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, lines, results, tools
from tui_monitor.sources.codex.items import Told, of_drawing
from tui_monitor.sources.codex.lines import Line, digest
from tui_monitor.sources.codex.messages import plan
from tui_monitor.sources.codex.results import Outcome
from tui_monitor.sources.codex.thread import Thread
from tui_monitor.sources.shared.fields import as_json, table, tables, text


def read(thread: Thread, item: Record, line: Line) -> Iterable[Event]:
    """The events of one ``response_item``.

    Raises:
        UnknownRecord: its type is not known.
    """
    kind = text(item.get("type"))
    if kind in lines.IGNORED_RESPONSE_ITEMS:
        return ()
    reader = _READERS.get(kind)
    if reader is None:
        raise UnknownRecord(f"response_item {kind}")
    return reader(thread, item, line)


def _function(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    name, arguments = str(item["name"]), str(item["arguments"])
    asked = tools.function(name, arguments, thread.facts.cwd, text(item.get("namespace")))
    yield from thread.calls.ask(str(item["call_id"]), asked, line)
    if asked.kind is ToolKind.TODO:
        yield from plan(table(tools.decoded(arguments)).get("plan"), line)


def _custom(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    asked = tools.custom(str(item["name"]), str(item["input"]), thread.facts.cwd)
    yield from thread.calls.ask(str(item["call_id"]), asked, line)


def _answer(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    yield from thread.calls.answer(str(item["call_id"]), results.read(item.get("output")), line)
    yield from agents.spawned(item.get("output"), line)


def _shell(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    asked = tools.function("local_shell", as_json(item["action"]), thread.facts.cwd)
    yield from thread.calls.ask(str(item.get("call_id") or item["id"]), asked, line)


def _search(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    action = table(item.get("action"))
    if action.get("type", "search") == "search":
        thread.meter.searches += 1
    if thread.twice.is_news("line", "web search"):
        call = text(item.get("id")) or digest(f"{line.session.id} {line.ref.offset}")
        yield from thread.calls.tell(Told(call, tools.search(action), Outcome()), line)


def _drawing(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    if thread.twice.is_news("line", "drawing"):
        yield from thread.calls.tell(of_drawing(item), line)


def _tool_search(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    if call := text(item.get("call_id")):
        asked = tools.function("tool_search", as_json(table(item.get("arguments"))), thread.facts.cwd)
        yield from thread.calls.ask(call, asked, line)


def _tools_found(thread: Thread, item: Record, line: Line) -> Iterator[Event]:
    if call := text(item.get("call_id")):
        names = [text(tool.get("name")) for tool in tables(item.get("tools"))]
        yield from thread.calls.answer(call, Outcome(text="\n".join(names)), line)


_READERS: dict[str, Callable[[Thread, Record, Line], Iterable[Event]]] = {
    "message": lambda thread, item, line: agents.notified(item, line),
    "function_call": _function,
    "function_call_output": _answer,
    "custom_tool_call": _custom,
    "custom_tool_call_output": _answer,
    "local_shell_call": _shell,
    "web_search_call": _search,
    "image_generation_call": _drawing,
    "tool_search_call": _tool_search,
    "tool_search_output": _tools_found,
}
