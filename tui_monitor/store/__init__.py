"""Storage in SQLite: batches are ingested exactly once, totals are always up to date."""

from tui_monitor.store.batch_writer import IngestResult, Repricing
from tui_monitor.store.bodies import StoredBody
from tui_monitor.store.checkpoints import StoreHealth
from tui_monitor.store.compat_views import AgentRow, TelemetryRow
from tui_monitor.store.errors import DamagedStoreError, ReplacedStoreError, StoreError
from tui_monitor.store.intern import document_id
from tui_monitor.store.quarantine import set_aside
from tui_monitor.store.retention.archive import ARCHIVE_FORMAT, ArchiveError, Restored, read_begin
from tui_monitor.store.retention.groups import SessionGroup
from tui_monitor.store.retention.prunings import Pruning, PruningKind
from tui_monitor.store.retention.roll_up import PrunedCounts
from tui_monitor.store.scopes import EVERYTHING
from tui_monitor.store.session_records import RecordedResponse, SessionRecords
from tui_monitor.store.spending import (
    SpendingCall,
    SpendingHistory,
    SpendingKey,
    SpendingPrompt,
    SpendingScope,
    Spent,
    SpentResponse,
)
from tui_monitor.store.store import Store, open_store, private_store
from tui_monitor.store.token_distributions import Distribution, TokenDistribution

__all__ = [
    "ARCHIVE_FORMAT",
    "EVERYTHING",
    "AgentRow",
    "ArchiveError",
    "DamagedStoreError",
    "Distribution",
    "IngestResult",
    "PrunedCounts",
    "Pruning",
    "PruningKind",
    "RecordedResponse",
    "ReplacedStoreError",
    "Repricing",
    "Restored",
    "SessionGroup",
    "SessionRecords",
    "SpendingCall",
    "SpendingHistory",
    "SpendingKey",
    "SpendingPrompt",
    "SpendingScope",
    "Spent",
    "SpentResponse",
    "Store",
    "StoreError",
    "StoreHealth",
    "StoredBody",
    "TelemetryRow",
    "TokenDistribution",
    "document_id",
    "open_store",
    "private_store",
    "read_begin",
    "set_aside",
]
