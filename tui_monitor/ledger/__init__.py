"""The ledger: usages become billed responses, and these become signed amounts on accounts."""

from tui_monitor.ledger.ledger import Ledger, LedgerRepository
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
    Provenance,
)
from tui_monitor.ledger.ownership import OwnershipOrder, OwnershipRanks
from tui_monitor.ledger.spans import Trace, TracedSpan

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
    "Provenance",
    "Trace",
    "TracedSpan",
]
