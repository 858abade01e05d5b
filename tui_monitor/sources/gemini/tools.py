"""Tools of Gemini CLI: the request of a call (kind, subject, note) and its outcome (state, output, changed files)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines

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
    # Qwen Code's
    "exec": ToolKind.SHELL,
    "notebook_edit": ToolKind.EDIT,
    "lsp": ToolKind.SEARCH,
    "web_search": ToolKind.WEB,
    "todo_write": ToolKind.TODO,
    "ask_user_question": ToolKind.ASK,
    "agent": ToolKind.AGENT,
    "task": ToolKind.AGENT,
    "read_mcp_resource": ToolKind.MCP,
    "list_mcp_resources": ToolKind.MCP,
}
_MCP = "mcp_"
_SUBJECTS = (
    *("command", "file_path", "absolute_path", "pattern", "query", "url", "dir_path", "path", "prompt", "objective"),
    *("name", "title", "fact"),
)
_NOTES = ("description", "instruction", "include_pattern", "include", "agent_name", "subagent_type", "reason")


def call_request(name: str, arguments: Record, agent: str = "") -> ToolRequest:
    """Read the request of a tool call; ``agent`` is the sub-agent that it started, if any."""
    kind = _KINDS.get(name, ToolKind.AGENT if agent else ToolKind.OTHER)
    tool = name
    if kind is ToolKind.OTHER and ("__" in name or name.startswith(_MCP)):
        kind, tool = ToolKind.MCP, _server_and_tool(name)
    return tool_call.tool_request(tool, kind, arguments, _SUBJECTS, _NOTES)


def _server_and_tool(name: str) -> str:
    """Split ``mcp_<server>_<tool>`` or ``<server>__<tool>``; server names contain no underscore."""
    server, _, tool = name.partition("__") if "__" in name else name.removeprefix(_MCP).partition("_")
    return f"{server}·{tool}"


_STATES = {"success": CallState.OK, "error": CallState.FAILED, "cancelled": CallState.INTERRUPTED}
_REFUSED = re.compile(r"did not allow|denied by user|rejected by user|user (?:rejected|declined|denied)", re.IGNORECASE)
_BACKGROUND = re.compile(r"\bruns? in background|\brunning in background|\bmoved to background")
_EXIT_CODE = re.compile(r"^Exit Code: (\d{1,10})\s*$", re.MULTILINE)
_OUTPUT = re.compile(
    r"^(?:Output|Stdout): (?P<text>.*?)(?=^(?:Stderr|Error|Exit Code|Signal|Background PIDs|Process Group PGID): |\Z)",
    re.MULTILINE | re.DOTALL,
)
_MEASURE = re.compile(r"\b(?:Found|Listed|Read) (\d{1,15}) (?:matching )?(match|file|item|line)")
_PLURALS = {"match": "matches", "file": "files", "item": "files", "line": "lines"}
_CREATED = re.compile(r"new file|\bcreated\b", re.IGNORECASE)


def call_outcome(call: Record) -> CallOutcome | None:
    """Return the outcome of one of a message's ``toolCalls``; None while it has none."""
    state = _STATES.get(text(call.get("status")))
    if state is None:
        return None
    output, error = _answer(call)
    display = _display_text(call.get("resultDisplay"))
    if state is CallState.INTERRUPTED and _REFUSED.search(error):
        state = CallState.REJECTED
    if call.get("name") == SHELL:
        return _shell_outcome(state, output, error, display)
    is_done = state is CallState.OK
    changes = tuple(_changes(call, output)) if is_done else ()
    return CallOutcome(state, output or display, "" if is_done else error or display, None, _measure(display), changes)


