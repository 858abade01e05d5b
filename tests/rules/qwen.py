"""Qwen Code: chats, events beside them, and forks. Made by the published source of its recorder, compared
with what 0.24.4 wrote."""

from __future__ import annotations

from tests.rules.rule import Folder, Rule, rule
from tests.sources.qwen_builder import AGENT, PATH, SESSION, QwenChat, counts

RULES: list[Rule] = []


def chat() -> QwenChat:
    """Return a chat of one response, which is in an event, too."""
    fields = {"input_token_count": 150, "output_token_count": 10, "cached_content_token_count": 50}
    fields |= {"thoughts_token_count": 4, "total_token_count": 160, "duration_ms": 900}
    asked = QwenChat().asks("Mend the valve.").event("api_response", **fields)
    return asked.responds("Hm.", usage=counts(150, 10, cached=50, thoughts=4))


@rule(RULES, requests=1, input_tokens=100, cache_read_tokens=50, output_tokens=10)
def input_of_qwen_includes_the_cache(folder: Folder) -> None:
    folder.write(PATH.name, QwenChat().asks("Hm.").responds("Hm.", usage=counts(150, 10, 50)).records)


@rule(RULES, requests=1, total_tokens=160, context=150, limit=1_000_000, cost_is_lower_bound=True)
def event_and_line_of_a_response_of_qwen_count_once(folder: Folder) -> None:
    usage = counts(150, 10, cached=50)
    fields = {"input_token_count": 150, "output_token_count": 10, "cached_content_token_count": 50}
    asked = QwenChat().asks("Hm.").event("api_response", total_token_count=160, **fields)
    folder.write(PATH.name, asked.responds("Hm.", usage=usage).records)


def scouted() -> QwenChat:
    """Return the chat, with the event of a response of its sub-agent."""
    asked = {"prompt_id": f"{SESSION}#{AGENT}#0", "subagent_name": "scout", "model": "qwen3-coder-plus"}
    return chat().event("api_response", input_token_count=90, output_token_count=10, total_token_count=100, **asked)


@rule(RULES, requests=2, total_tokens=260, agents=2, sessions=1)
def response_of_a_sub_agent_of_qwen_may_be_in_an_event_alone(folder: Folder) -> None:
    folder.write(f"chats/{PATH.name}", scouted().records)
    agent = QwenChat(agentId=AGENT, isSidechain=True).asks("Look.").responds("Seen.")
    folder.write(f"subagents/{SESSION}/agent-{AGENT}.jsonl", agent.records)


@rule(RULES, requests=2, total_tokens=260, agents=2, sessions=1)
def response_of_a_sub_agent_of_qwen_in_an_event_and_in_its_own_chat_counts_once(folder: Folder) -> None:
    folder.write(f"chats/{PATH.name}", scouted().records)
    agent = QwenChat(agentId=AGENT, isSidechain=True).asks("Look.").responds("Seen.", usage=counts(90, 10))
    folder.write(f"subagents/{SESSION}/agent-{AGENT}.jsonl", agent.records)


@rule(RULES, requests=1, sessions=2)
def fork_of_qwen_copies_lines_that_count_once(folder: Folder) -> None:
    folder.write(PATH.name, chat().records)
    copies = [{**record, "sessionId": "fork", "forkedFrom": {"sessionId": SESSION}} for record in chat().records]
    folder.write("fork.jsonl", copies)


@rule(RULES, unknown_types=0, skipped_lines=0, requests=1)
def records_of_the_program_of_qwen_are_no_responses(folder: Folder) -> None:
    folder.write(PATH.name, chat().system("slash_command", phase="invocation").records)
