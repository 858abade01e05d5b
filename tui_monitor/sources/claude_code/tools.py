"""What each of Claude Code's tools does, and which of its arguments say what it acts on."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text

_MCP_PREFIX = "mcp__"


class Tool(NamedTuple):
    """``subject`` and ``note`` name arguments: the first that is given counts. ``keeps`` names those that are needed
    again when the result comes."""

    kind: ToolKind
    subject: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


class Target(NamedTuple):
    """A call as it is shown: the tool's name, what it is, what it acts on, and a second thing worth telling."""

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
    "MultiEdit": _EDIT._replace(keeps=("file_path", "edits")),
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
    "TodoWrite": Tool(ToolKind.TODO, keeps=("todos",)),
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
"""All built-in tools whose arguments are known; of others the first text counts."""

AGENT_TOOLS = ("Task", "Agent")
"""The tools whose task in the background is an agent of the same name."""
STOPPING = ("KillShell", "KillBash", "TaskStop")
"""The tools that end a task in the background."""


def kind_of(name: str) -> ToolKind:
    """What a tool does; OTHER for those that are not known, and for servers' tools."""
    tool = TOOLS.get(name)
    return tool.kind if tool else ToolKind.OTHER


def target(name: str, arguments: Record) -> Target:
    """How a call of the tool ``name`` is shown."""
    if name.startswith(_MCP_PREFIX):
        server, _, inner = name.removeprefix(_MCP_PREFIX).partition("__")
        return Target(f"{server}·{inner}" if inner else server, ToolKind.MCP, _first_text(arguments), "")
    tool = TOOLS.get(name)
    if tool is None:
        return Target(name, ToolKind.OTHER, _first_text(arguments), "")
    subject = _question(arguments) if tool.kind is ToolKind.ASK else ""
    return Target(name, tool.kind, subject or _named(arguments, tool.subject), _named(arguments, tool.note))


def kept(name: str, arguments: Record) -> Record:
    """The arguments that are needed again when the call's result comes."""
    tool = TOOLS.get(name)
    return {key: arguments[key] for key in tool.keeps if key in arguments} if tool else {}


def _named(arguments: Record, keys: tuple[str, ...]) -> str:
    values = (arguments.get(key) for key in keys)
    return next((str(value) for value in values if value and isinstance(value, str | int)), "")


def _first_text(arguments: Record) -> str:
    return next((value for value in arguments.values() if value and isinstance(value, str)), "")


def _question(arguments: Record) -> str:
    return next((text(question.get("question")) for question in tables(arguments.get("questions"))), "")
