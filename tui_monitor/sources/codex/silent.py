"""Types of Codex lines that are known and tell nothing: copies of what others tell, settings, parts of words."""

from __future__ import annotations

_LINES = """
    world_state inter_agent_communication inter_agent_communication_metadata retained_context realtime_item
    security_risk_score agent_response_observation tool_manifest
"""
_ANSWERS = """
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

LINES = frozenset(_LINES.split())
ANSWERS = frozenset(_ANSWERS.split())
EVENTS = frozenset(_EVENTS.split())
ITEMS = frozenset(_ITEMS.split())
