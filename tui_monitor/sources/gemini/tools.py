"""What a call of a tool asks for: its kind, what it acts on, and a second thing worth telling."""

from __future__ import annotations

from collections.abc import Mapping

from tui_monitor.events import ToolKind
from tui_monitor.sources import call
from tui_monitor.sources.base import Record
from tui_monitor.sources.call import Asked

SHELL = "run_shell_command"
TODOS = "write_todos"

_KINDS: Mapping[str, ToolKind] = {
    SHELL: ToolKind.SHELL,
    "read_file": ToolKind.READ,
    "read_many_files": ToolKind.READ,
    "get_internal_docs": ToolKind.READ,
    "replace": ToolKind.EDIT,
    "edit": ToolKind.EDIT,
    "write_file": ToolKind.WRITE,
    "glob": ToolKind.SEARCH,
    "grep_search": ToolKind.SEARCH,
    "search_file_content": ToolKind.SEARCH,
    "list_directory": ToolKind.SEARCH,
    "google_web_search": ToolKind.WEB,
    "web_fetch": ToolKind.WEB,
    TODOS: ToolKind.TODO,
    "ask_user": ToolKind.ASK,
    "enter_plan_mode": ToolKind.PLAN,
    "exit_plan_mode": ToolKind.PLAN,
    "invoke_agent": ToolKind.AGENT,
    "delegate_to_agent": ToolKind.AGENT,
    "codebase_investigator": ToolKind.AGENT,
    "read_mcp_resource": ToolKind.MCP,
    "list_mcp_resources": ToolKind.MCP,
}
_MCP = "mcp_"
_SUBJECTS = (
    *("command", "file_path", "absolute_path", "pattern", "query", "url", "dir_path", "path", "prompt", "objective"),
    *("name", "title", "fact"),
)
_NOTES = ("description", "instruction", "include_pattern", "include", "agent_name", "reason")


def asked(name: str, given: Record, agent: str = "") -> Asked:
    """The call of this tool with these arguments; ``agent`` is the sub-agent that it started, if it did."""
    kind = _KINDS.get(name, ToolKind.AGENT if agent else ToolKind.OTHER)
    tool = name
    if kind is ToolKind.OTHER and ("__" in name or name.startswith(_MCP)):
        kind, tool = ToolKind.MCP, _server_and_tool(name)
    return call.asked(tool, kind, given, _SUBJECTS, _NOTES)


def _server_and_tool(name: str) -> str:
    """``mcp_<server>_<tool>``, or ``<server>__<tool>``; the name of a server has no underline."""
    server, _, tool = name.partition("__") if "__" in name else name.removeprefix(_MCP).partition("_")
    return f"{server}·{tool}"
