"""Shared by the readers of Codex lines: the context of a line, ignored types, duplicates, texts and durations."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.events.immutable import immutable
from tui_monitor.sources.shared.event_line import EventFields
from tui_monitor.sources.shared.fields import MAX_COUNT, count

SOURCE = "codex"


@immutable(frozen=True, slots=True)
class CodexLine:
    """Context of the events of one line: session, time (epoch ms), place in the file, model, and the agent: a sub-agent
    is a thread within the session of the thread that a person started."""

    session: SessionKey
    at: int
    ref: SourceRef
    model: str = ""
    agent: str = MAIN

    @property
    def fields(self) -> EventFields:
        """The common fields of the events of the line."""
        return EventFields(session=self.session, agent=self.agent, at=self.at)

    @property
    def thread(self) -> str:
        """Id of the thread in whose file the line is."""
        return self.agent or self.session.id


def digest(text: str) -> str:
    """Return a short digest of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def text_of(content: Any) -> str:
    """Return the text of a message or result: a string, or a list of parts, of which some may be images."""
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


def duration_ms_of(duration: object) -> int | None:
    """Return the milliseconds of ``{"secs": …, "nanos": …}`` or of seconds; None when missing."""
    if isinstance(duration, dict):
        return count(duration.get("secs")) * 1000 + count(duration.get("nanos")) // 1_000_000
    return round(duration * 1000) if isinstance(duration, int | float) and 0 <= duration < MAX_COUNT else None


def first_text(values: Iterable[Any]) -> str:
    """Return the first string that is not blank; empty if there is none."""
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


class TurnDeduplicator:
    """Drops what a second kind of line repeats, for example an item that repeats an event.

    Within a turn, equal values from two origins are one; equal values from one origin are two.
    """

    _MAX_PENDING = 8

    def __init__(self, pending: dict[str, list[str]]) -> None:
        self._pending = pending

    def is_new(self, origin: str, value: str) -> bool:
        """Return True, and remember the value, unless another origin has reported it."""
        for other, values in self._pending.items():
            if other != origin and value in values:
                values.remove(value)
                return False
        values = self._pending.setdefault(origin, [])
        values.append(value)
        del values[: -self._MAX_PENDING]
        return True

    def start_turn(self) -> None:
        """Forget everything: values do not repeat across turns."""
        self._pending.clear()

    def state(self) -> dict[str, list[str]]:
        """Return the values that another origin has not reported yet."""
        return self._pending


_LINE_TYPES = """
    world_state inter_agent_communication inter_agent_communication_metadata retained_context realtime_item
    security_risk_score agent_response_observation tool_manifest
"""
_RESPONSE_ITEM_TYPES = """
    reasoning agent_message additional_tools ghost_snapshot compaction compaction_summary compaction_trigger
    context_compaction other
"""
_EVENT_TYPES = """
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
_ITEM_TYPES = "HookPrompt FunctionCallOutput EnteredReviewMode ExitedReviewMode"

IGNORED_LINES = frozenset(_LINE_TYPES.split())
IGNORED_RESPONSE_ITEMS = frozenset(_RESPONSE_ITEM_TYPES.split())
IGNORED_EVENTS = frozenset(_EVENT_TYPES.split())
IGNORED_ITEMS = frozenset(_ITEM_TYPES.split())
