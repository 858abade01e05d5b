"""x"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import CallState, Change, ChangeKind, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared import diffs, tool_call
from tui_monitor.sources.shared.fields import number, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome, ToolRequest, count_lines
from tui_monitor.sources.shared.unified_diff import hunks

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


def asked(name: str, given: Record, agent: str = "") -> ToolRequest:
    """The call of this tool with these arguments; ``agent`` is the sub-agent that it started, if it did."""
    kind = _KINDS.get(name, ToolKind.AGENT if agent else ToolKind.OTHER)
    tool = name
    if kind is ToolKind.OTHER and ("__" in name or name.startswith(_MCP)):
        kind, tool = ToolKind.MCP, _server_and_tool(name)
    return tool_call.tool_request(tool, kind, given, _SUBJECTS, _NOTES)


def _server_and_tool(name: str) -> str:
    """``mcp_<server>_<tool>``, or ``<server>__<tool>``; the name of a server has no underline."""
    server, _, tool = name.partition("__") if "__" in name else name.removeprefix(_MCP).partition("_")
    return f"{server}·{tool}"


_STATES = {"success": CallState.OK, "error": CallState.FAILED, "cancelled": CallState.INTERRUPTED}
_REFUSED = re.compile(r"did not allow|denied by user|rejected by user|user (?:rejected|declined|denied)", re.IGNORECASE)
_BY_ITSELF = re.compile(r"\bruns? in background|\brunning in background|\bmoved to background")
_EXIT_CODE = re.compile(r"^Exit Code: (\d{1,10})\s*$", re.MULTILINE)
_SAID = re.compile(
    r"^(?:Output|Stdout): (?P<said>.*?)(?=^(?:Stderr|Error|Exit Code|Signal|Background PIDs|Process Group PGID): |\Z)",
    re.MULTILINE | re.DOTALL,
)
_MEASURE = re.compile(r"\b(?:Found|Listed|Read) (\d{1,15}) (?:matching )?(match|file|item|line)")
_PLURALS = {"match": "matches", "file": "files", "item": "files", "line": "lines"}
_CREATED = re.compile(r"new file|\bcreated\b", re.IGNORECASE)


def outcome(call: Record) -> CallOutcome | None:
    """The result of one of a message's ``toolCalls``; None while it has none."""
    state = _STATES.get(text(call.get("status")))
    if state is None:
        return None
    output, error = _answer(call)
    shown = _shown(call.get("resultDisplay"))
    if state is CallState.INTERRUPTED and _REFUSED.search(error):
        state = CallState.REJECTED
    if call.get("name") == SHELL:
        return _of_shell(state, output, error, shown)
    done = state is CallState.OK
    changes = tuple(_changes(call, output)) if done else ()
    return CallOutcome(state, output or shown, "" if done else error or shown, None, _measure(shown), changes)


def _of_shell(state: CallState, output: str, error: str, shown: str) -> CallOutcome:
    """A command. What a person was shown is its output alone; what the model got names the exit code, too."""
    found = _EXIT_CODE.search(output)
    code = int(found[1]) if found else None
    if state is CallState.OK and code:
        state = CallState.FAILED
    elif state is CallState.OK and code is None and _BY_ITSELF.search(output[:200]):
        state = CallState.BACKGROUND
    said = shown or _said(output)
    failed = state is not CallState.OK and state is not CallState.BACKGROUND
    return CallOutcome(state, said, (error or said) if failed else "", code, count_lines(said))


def _said(output: str) -> str:
    """What a command wrote, of what the model was told of it."""
    found = _SAID.search(output)
    said = found["said"].rstrip() if found else output
    return "" if said == "(empty)" else said


def _answer(call: Record) -> tuple[str, str]:
    """What the model was given: output and error."""
    responses = [table(table(part.get("functionResponse")).get("response")) for part in tables(call.get("result"))]
    outputs, errors = (
        "\n".join(filter(None, (text(told.get(key)) for told in responses))) for key in ("output", "error")
    )
    return outputs, errors


def _shown(display: object) -> str:
    """What a person was shown, as far as it is text: words, a summary, or lines of styled words."""
    if isinstance(display, str):
        return display
    if isinstance(display, list):
        lines = (line for line in display if isinstance(line, list))
        return "\n".join("".join(text(word.get("text")) for word in tables(line)).rstrip() for line in lines).rstrip()
    return text(table(display).get("summary"))


def _measure(shown: str) -> Measure | None:
    found = _MEASURE.search(shown)
    return Measure(int(found[1]), _PLURALS[found[2]]) if found else None


def _changes(call: Record, output: str) -> Iterator[Change]:
    given, shown = table(call.get("args")), table(call.get("resultDisplay"))
    path = text(shown.get("filePath")) or text(given.get("file_path")) or text(given.get("absolute_path"))
    name = call.get("name")
    if not path:
        return
    if patch := text(shown.get("fileDiff")):
        kind = ChangeKind.CREATE if shown.get("isNewFile") is True else ChangeKind.MODIFY
        yield diffs.change(kind, path, hunks(patch))
    elif name == "write_file":
        yield _written(path, given, output)
    elif name in ("replace", "edit"):
        yield _replaced(path, given)
    elif name == "read_file":
        yield Change(ChangeKind.READ, path, lines=_lines_read(given))


def _written(path: str, given: Record, output: str) -> Change:
    """A file that was written, where no diff is told: of one that was overwritten nobody tells what was there."""
    if _CREATED.search(output.partition(path)[0]):
        return diffs.change(ChangeKind.CREATE, path, diffs.created(text(given.get("content"))))
    return Change(ChangeKind.MODIFY, path)


def _replaced(path: str, given: Record) -> Change:
    old, new = text(given.get("old_string")), text(given.get("new_string"))
    if not old:
        return diffs.change(ChangeKind.CREATE, path, diffs.created(new))
    return diffs.change(ChangeKind.MODIFY, path, diffs.unplaced(old, new))


def _lines_read(given: Record) -> tuple[int, int] | None:
    """The lines asked for: by their numbers, in older versions by how many to leave out and to read."""
    first, last = number(given.get("start_line")), number(given.get("end_line"))
    if first and last:
        return first, max(first, last)
    limit = number(given.get("limit"))
    begin = (number(given.get("offset")) or 0) + 1
    return (begin, begin + limit - 1) if limit else None
