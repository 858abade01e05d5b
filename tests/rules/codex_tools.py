"""Codex: tool calls and their changes."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.codex_builder import PATH, Rollout

RULES: list[Rule] = []
PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-old\n+new\n+newer\n*** End Patch"
DIFF = {"/w/a.py": {"type": "update", "unified_diff": "@@ -1 +1,2 @@\n-old\n+new\n+newer\n", "move_path": None}}
DONE = '{"output":"Success","metadata":{"exit_code":0,"duration_seconds":0.1}}'


def write(folder: Folder, thread: Rollout) -> None:
    folder.write(PATH.name, thread.records)


@rule(RULES, tools=1, tools_failed=0)
def a_call_has_its_output(folder: Folder) -> None:
    write(folder, Rollout().call("shell", {"command": ["ls"]}).answer('{"output":"a","metadata":{"exit_code":0}}'))


@rule(RULES, tools=1, tools_failed=1)
def older_outputs_have_the_exit_code_in_json(folder: Folder) -> None:
    write(folder, Rollout().call("shell", {"command": ["false"]}).answer('{"output":"","metadata":{"exit_code":1}}'))


@rule(RULES, tools=1, tools_failed=1)
def newer_outputs_have_the_exit_code_in_a_header(folder: Folder) -> None:
    write(folder, Rollout().call("exec_command", {"cmd": "false"}).answer("Process exited with code 1\nOutput:\n"))


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def a_patch_may_be_a_tool_of_its_own(folder: Folder) -> None:
    write(folder, Rollout().custom("apply_patch", PATCH).answer(DONE))


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def a_patch_may_be_the_argument_of_a_function(folder: Folder) -> None:
    write(folder, Rollout().call("apply_patch", {"input": PATCH}).answer(DONE))


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def a_patch_may_be_in_a_shell_command(folder: Folder) -> None:
    command = ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF\n"]
    write(folder, Rollout().call("shell", {"command": command}).answer(DONE))


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def a_patch_may_be_the_command_itself(folder: Folder) -> None:
    write(folder, Rollout().call("shell", {"command": ["apply_patch", PATCH]}).answer(DONE))


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def an_item_has_the_diffs_of_a_patch(folder: Folder) -> None:
    thread = Rollout().custom("apply_patch", PATCH, "call_1")
    thread.item("FileChange", id="call_1", changes=DIFF, status="completed")
    write(folder, thread.answer(DONE, "call_1"))


@rule(RULES, tools=1, tools_failed=1)
def an_item_and_a_request_are_one_call(folder: Folder) -> None:
    thread = Rollout().call("exec_command", {"cmd": "false"}, "call_1")
    thread.item("CommandExecution", id="call_1", command=["bash", "-lc", "false"], exit_code=1, status="failed")
    write(folder, thread.answer("Process exited with code 1\nOutput:\n", "call_1"))


@rule(RULES, tools=1, files_changed=0, tools_failed=1)
def a_failed_patch_has_no_changes(folder: Folder) -> None:
    write(folder, Rollout().custom("apply_patch", PATCH).answer('{"output":"no","metadata":{"exit_code":1}}'))


@rule(RULES, tools=1)
def polling_a_command_is_not_a_call(folder: Folder) -> None:
    running = "Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\nsome\n"
    ended = "Wall time: 0.1 seconds\nProcess exited with code 0\nOutput:\nmore\n"
    thread = Rollout().call("exec_command", {"cmd": "make"}, "call_1").answer(running, "call_1")
    write(folder, thread.call("write_stdin", {"session_id": 7}, "call_2").answer(ended, "call_2"))


@rule(RULES, tools=2, tools_failed=1, files_changed=1)
def exec_output_has_calls_too(folder: Folder) -> None:
    command = {"id": "item_1", "type": "command_execution", "command": "false", "exit_code": 1, "status": "failed"}
    patch = {"type": "file_change", "changes": [{"path": "/w/a.py", "kind": "update"}], "status": "completed"}
    folder.write(
        "out.jsonl",
        [
            {"type": "thread.started", "thread_id": "0199aaaa"},
            {"type": "item.started", "item": {**command, "exit_code": None, "status": "in_progress"}},
            {"type": "item.completed", "item": command},
            {"type": "item.completed", "item": {"id": "item_2", **patch}},
        ],
    )


@rule(RULES, unknown_types=1, skipped_lines=0, tools=0)
def unknown_lines_are_counted_and_skipped(folder: Folder) -> None:
    write(folder, Rollout().line("novelty", {}).line("world_state", {}))


@rule(RULES, tools=1, tools_rejected=1, tools_failed=0)
def a_refused_command_has_no_output(folder: Folder) -> None:
    arguments = {"cmd": "rm -rf build", "sandbox_permissions": "require_escalated"}
    thread = Rollout().context(approvals_reviewer="user").call("exec_command", arguments)
    write(folder, thread.answer("Wall time: 4.0 seconds\naborted by user").event("turn_aborted", reason="interrupted"))
