"""Gemini CLI: chats of lines and of one document."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.gemini_builder import PATH, SESSION, Chat, call, diff_of, tokens
from tests.sources.otlp_builder import gemini, logs
from tests.sources.printed_builder import answered, ended, gemini_run, said, used
from tui_monitor.sources.base import Record

RULES: list[Rule] = []
SPENT = tokens(150, output=10, cached=50, thoughts=4, tool=5)
COST = (105 * 1.25 + 50 * 0.125 + 14 * 10) / 1e6
"""Cost of `SPENT` with the model of the chats."""
WRITTEN: Record = {"file_path": "valve.py", "content": "a\nb\n"}
SHOWN = diff_of("/p/valve.py", "@@ -0,0 +1,2 @@\n+a\n+b\n")


def chat(spent: Record = SPENT) -> Chat:
    """Return a chat of one response."""
    return Chat().asks("Mend the valve.").responds("Hm.", spent)


@rule(RULES, requests=1, input_tokens=105, cache_read_tokens=50, output_tokens=14, reasoning_tokens=4, cost_usd=COST)
def input_includes_cached_tokens_and_output_excludes_thoughts(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)


@rule(RULES, requests=1, total_tokens=169, tools=1, files_changed=1, lines_added=2)
def a_rewritten_message_counts_once(folder: Folder) -> None:
    folder.write(PATH.name, chat().calls(call("write_file", WRITTEN, resultDisplay=SHOWN)).records)


@rule(RULES, requests=1, total_tokens=169, cost_usd=COST, sessions=1)
def an_older_chat_is_one_document(folder: Folder) -> None:
    (folder.path / PATH.with_suffix(".json").name).write_bytes(chat().document())


@rule(RULES, context=150, limit=1_048_576)
def the_context_of_gemini_is_the_last_input(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)


@rule(RULES, requests=1, cost_is_lower_bound=True)
def the_programs_own_requests_are_in_no_chat(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)


@rule(RULES, limit=1_048_576, context=150)
def every_gemini_has_the_window_of_the_program(folder: Folder) -> None:
    folder.write(PATH.name, Chat().asks("Mend the valve.").responds("Hm.", SPENT, model="gemini-9-novel").records)


@rule(RULES, tools=2, tools_failed=1, tools_rejected=1)
def an_error_is_a_failure_and_a_cancelled_call_a_rejection(folder: Folder) -> None:
    failed = call("run_shell_command", {"command": "make"}, error="no rule", status="error")
    refused = call("run_shell_command", {"command": "rm x"}, call="call_2", status="cancelled")
    folder.write(PATH.name, chat().calls(failed, refused).records)


@rule(RULES, requests=1, unknown_types=0, skipped_lines=0)
def changes_of_the_header_are_not_messages(folder: Folder) -> None:
    folder.write(PATH.name, chat().sets(summary="Valves").records)


PRINTED = gemini_run(
    said("Mend the valve.", role="user"),
    used("run_shell_command", {"command": "make"}),
    answered(error="no rule"),
    ended(150, 10, cached=50, thoughts=4),
)


@rule(RULES, requests=0, input_tokens=100, cache_read_tokens=50, output_tokens=14, tools=1, tools_failed=1)
def the_end_of_printed_output_has_the_tokens_of_its_process(folder: Folder) -> None:
    folder.write("out.jsonl", PRINTED)


@rule(RULES, requests=0, total_tokens=2 * 164, sessions=1)
def printed_processes_of_one_session_add_up(folder: Folder) -> None:
    folder.write("out.jsonl", PRINTED)
    folder.write("again.jsonl", gemini_run(ended(150, 10, cached=50, thoughts=4), start=9))


@rule(RULES, requests=1, total_tokens=169, sessions=1)
def printed_output_beside_its_chat_is_not_read(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)
    folder.write("out.jsonl", PRINTED)


@rule(RULES, requests=2, total_tokens=169 + 7, cost_is_lower_bound=False)
def telemetry_has_the_programs_own_requests(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)
    counts = {"input_token_count": 150, "output_token_count": 10, "cached_content_token_count": 50}
    spent = {**counts, "thoughts_token_count": 4, "tool_token_count": 5, "model": "gemini-2.5-pro"}
    routed = {"input_token_count": 5, "output_token_count": 2, "model": "gemini-2.5-flash", "role": "utility_router"}
    responses = [
        gemini("api_response", at, **{**fields, "session.id": SESSION}) for at, fields in ((2, spent), (1, routed))
    ]
    folder.write("otlp.jsonl", [logs(*responses, service="gemini-cli")])
