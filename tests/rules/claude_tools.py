"""Claude Code's tool calls and their changes."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.claude_builder import Transcript, tool_use
from tui_monitor.sources.base import Record

RULES: list[Rule] = []
HUNK = {"oldStart": 3, "oldLines": 2, "newStart": 3, "newLines": 3, "lines": [" a", "-b", "+c", "+d"]}
NO_NEWLINE = {**HUNK, "lines": ["-b", "\\ No newline at end of file", "+c"]}


def write_call(folder: Folder, tool: str, arguments: Record, answer: str, structured: object = None) -> None:
    """Write a session with one call."""
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", tool, **arguments))
    transcript.result(answer, structured)
    folder.session(transcript)


def write_failed_call(folder: Folder, content: str, structured: object = None) -> None:
    """Write a session with one failed call."""
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.result(content, structured, error=True)
    folder.session(transcript)


def edit_result(**more: object) -> dict[str, object]:
    """Return the structured result of an edit."""
    return {"filePath": "/p/a.py", "oldString": "b", "newString": "c\nd", "originalFile": "a\nb\n", **more}


@rule(RULES, tools=1, tools_failed=0, tools_rejected=0)
def a_result_without_an_error_is_a_success(folder: Folder) -> None:
    write_call(folder, "Bash", {"command": "make"}, "built", {"stdout": "built", "stderr": "", "interrupted": False})


@rule(RULES, tools=1, tools_failed=1)
def an_error_is_a_failure(folder: Folder) -> None:
    write_failed_call(folder, "Exit code 2\nno rule", "Error: Exit code 2")


@rule(RULES, tools=1, tools_failed=1)
def a_call_refused_by_the_agents_own_checks_is_a_failure(folder: Folder) -> None:
    write_failed_call(folder, "<tool_use_error>File has not been read yet.</tool_use_error>")


@rule(RULES, tools=1, tools_failed=0, tools_rejected=1)
def a_refusal_by_a_person_is_a_rejection(folder: Folder) -> None:
    write_failed_call(folder, "The user doesn't want to proceed with this tool use. The tool use was rejected …")


@rule(RULES, tools=1, tools_failed=0, tools_rejected=1)
def an_interruption_is_a_rejection(folder: Folder) -> None:
    write_failed_call(folder, "[Request interrupted by user for tool use]")


@rule(RULES, tools=1)
def a_call_in_several_lines_counts_once(folder: Folder) -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.records.append({**transcript.records[-1], "uuid": "again"})
    transcript.result("built")
    transcript.records.append({**transcript.records[-1], "uuid": "and again"})
    folder.session(transcript)


@rule(RULES, tools=2)
def calls_of_agents_count(folder: Folder) -> None:
    main, agent = Transcript(), Transcript("a0b1")
    main.calls("Agent", prompt="look")
    agent.calls("Read", "call_2", file_path="/p/a.py")
    folder.session(main, agent)


@rule(RULES, files_changed=1, lines_added=2, lines_removed=1)
def an_edit_counts_the_lines_of_its_patch(folder: Folder) -> None:
    write_call(folder, "Edit", {"file_path": "/p/a.py"}, "updated", edit_result(structuredPatch=[HUNK]))


@rule(RULES, lines_added=1, lines_removed=1)
def a_missing_newline_is_not_a_line(folder: Folder) -> None:
    write_call(folder, "Edit", {"file_path": "/p/a.py"}, "updated", edit_result(structuredPatch=[NO_NEWLINE]))


@rule(RULES, files_changed=1, lines_added=4, lines_removed=2)
def a_patch_may_have_several_hunks(folder: Folder) -> None:
    edits = [{"old_string": "b", "new_string": "c"}, {"old_string": "e", "new_string": "f"}]
    structured = {"filePath": "/p/a.py", "edits": edits, "structuredPatch": [HUNK, HUNK]}
    write_call(folder, "MultiEdit", {"file_path": "/p/a.py", "edits": edits}, "updated", structured)


@rule(RULES, files_changed=1, lines_added=3, lines_removed=0)
def a_new_file_counts_as_added_though_its_patch_is_empty(folder: Folder) -> None:
    structured = {"type": "create", "filePath": "/p/a.py", "content": "a\nb\nc\n", "structuredPatch": []}
    write_call(folder, "Write", {"file_path": "/p/a.py", "content": "a\nb\nc\n"}, "File created", structured)


@rule(RULES, files_changed=0, lines_added=0, tools=1)
def reading_changes_nothing(folder: Folder) -> None:
    file = {"filePath": "/p/a.py", "content": "a", "numLines": 1, "startLine": 1, "totalLines": 1}
    write_call(folder, "Read", {"file_path": "/p/a.py"}, "1→a", {"type": "text", "file": file})


@rule(RULES, files_changed=1, lines_added=2, lines_removed=1)
def an_edit_without_a_structured_result_is_read_from_its_arguments(folder: Folder) -> None:
    write_call(folder, "Edit", {"file_path": "/p/a.py", "old_string": "b", "new_string": "c\nd"}, "updated")


@rule(RULES, files_changed=1, lines_added=2, lines_removed=2)
def edits_without_a_structured_result_are_read_from_their_arguments(folder: Folder) -> None:
    edits = [{"old_string": "b", "new_string": "c"}, {"old_string": "e", "new_string": "f"}]
    write_call(folder, "MultiEdit", {"file_path": "/p/a.py", "edits": edits}, "updated")


@rule(RULES, files_changed=1, lines_added=3, lines_removed=0)
def a_new_file_without_a_structured_result_is_read_from_its_arguments(folder: Folder) -> None:
    arguments = {"file_path": "/p/a.py", "content": "a\nb\nc\n"}
    write_call(folder, "Write", arguments, "File created successfully at: /p/a.py")


@rule(RULES, files_changed=0, tools_failed=1)
def a_failed_edit_has_no_changes(folder: Folder) -> None:
    transcript = Transcript()
    transcript.calls("Edit", file_path="/p/a.py", old_string="x", new_string="y")
    transcript.result("<tool_use_error>String to replace not found in file.</tool_use_error>", error=True)
    folder.session(transcript)


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def the_line_of_a_result_may_stand_before_that_of_its_call(folder: Folder) -> None:
    transcript = Transcript()
    transcript.calls("Edit", file_path="/p/a.py", old_string="b", new_string="c\nd")
    transcript.result("updated")
    transcript.records.reverse()
    folder.session(transcript)


@rule(RULES, tools=1, tools_failed=1)
def a_long_result_may_stand_before_its_call_too(folder: Folder) -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.result("Exit code 2\n" + "x" * 50_000, error=True)
    transcript.records.reverse()
    folder.session(transcript)


@rule(RULES, files_changed=4, lines_added=4, lines_removed=2)
def a_command_may_change_files(folder: Folder) -> None:
    files = [
        {"filePath": "/p/a.py", "hunks": [HUNK]},
        {"filePath": "/p/b.py", "hunks": [{**HUNK, "lines": ["-x"]}], "deleted": True},
        {"filePath": "/p/c.py", "hunks": [{**HUNK, "lines": ["+x", "+y"]}], "created": True},
    ]
    difference = {"files": files, "moreFiles": 1, "changedFiles": ["/p/a.py", "/p/b.py", "/p/c.py", "/p/d.py"]}
    structured = {"stdout": "", "stderr": "", "interrupted": False, "bashEditDiff": difference}
    write_call(folder, "Bash", {"command": "make"}, "(no output)", structured)


def write_denied_call(folder: Folder, **fields: object) -> None:
    """Write a session with a call that came to nothing, in the words for a refusal; ``fields`` are beside them."""
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    record = transcript.result("The user doesn't want to proceed with this tool use. The tool use was …", error=True)
    record.update(fields)
    folder.session(transcript)


@rule(RULES, tools_failed=1, tools_rejected=0)
def a_refusal_by_a_hook_or_a_rule_is_a_failure(folder: Folder) -> None:
    decision = {"decision": "reject", "source": "hook", "reasonType": "hook"}
    write_denied_call(folder, toolDenialKind="permission-rule", permissionDecision=decision)


@rule(RULES, tools_failed=0, tools_rejected=1)
def a_refusal_before_the_run_is_a_rejection(folder: Folder) -> None:
    write_denied_call(folder, toolDenialKind="user-rejected", toolDenialBeforeRun=True, version="2.1.332")


@rule(RULES, tools_failed=0, tools_rejected=1)
def a_stopped_call_is_a_rejection(folder: Folder) -> None:
    decision = {"decision": "accept", "source": "config"}
    write_denied_call(folder, toolDenialKind="interrupted", permissionDecision=decision)
