"""The result of handing something on."""

from __future__ import annotations

from dataclasses import dataclass


class DeliveryError(Exception):
    """The receiver has not accepted something; the text says why, in one line."""


@dataclass(slots=True)
class DeliveryCount:
    """The number of what was delivered."""

    spans: int = 0
    logs: int = 0
    metrics: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one pass: what was delivered, how many sessions have more to send, and the ``fault`` that ended
    it."""

    count: DeliveryCount
    waiting: int = 0
    fault: str = ""
