"""The result of handing something on."""

from __future__ import annotations

from dataclasses import dataclass


class DeliveryError(Exception):
    """The receiver has not accepted something; the text says why, in one line."""


class UnsupportedSignal(DeliveryError):
    """The receiver does not take this kind of telemetry: not all that take traces take logs and metrics."""


@dataclass(slots=True)
class DeliveryCount:
    """The number of what was delivered."""

    spans: int = 0
    logs: int = 0
    metrics: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one pass: what was delivered, how many sessions have more to send, the ``fault`` that ended it, and
    the kinds of telemetry that the receiver does not take."""

    count: DeliveryCount
    waiting: int = 0
    fault: str = ""
    not_taken: tuple[str, ...] = ()
