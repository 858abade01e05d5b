"""OpenCode: its database."""

from __future__ import annotations

from contextlib import closing

from tests.rules.rule import Folder, Rule, rule
from tests.sources.opencode_builder import CHILD, ROOT, Sessions, completed, tokens

RULES: list[Rule] = []
SPENT = tokens(100, output=10, reasoning=4, read=50, cache_write=30)
PRICED = (100 * 3 + 14 * 15 + 50 * 0.3 + 30 * 3.75) / 1e6
"""What `SPENT` costs with the model of the sessions."""
EDIT = "@@ -1 +1,2 @@\n-a\n+b\n+c\n"


def responds(sessions: Sessions, session: str = ROOT, cost: float = 0.0) -> str:
    """A response in a message of its own."""
    message = sessions.message("assistant", session=session)
    sessions.part(message, "step-finish", session, tokens=SPENT, cost=cost)
    sessions.complete(message, tokens=SPENT, cost=cost)
    return message


@rule(RULES, requests=1, input_tokens=100, cache_read_tokens=50, cache_creation_tokens=30, output_tokens=14)
def input_leaves_out_the_cache_and_output_the_reasoning(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        responds(sessions)


@rule(RULES, requests=2, total_tokens=2 * 194)
def a_step_and_its_message_are_one_response(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        responds(sessions)
        responds(sessions)


@rule(RULES, requests=2, cost_usd=0.25 + PRICED, cost_is_lower_bound=False)
def a_cost_that_is_told_stands_and_none_is_left_to_the_price_list(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        responds(sessions, cost=0.25)
        responds(sessions)


@rule(RULES, requests=2, sessions=1, agents=2)
def a_child_session_is_a_sub_agent_of_its_parent(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session().session(CHILD, ROOT)) as sessions:
        responds(sessions)
        responds(sessions, CHILD)


@rule(RULES, tools=1, files_changed=1, lines_added=2, lines_removed=1)
def an_edit_is_its_diff(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        arguments = {"filePath": "/p/valve.py", "oldString": "a", "newString": "b\nc"}
        sessions.tool(responds(sessions), "edit", completed(arguments, "", diff=f"--- valve.py\n+++ valve.py\n{EDIT}"))


@rule(RULES, tools=1, tools_failed=1)
def a_command_that_exits_with_an_error_failed(folder: Folder) -> None:
    with closing(Sessions(folder.path / "opencode.db").session()) as sessions:
        sessions.tool(responds(sessions), "bash", completed({"command": "make"}, "no rule", exit=2))
