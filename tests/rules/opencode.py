"""OpenCode's database."""

from __future__ import annotations

from contextlib import closing

from tests.rules.rule import Folder, Rule, rule
from tests.sources.opencode_builder import CHILD, ROOT, START, Sessions, Steps, completed, tokens, tool
from tests.sources.printed_builder import opencode_call, opencode_step

RULES: list[Rule] = []
SPENT = tokens(100, output=10, reasoning=4, read=50, cache_write=30)
PRICED = (100 * 3 + 14 * 15 + 50 * 0.3 + 30 * 3.75) / 1e6
"""Cost of `SPENT` with the model of the sessions."""
FORK = "ses_fork"
NOVEMBER_MS = 1_794_304_800_000
"""The price list has OpenAI's service tiers since October 2026."""
EDIT = "@@ -1 +1,2 @@\n-a\n+b\n+c\n"


def add_response(sessions: Sessions, session: str = ROOT, cost: float = 0.0) -> str:
    """Add a response in a message of its own and return the message's id."""
    message = sessions.message("assistant", session=session)
    sessions.part(message, "step-finish", session, tokens=SPENT, cost=cost)
    sessions.complete(message, tokens=SPENT, cost=cost)
    return message


@rule(RULES, requests=1, input_tokens=100, cache_read_tokens=50, cache_creation_tokens=30, output_tokens=14)
def input_excludes_the_cache_and_output_excludes_reasoning(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions)


@rule(RULES, requests=2, total_tokens=2 * 194)
def a_step_and_its_message_are_one_response(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions)
        add_response(sessions)


@rule(RULES, requests=2, cost_usd=0.25 + PRICED)
def a_reported_cost_is_used_and_a_missing_one_is_computed(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions, cost=0.25)
        add_response(sessions)


@rule(RULES, requests=1, cost_is_lower_bound=True)
def the_request_for_a_title_is_in_no_table(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions)


@rule(RULES, requests=3, sessions=2, total_tokens=3 * 194)
def a_fork_copies_messages_with_their_times(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session().session(FORK, title="Valves (fork #1)")) as sessions:
        created = [sessions.created(add_response(sessions)) for _ in range(2)]
        for at in created:
            copy = sessions.message("assistant", session=FORK, time={"created": at, "completed": at + 5})
            sessions.part(copy, "step-finish", FORK, tokens=SPENT, cost=0)
        add_response(sessions, FORK)


@rule(RULES, requests=2, cost_usd=2 * 2.5 * (100 * 5 + 14 * 30 + 50 * 0.5 + 30 * 5) / 1e6, models=1)
def fast_models_are_the_fast_tier(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db", begin=NOVEMBER_MS).session()) as sessions:
        for _ in range(2):
            message = sessions.message("assistant", modelID="gpt-5.5-fast", providerID="openai")
            sessions.part(message, "step-finish", tokens=SPENT, cost=0)


@rule(RULES, requests=2, input_tokens=200, output_tokens=28, cache_read_tokens=100, tools=1, context=194)
def opencode_2_has_a_row_for_each_response(folder: Folder) -> None:
    with closing(Steps(folder.path / "opencode.db").session()) as sessions:
        sessions.prompt("Mend it.")
        sessions.response(SPENT, tool("bash", {"command": "ls"}, "a"))
        sessions.response(SPENT)
        sessions.step("idle", outcome="succeeded")


@rule(RULES, requests=4, sessions=2, total_tokens=4 * 194)
def a_migrated_session_counts_once_and_one_that_is_not_migrated_counts(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session().session(FORK, title="not migrated")) as old:
        times = [old.created(add_response(old)) for _ in range(2)]
        add_response(old, FORK)
        with closing(Steps(old.path, begin=START + 600_000).session()) as new:
            for at in times:
                new.response(SPENT, created=at)
            new.response(SPENT)


@rule(RULES, requests=3, sessions=1, total_tokens=3 * 194)
def a_session_that_goes_on_in_opencode_2_may_have_its_past_in_the_old_tables(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as old:
        add_response(old)
        add_response(old)
        with closing(Steps(old.path, begin=START + 600_000).session()) as new:
            new.response(SPENT)


@rule(RULES, limit=123_000, context=194)
def the_window_is_that_of_the_configuration(folder: Folder) -> None:
    place = folder.path / ".local/share/opencode"
    place.mkdir(parents=True)
    config = {"provider": {"anthropic": {"models": {"claude-sonnet-4-5": {"limit": {"context": 123_000}}}}}}
    folder.write(".config/opencode/opencode.json", [config])
    with closing(Sessions(place / "opencode.db").session()) as sessions:
        add_response(sessions)


@rule(RULES, requests=2, sessions=1, agents=2)
def a_child_session_is_a_sub_agent_of_its_parent(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session().session(CHILD, ROOT)) as sessions:
        add_response(sessions)
        add_response(sessions, CHILD)


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def an_edit_counts_the_lines_of_its_diff(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        arguments = {"filePath": "/p/valve.py", "oldString": "a", "newString": "b\nc"}
        sessions.tool(
            add_response(sessions), "edit", completed(arguments, "", diff=f"--- valve.py\n+++ valve.py\n{EDIT}")
        )


@rule(RULES, tools=1, tools_failed=1)
def a_command_with_an_exit_code_failed(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        sessions.tool(add_response(sessions), "bash", completed({"command": "make"}, "no rule", exit=2))


PRINTED = [opencode_call("bash", completed({"command": "make"}, "done", exit=0)), opencode_step(SPENT, cost=0.25)]


@rule(RULES, requests=1, total_tokens=194, cost_usd=0.25, cost_is_lower_bound=True, tools=1, context=194)
def printed_steps_are_responses_and_their_sum_a_lower_bound(folder: Folder) -> None:
    folder.write("out.jsonl", PRINTED)


@rule(RULES, requests=1, total_tokens=194, sessions=1)
def printed_output_beside_the_database_of_its_session_is_not_read(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions)
    folder.write("out.jsonl", PRINTED)


@rule(RULES, requests=1, input_tokens=100, output_tokens=14, sessions=1)
def fork_of_opencode_keeps_its_tables_in_a_database_of_its_own(folder: Folder) -> None:
    with closing(Sessions(folder.path / "kilo.db").session()) as sessions:
        add_response(sessions)


@rule(RULES, requests=2, agents=2, sessions=1)
def message_of_mimo_code_may_be_of_a_sub_agent(folder: Folder) -> None:
    with closing(Sessions(folder.path / "mimocode.db").session()) as sessions:
        sessions.connection.execute("ALTER TABLE message ADD COLUMN agent_id TEXT NOT NULL DEFAULT 'main'")
        add_response(sessions)
        message = add_response(sessions)
        sessions.connection.execute("UPDATE message SET agent_id = 'actor_1' WHERE id = ?", (message,))
