"""The ledger: usages become billed responses, and these become signed amounts on accounts."""

from tui_monitor.ledger.ledger import Ledger, LedgerRepository, parts_alias
from tui_monitor.ledger.model import (
    BUCKET_MS,
    NO_BASIS,
    NO_TERMS,
    UNATTRIBUTED,
    ZERO,
    Account,
    Amount,
    BilledResponse,
    BilledTerms,
    Observation,
    PriceBasis,
)
from tui_monitor.ledger.ownership import OwnershipOrder, OwnershipRanks

__all__ = [
    "BUCKET_MS",
    "NO_BASIS",
    "NO_TERMS",
    "UNATTRIBUTED",
    "ZERO",
    "Account",
    "Amount",
    "BilledResponse",
    "BilledTerms",
    "Ledger",
    "LedgerRepository",
    "Observation",
    "OwnershipOrder",
    "OwnershipRanks",
    "PriceBasis",
    "parts_alias",
]
