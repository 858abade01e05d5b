"""What the readers of Codex lines share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from tui_monitor.events import SessionKey, SourceRef
from tui_monitor.sources.shared.fields import MAX_COUNT, count

SOURCE = "codex"


@dataclass(frozen=True, slots=True)
class Line:
    """Where the events of one line belong: the session, the time (epoch ms), the place in the file, the model."""

    session: SessionKey
    at: int
    ref: SourceRef
    model: str = ""


def digest(text: str) -> str:
    """A short name of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def text_of(content: Any) -> str:
    """The words of a message or result: a text, or a list of parts of which some are text and others pictures."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content] if content else []
    return "\n".join(filter(None, map(_part, parts)))


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part or "")
    if isinstance(part.get("text"), str):
        return str(part["text"])
    kind = str(part.get("type", ""))
    return "[image]" if "image" in kind else f"[{kind}]" if kind else ""


def millis(duration: object) -> int | None:
    """Milliseconds of a duration told as ``{"secs": …, "nanos": …}`` or in seconds; None where it is not told."""
    if isinstance(duration, dict):
        return count(duration.get("secs")) * 1000 + count(duration.get("nanos")) // 1_000_000
    return round(duration * 1000) if isinstance(duration, int | float) and 0 <= duration < MAX_COUNT else None


def first_text(values: Iterable[Any]) -> str:
    """The first of them that is a text and not empty."""
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


class Twice:
    """Knows again what two kinds of lines tell: an event and an item, a line and an event.

    Within one turn the same words told by two tellers are one thing; told twice by one teller they are two.
    """

    _KEPT = 8

    def __init__(self, told: dict[str, list[str]]) -> None:
        self._told = told

    def is_news(self, teller: str, what: str) -> bool:
        """Whether no other teller has told this; then it is remembered."""
        for other, told in self._told.items():
            if other != teller and what in told:
                told.remove(what)
                return False
        told = self._told.setdefault(teller, [])
        told.append(what)
        del told[: -self._KEPT]
        return True

    def turn(self) -> None:
        """A new turn: nothing told before is told again."""
        self._told.clear()

    def state(self) -> dict[str, list[str]]:
        """What is waiting to be told by another."""
        return self._told


_LINES = """
    world_state inter_agent_communication inter_agent_communication_metadata retained_context realtime_item
    security_risk_score agent_response_observation tool_manifest
"""
_RESPONSE_ITEMS = """
    reasoning agent_message additional_tools ghost_snapshot compaction compaction_summary compaction_trigger
    context_compaction other
"""
_EVENTS = """
    warning guardian_warning guardian_assessment background_event deprecation_notice session_configured turn_diff
    agent_message_delta agent_reasoning_delta agent_reasoning_raw_content_delta agent_reasoning_section_break
    agent_message_content_delta reasoning_content_delta reasoning_raw_content_delta plan_delta raw_response_item
    raw_response_completed entered_review_mode exited_review_mode thread_rolled_back thread_goal_updated
    undo_started undo_completed mcp_startup_update mcp_startup_complete mcp_list_tools_response
    list_custom_prompts_response list_skills_response skills_update_available get_history_entry_response
    shutdown_complete hook_started hook_completed model_reroute model_verification safety_buffering
    turn_moderation_metadata web_search_begin patch_apply_updated dynamic_tool_call_request image_generation_begin
    collab_agent_spawn_begin collab_agent_interaction_begin collab_waiting_begin collab_close_begin
    collab_resume_begin realtime_conversation_started realtime_conversation_sdp realtime_conversation_realtime
    realtime_conversation_closed realtime_conversation_list_voices_response
"""
_ITEMS = "HookPrompt FunctionCallOutput EnteredReviewMode ExitedReviewMode"

IGNORED_LINES = frozenset(_LINES.split())
IGNORED_RESPONSE_ITEMS = frozenset(_RESPONSE_ITEMS.split())
IGNORED_EVENTS = frozenset(_EVENTS.split())
IGNORED_ITEMS = frozenset(_ITEMS.split())
