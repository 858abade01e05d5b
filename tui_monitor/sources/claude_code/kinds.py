"""The kinds of lines that Claude Code writes besides those that are read for what they say."""

from __future__ import annotations

SILENT = frozenset(
    {
        "agent-color",
        "agent-name",
        "agent-setting",
        "artifact-autoreact-ledger",
        "artifact-comment-monitor",
        "atis-latch",
        "attribution-snapshot",
        "bridge-session",
        "content-replacement",
        "continued-in",
        "ended-by-model",
        "file-history-delta",
        "file-history-snapshot",
        "fork-context-ref",
        "frame-link",
        "history-suppression",
        "isolation-latch",
        "last-prompt",
        "marble-origami-commit",
        "marble-origami-reset",
        "marble-origami-snapshot",
        "mode",
        "observer-ref",
        "permission-mode",
        "pr-link",
        "speculation-accept",
        "tag",
        "task-summary",
        "worktree-state",
        "system/",
        "system/agents_killed",
        "system/api_metrics",
        "system/away_summary",
        "system/bridge_status",
        "system/informational",
        "system/memory_saved",
        "system/permission_retry",
        "system/scheduled_task_fire",
        "system/thinking",
    }
)
"""Kinds that say nothing here beyond the fields around them; a system line's kind names its subtype too."""

SILENT_WHEN_PRINTED = frozenset(
    {
        "auth_status",
        "control_cancel_request",
        "control_response",
        "keep_alive",
        "prompt_suggestion",
        "tool_use_summary",
        "system/elicitation_complete",
        "system/files_persisted",
        "system/hook_progress",
        "system/hook_response",
        "system/hook_started",
        "system/local_command_output",
        "system/session_state_changed",
        "system/task_updated",
        "system/thinking_tokens",
    }
)
"""The same of the lines that it prints."""

SILENT_HOOKS = frozenset(
    {
        "ConfigChange",
        "CwdChanged",
        "FileChanged",
        "InstructionsLoaded",
        "PostCompact",
        "PostToolBatch",
        "Setup",
        "TaskCompleted",
        "TaskCreated",
        "TeammateIdle",
        "UserPromptExpansion",
        "WorktreeCreate",
        "WorktreeRemove",
    }
)
"""The hooks that tell nothing here."""