def _shell_outcome(state: CallState, output: str, error: str, display: str) -> CallOutcome:
    """Return the outcome of a command: the person saw its output alone, the model also the exit code."""
    match = _EXIT_CODE.search(output or error)
    code = int(match[1]) if match else None
    if state is CallState.OK and code:
        state = CallState.FAILED
    elif state is CallState.OK and code is None and _BACKGROUND.search(output[:200]):
        state = CallState.BACKGROUND
    content = display or _command_output(output)
    has_failed = state is not CallState.OK and state is not CallState.BACKGROUND
    reason = (content if code else error) or error or content
    return CallOutcome(state, content, reason if has_failed else "", code, count_lines(content))


def _command_output(answer: str) -> str:
    """Return the output of a command in the answer to the model."""
    match = _OUTPUT.search(answer)
    content = match["text"].rstrip() if match else answer
    return "" if content == "(empty)" else content


def _answer(call: Record) -> tuple[str, str]:
    """Return output and error in the answer to the model."""
    responses = [table(table(part.get("functionResponse")).get("response")) for part in tables(call.get("result"))]
    outputs, errors = (
        "\n".join(filter(None, (text(response.get(key)) for response in responses))) for key in ("output", "error")
    )
    return outputs, errors


def _display_text(value: object) -> str:
    """Return the text that the person saw: a string, a summary, or lines of styled words."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        lines = (line for line in value if isinstance(line, list))
        return "\n".join("".join(text(word.get("text")) for word in tables(line)).rstrip() for line in lines).rstrip()
    return text(table(value).get("summary"))


def _measure(display: str) -> Measure | None:
    match = _MEASURE.search(display)
    return Measure(int(match[1]), _PLURALS[match[2]]) if match else None


def _changes(call: Record, output: str) -> Iterator[Change]:
    arguments, display = table(call.get("args")), table(call.get("resultDisplay"))
    path = text(display.get("filePath")) or text(arguments.get("file_path")) or text(arguments.get("absolute_path"))
    name = call.get("name")
    if not path:
        return
    if patch := text(display.get("fileDiff")):
        is_new = display.get("isNewFile") is True or (name == "write_file" and _is_created(output, path))
        kind = ChangeKind.CREATE if is_new else ChangeKind.MODIFY
        yield diffs.change(kind, path, diffs.extract_hunks(patch))
    elif name == "write_file":
        yield _write_change(path, arguments, output)
    elif name in ("replace", "edit"):
        yield _replace_change(path, arguments)
    elif name == "read_file":
        yield Change(ChangeKind.READ, path, lines=_requested_lines(arguments))


def _write_change(path: str, arguments: Record, output: str) -> Change:
    """Return the change of a written file when there is no diff; the old content of an overwritten file is unknown."""
    if _is_created(output, path):
        return diffs.change(ChangeKind.CREATE, path, diffs.creation(text(arguments.get("content"))))
    return Change(ChangeKind.MODIFY, path)


def _is_created(output: str, path: str) -> bool:
    return bool(_CREATED.search(output.partition(path)[0]))


def _replace_change(path: str, arguments: Record) -> Change:
    old, new = text(arguments.get("old_string")), text(arguments.get("new_string"))
    if not old:
        return diffs.change(ChangeKind.CREATE, path, diffs.creation(new))
    return diffs.change(ChangeKind.MODIFY, path, diffs.between_passages(old, new))


def proposed_changes(name: str, arguments: Record) -> tuple[Change, ...]:
    """Return the changes that a call will make if it is allowed to: whether a file to be written exists is unknown."""
    path = text(arguments.get("file_path")) or text(arguments.get("absolute_path"))
    if path and name == "write_file":
        return (diffs.change(ChangeKind.MODIFY, path, diffs.creation(text(arguments.get("content")))),)
    return (_replace_change(path, arguments),) if path and name in ("replace", "edit") else ()


def _requested_lines(arguments: Record) -> tuple[int, int] | None:
    """Return the requested lines: first and last, in older versions offset and limit."""
    first, last = number(arguments.get("start_line")), number(arguments.get("end_line"))
    if first and last:
        return first, max(first, last)
    limit = number(arguments.get("limit"))
    begin = (number(arguments.get("offset")) or 0) + 1
    return (begin, begin + limit - 1) if limit else None
