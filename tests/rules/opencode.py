"""OpenCode's database."""

from __future__ import annotations

from contextlib import closing

from tests.rules.rule import Folder, Rule, rule
from tests.sources.opencode_builder import CHILD, ROOT, Sessions, completed, tokens

RULES: list[Rule] = []
SPENT = tokens(100, output=10, reasoning=4, read=50, cache_write=30)
PRICED = (100 * 3 + 14 * 15 + 50 * 0.3 + 30 * 3.75) / 1e6
"""Cost of `SPENT` with the model of the sessions."""
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


@rule(RULES, requests=2, cost_usd=0.25 + PRICED, cost_is_lower_bound=False)
def a_reported_cost_is_used_and_a_missing_one_is_computed(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        add_response(sessions, cost=0.25)
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
