"""What a call of a tool asks for: its kind, what it acts on, and a second thing worth telling."""

from __future__ import annotations

from collections.abc import Mapping

from tui_monitor.events import ToolKind
from tui_monitor.sources import call
from tui_monitor.sources.base import Record
from tui_monitor.sources.call import Asked

TODOS = "todowrite"

_KINDS: Mapping[str, ToolKind] = {
    "bash": ToolKind.SHELL,
    "read": ToolKind.READ,
    "edit": ToolKind.EDIT,
    "multiedit": ToolKind.EDIT,
    "patch": ToolKind.EDIT,
    "apply_patch": ToolKind.EDIT,
    "write": ToolKind.WRITE,
    "grep": ToolKind.SEARCH,
    "glob": ToolKind.SEARCH,
    "list": ToolKind.SEARCH,
    "codesearch": ToolKind.SEARCH,
    "lsp": ToolKind.SEARCH,
    "webfetch": ToolKind.WEB,
    "websearch": ToolKind.WEB,
    "task": ToolKind.AGENT,
    TODOS: ToolKind.TODO,
    "todoread": ToolKind.TODO,
    "question": ToolKind.ASK,
    "plan_enter": ToolKind.PLAN,
    "plan_exit": ToolKind.PLAN,
}
_SUBJECTS = ("command", "filePath", "pattern", "url", "query", "prompt", "path", "name")
_NOTES = ("description", "include", "path")


def kind_of(name: str) -> ToolKind:
    """The kind of a tool. One of an MCP server bears the server's name first; so do few others."""
    return _KINDS.get(name, ToolKind.MCP if "_" in name.strip("_") else ToolKind.OTHER)


def asked(name: str, given: Record) -> Asked:
    """The call of this tool with these arguments."""
    kind = kind_of(name)
    if kind is ToolKind.AGENT:
        return call.asked(name, kind, given, ("description", "prompt"), ("subagent_type",))
    tool = name.replace("_", "·", 1) if kind is ToolKind.MCP else name
    return call.asked(tool, kind, given, _SUBJECTS, _NOTES)
