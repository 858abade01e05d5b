"""Alerts: what a person should learn of all sessions, each once, by thresholds that are settings."""

from tui_monitor.live.alerts.budget_watch import USED_UP, BudgetAlert, BudgetWatch
from tui_monitor.live.alerts.model import NEEDS_PERSON, Alert, AlertKind, AlertSettings
from tui_monitor.live.alerts.tracker import AlertTracker, AlertUpdate, alerts_at, recent_sessions

__all__ = [
    "NEEDS_PERSON",
    "USED_UP",
    "Alert",
    "AlertKind",
    "AlertSettings",
    "AlertTracker",
    "AlertUpdate",
    "BudgetAlert",
    "BudgetWatch",
    "alerts_at",
    "recent_sessions",
]
