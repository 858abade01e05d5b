"""Claude Code's tools: their kinds, and the arguments that are shown or needed for the result."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text

_MCP_PREFIX = "mcp__"


class Tool(NamedTuple):
    """A tool with the names of its arguments: the first present of ``subject`` and ``note`` is shown; ``needed`` are
    those that the result needs.
    """

    kind: ToolKind
    subject: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


class Target(NamedTuple):
    """A call as it is shown: the tool, its kind, the subject it acts on, and a secondary detail."""

    tool: str
    kind: ToolKind
    subject: str
    note: str


_SHELL = Tool(ToolKind.SHELL, ("command",), ("description",))
_AGENT = Tool(ToolKind.AGENT, ("description", "name"), ("subagent_type",))
_EDIT = Tool(ToolKind.EDIT, ("file_path",), (), ("file_path", "old_string", "new_string"))
_PLAN = Tool(ToolKind.PLAN, ("plan",))
_WAIT = Tool(ToolKind.WAIT, ("task_id", "bash_id", "shell_id", "agentId"), (), ("task_id", "bash_id", "shell_id"))
_STOP = _WAIT._replace(kind=ToolKind.OTHER)
_TASKS = Tool(ToolKind.TODO, ("subject", "taskId"), ("status",), ("subject", "activeForm", "taskId", "status"))

TOOLS = {
    "Bash": _SHELL,
    "PowerShell": _SHELL,
    "Monitor": _SHELL,
    "BashOutput": _WAIT,
    "TaskOutput": _WAIT,
    "AgentOutputTool": _WAIT,
    "KillShell": _STOP,
    "KillBash": _STOP,
    "TaskStop": _STOP,
    "Read": Tool(ToolKind.READ, ("file_path",), ("offset",), ("file_path", "offset", "limit")),
    "NotebookRead": Tool(ToolKind.READ, ("notebook_path",), (), ("notebook_path",)),
    "Edit": _EDIT,
    "MultiEdit": _EDIT._replace(needed=("file_path", "edits")),
    "NotebookEdit": Tool(
        ToolKind.EDIT, ("notebook_path",), ("edit_mode",), ("notebook_path", "new_source", "edit_mode")
    ),
    "Write": Tool(ToolKind.WRITE, ("file_path",), (), ("file_path", "content")),
    "Glob": Tool(ToolKind.SEARCH, ("pattern",), ("path",)),
    "Grep": Tool(ToolKind.SEARCH, ("pattern",), ("path", "glob")),
    "LS": Tool(ToolKind.SEARCH, ("path",)),
    "LSP": Tool(ToolKind.SEARCH, ("operation",), ("filePath",)),
    "ToolSearch": Tool(ToolKind.SEARCH, ("query",)),
    "WebFetch": Tool(ToolKind.WEB, ("url",), ("prompt",)),
    "WebSearch": Tool(ToolKind.WEB, ("query",)),
    "web_fetch": Tool(ToolKind.WEB, ("url",)),
    "web_search": Tool(ToolKind.WEB, ("query",)),
    "Task": _AGENT,
    "Agent": _AGENT,
    "Workflow": Tool(ToolKind.AGENT, ("description", "name", "scriptPath")),
    "TodoRead": Tool(ToolKind.TODO),
    "TodoWrite": Tool(ToolKind.TODO, needed=("todos",)),
    "TaskCreate": _TASKS,
    "TaskUpdate": _TASKS,
    "TaskGet": _TASKS,
    "TaskList": _TASKS,
    "AskUserQuestion": Tool(ToolKind.ASK, ("question",)),
    "ExitPlanMode": _PLAN,
    "exit_plan_mode": _PLAN,
    "EnterPlanMode": Tool(ToolKind.OTHER),
    "Skill": Tool(ToolKind.OTHER, ("skill", "command"), ("args",)),
    "SlashCommand": Tool(ToolKind.OTHER, ("command",)),
    "Sleep": Tool(ToolKind.WAIT),
    "SendMessage": Tool(ToolKind.OTHER, ("to", "recipient"), ("summary",)),
    "ListMcpResourcesTool": Tool(ToolKind.MCP, ("server",)),
    "ReadMcpResourceTool": Tool(ToolKind.MCP, ("uri",), ("server",)),
}
"""Built-in tools with known arguments; of other tools the first text argument is shown."""

AGENT_TOOLS = ("Task", "Agent")
"""Tools whose background task is an agent with the same id."""
STOP_TOOLS = ("KillShell", "KillBash", "TaskStop")
"""Tools that end a background task."""


def kind_of(name: str) -> ToolKind:
    """Return the kind of a tool; OTHER for unknown ones and those of MCP servers."""
    tool = TOOLS.get(name)
    return tool.kind if tool else ToolKind.OTHER


def tool_name(name: str) -> str:
    """Return a tool's name as it is shown: ``server·tool`` for one of an MCP server."""
    if not name.startswith(_MCP_PREFIX):
        return name
    server, _, inner = name.removeprefix(_MCP_PREFIX).partition("__")
    return f"{server}·{inner}" if inner else server


def target(name: str, arguments: Record) -> Target:
    """Return a call of the tool ``name`` as it is shown."""
    if name.startswith(_MCP_PREFIX):
        return Target(tool_name(name), ToolKind.MCP, _first_text(arguments), "")
    tool = TOOLS.get(name)
    if tool is None:
        return Target(name, ToolKind.OTHER, _first_text(arguments), "")
    subject = _question(arguments) if tool.kind is ToolKind.ASK else ""
    return Target(name, tool.kind, subject or _first(arguments, tool.subject), _first(arguments, tool.note))


def needed_arguments(name: str, arguments: Record) -> Record:
    """Return the arguments that the result of the call needs."""
    tool = TOOLS.get(name)
    return {key: arguments[key] for key in tool.needed if key in arguments} if tool else {}


def _first(arguments: Record, keys: tuple[str, ...]) -> str:
    for key in keys:
        value = arguments.get(key)
        if value and isinstance(value, str | int):
            return str(value)
    return ""


def _first_text(arguments: Record) -> str:
    return next((value for value in arguments.values() if value and isinstance(value, str)), "")


def _question(arguments: Record) -> str:
    return next((text(question.get("question")) for question in tables(arguments.get("questions"))), "")
