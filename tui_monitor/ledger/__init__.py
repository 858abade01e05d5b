"""The ledger: usages become billed responses, and these become signed amounts on accounts."""

from tui_monitor.ledger.ledger import Ledger, LedgerRepository
from tui_monitor.ledger.model import BUCKET_MS, UNATTRIBUTED, ZERO, Account, Amount, BilledResponse, Observation
from tui_monitor.ledger.ownership import OwnershipOrder, OwnershipRanks

__all__ = [
    "BUCKET_MS",
    "UNATTRIBUTED",
    "ZERO",
    "Account",
    "Amount",
    "BilledResponse",
    "Ledger",
    "LedgerRepository",
    "Observation",
    "OwnershipOrder",
    "OwnershipRanks",
]
