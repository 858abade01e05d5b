"""The result of handing something on."""

from __future__ import annotations

from dataclasses import dataclass, field


class DeliveryError(Exception):
    """The receiver has not accepted something; the text says why, in one line. ``retry_after_s``: the seconds for which
    it wants to be left alone."""

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class UnsupportedSignal(DeliveryError):
    """The receiver does not take this kind of telemetry: not all that take traces take logs and metrics."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """The number of items that a receiver has rejected of a request that it has accepted, and its reason: a partial
    success. With a number of 0 the reason is a warning."""

    number: int = 0
    reason: str = ""


NOTHING_REJECTED = Rejection()


@dataclass(slots=True)
class DeliveryCount:
    """The number of what was delivered."""

    spans: int = 0
    logs: int = 0
    metrics: int = 0


@dataclass(slots=True)
class Delivery:
    """The result of one pass: what was delivered, how many sessions have more to send, the ``fault`` that ended it and
    for how long the receiver wants to be left alone then, the kinds of telemetry that it does not take, and what it has
    rejected, by noun and reason: that is not sent again."""

    count: DeliveryCount = field(default_factory=DeliveryCount)
    waiting: int = 0
    fault: str = ""
    not_taken: tuple[str, ...] = ()
    rejected: dict[tuple[str, str], int] = field(default_factory=dict)
    retry_after_s: float = 0.0

    def reject(self, noun: str, rejection: Rejection) -> None:
        """Count what was rejected."""
        if rejection != NOTHING_REJECTED:
            key = noun, rejection.reason
            self.rejected[key] = self.rejected.get(key, 0) + rejection.number

    @property
    def is_complete(self) -> bool:
        """True if the receiver has accepted everything."""
        return not self.fault and not any(self.rejected.values())
