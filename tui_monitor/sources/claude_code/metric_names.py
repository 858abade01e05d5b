"""The names of Claude Code's own metrics, as they arrive in Prometheus."""

from __future__ import annotations

from tui_monitor.sources.base import MetricNames

METRIC_NAMES = MetricNames(
    tokens="claude_code_token_usage_tokens_total",
    cost="claude_code_cost_usage_USD_total",
    lines="claude_code_lines_of_code_count_total",
    sessions="claude_code_session_count_total",
    commits="claude_code_commit_count_total",
    token_kinds={
        "input": "input",
        "output": "output",
        "cache_read": "cacheRead",
        "cache_creation": "cacheCreation",
    },
)
