"""What was read, kept in SQLite: batches are taken exactly once, sums answered at once."""

from tui_monitor.store.body import Body
from tui_monitor.store.checkpoints import StoreHealth
from tui_monitor.store.documented import AgentRow, TelemetryRow
from tui_monitor.store.errors import StoreError
from tui_monitor.store.names import document_id
from tui_monitor.store.scopes import EVERYTHING
from tui_monitor.store.store import Outcome, Store, open_store, private_store

__all__ = [
    "EVERYTHING",
    "AgentRow",
    "Body",
    "Outcome",
    "Store",
    "StoreError",
    "StoreHealth",
    "TelemetryRow",
    "document_id",
    "open_store",
    "private_store",
]
