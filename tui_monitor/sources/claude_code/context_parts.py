"""What every request contains before the conversation: system prompt, tools, servers, skills, agents, memory files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from tui_monitor.events import ContextPart
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.tools import tool_name
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text

MAX_ITEMS = 120
"""Items of a part that are emitted one by one, the largest; the others are one item."""
OTHERS = "others"

_LISTINGS = {
    "skill_listing": ("skills", "content", "skillCount"),
    "agent_listing_delta": ("agents", "addedLines", ""),
    "deferred_tools_delta": ("deferred tools", "addedLines", ""),
}
"""Attachments that list what the model can use: the name of the part, the field with its text, that with its items."""
_REMOVED = {"agent_listing_delta": "removedTypes", "deferred_tools_delta": "removedNames"}
_SERVER_PROBLEMS = {
    "pendingMcpServers": "pending",
    "failedMcpServers": "failed",
    "needsAuthMcpServers": "needs a login",
}
_RENDERED = ("environment", "model", "date", "remote_session_change")
_ENTRY = re.compile(r"^- ([^:\n]{1,120})", re.MULTILINE)
_MEMORY_FILE = re.compile(r"^Contents of (.{1,500}?)(?: \([^\n]*\))?:$", re.MULTILINE)


def request_shape(line: ClaudeLine) -> Iterator[ContextPart]:
    """Yield the sizes of the system prompt and the tools, which are written once for all requests of this shape."""
    shape = table(line.record.get("shape"))
    blocks = [text(block.get("text")) for block in tables(shape.get("system"))]
    yield from _fixed_parts(line, blocks, list(tables(shape.get("tools"))))


def attached_parts(line: ClaudeLine, attachment: Record) -> Iterator[ContextPart]:
    """Yield the sizes of what an attachment adds to the context, or lists."""
    kind = text(attachment.get("type"))
    if kind in _LISTINGS:
        yield from _listing(line, attachment, kind)
        yield from _servers(line, attachment)
    elif kind == "prompt_snapshot" and (tools := list(tables(attachment.get("tools")))):
        prompt = attachment.get("systemPrompt")
        yield from _fixed_parts(line, map(text, prompt if isinstance(prompt, list) else [prompt]), tools)
    elif kind == "session_context":
        yield from _session_context(line, table(attachment.get("context")))
    elif kind == "nested_memory":
        content = table(attachment.get("content"))
        path = text(content.get("path")) or text(attachment.get("path"))
        yield from _part(line, "memory", path, len(text(content.get("content"))))
    elif kind in _RENDERED:
        chars = sum(len(text(block.get("content"))) for block in tables(line.record.get("rendered")))
        yield from _part(line, "reminders", kind.replace("_", " "), chars)


def _fixed_parts(line: ClaudeLine, prompt: Iterable[str], tools: list[Record]) -> Iterator[ContextPart]:
    yield ContextPart(**line.fields, name="system prompt", chars=sum(map(len, prompt)))
    own, servers = dict[str, int](), dict[str, list[int]]()
    for tool in tools:
        name, chars = tool_name(text(tool.get("name"))), len(as_json(tool))
        server, separator, _ = name.partition("·")
        if separator:
            servers.setdefault(server, []).append(chars)
        else:
            own[name] = chars
    yield from _group(line, "tools", own)
    if servers:
        total = {server: sum(sizes) for server, sizes in servers.items()}
        yield from _group(line, "MCP servers", total, {server: len(sizes) for server, sizes in servers.items()})


def _listing(line: ClaudeLine, attachment: Record, kind: str) -> Iterator[ContextPart]:
    """Yield a listing and its entries; later ones name only what is new, or gone."""
    name, content, items = _LISTINGS[kind]
    listed = attachment.get(content)
    lines = [text(entry) for entry in listed] if isinstance(listed, list) else _entries(text(listed))
    entries = {_entry_name(entry): len(entry) for entry in lines}
    if attachment.get("isInitial") is False:
        removed = attachment.get(_REMOVED.get(kind, ""))
        gone = {text(entry): 0 for entry in (removed if isinstance(removed, list) else ())}
        yield from _details(line, name, gone | entries)
        return
    total = len(text(listed)) if isinstance(listed, str) else sum(map(len, lines))
    count = number(attachment.get(items)) if items else len(lines)
    yield ContextPart(**line.fields, name=name, chars=total, items=count)
    yield from _details(line, name, entries)


def _entries(listing: str) -> list[str]:
    """Return the entries of a listing in one text."""
    bounds = [*(match.start() for match in _ENTRY.finditer(listing)), len(listing)]
    return [listing[start:end] for start, end in pairwise(bounds)]


def _entry_name(entry: str) -> str:
    match = _ENTRY.match(entry)
    name = (match[1] if match else entry[:120]).strip()
    return tool_name(name)


def _servers(line: ClaudeLine, attachment: Record) -> Iterator[ContextPart]:
    """Yield the servers that are not there, each time all of them."""
    if not attachment.keys() & _SERVER_PROBLEMS.keys():
        return
    problems = dict[str, str]()
    for key, problem in _SERVER_PROBLEMS.items():
        servers = attachment.get(key)
        for server in servers if isinstance(servers, list) else ():
            problems[(text(server) or text(table(server).get("name")))[:120]] = problem
    yield ContextPart(**line.fields, name="missing servers", chars=0, items=len(problems))
    for server, problem in list(problems.items())[:MAX_ITEMS]:
        yield ContextPart(**line.fields, name=server, chars=0, group="missing servers", problem=problem)


def _session_context(line: ClaudeLine, context: Record) -> Iterator[ContextPart]:
    memory = text(context.get("claudeMd"))
    files = list(_MEMORY_FILE.finditer(memory))
    bounds = [*(match.start() for match in files), len(memory)]
    for match, (start, end) in list(zip(files, pairwise(bounds), strict=True))[:MAX_ITEMS]:
        yield from _part(line, "memory", match[1], end - start)
    if memory and not files:
        yield from _part(line, "memory", "CLAUDE.md", len(memory))
    yield from _part(line, "reminders", "git status", len(text(context.get("gitStatus"))))


def _part(line: ClaudeLine, group: str, name: str, chars: int) -> Iterator[ContextPart]:
    if name and chars:
        yield ContextPart(**line.fields, name=name, chars=chars, group=group)


def _group(
    line: ClaudeLine, name: str, sizes: Mapping[str, int], items: Mapping[str, int] | None = None
) -> Iterator[ContextPart]:
    yield ContextPart(**line.fields, name=name, chars=sum(sizes.values()), items=len(sizes))
    yield from _details(line, name, sizes, items)


def _details(
    line: ClaudeLine, group: str, sizes: Mapping[str, int], items: Mapping[str, int] | None = None
) -> Iterator[ContextPart]:
    largest = sorted(sizes, key=lambda name: -sizes[name])
    for name in largest[:MAX_ITEMS]:
        count = items.get(name) if items else None
        yield ContextPart(**line.fields, name=name, chars=sizes[name], items=count, group=group)
    if rest := largest[MAX_ITEMS:]:
        chars = sum(sizes[name] for name in rest)
        yield ContextPart(**line.fields, name=OTHERS, chars=chars, items=len(rest), group=group)
