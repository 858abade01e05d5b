"""The state of an agent: what it does, or what it waits for, by the best evidence there is."""

from tui_monitor.live.status.judge import status
from tui_monitor.live.status.model import CURRENT, Lag, Status, StatusWord

__all__ = ["CURRENT", "Lag", "Status", "StatusWord", "status"]
