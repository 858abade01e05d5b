"""Model calls under way: the monitor shows the model at work from the start of the call to its end."""

from __future__ import annotations

import time
from dataclasses import asdict

from tui_monitor.telemetry.recorder.conversation import status_of
from tui_monitor.telemetry.recorder.json_codec import error_text
from tui_monitor.telemetry.recorder.record import never_raises, write_event
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.scope import current_scope, use_scope
from tui_monitor.telemetry.statistics.defaults import count_usage, record_usage, response_usages

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from types import TracebackType

    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage


class Generation:
    """One call of a model, from request to response; made by `generation`.

    Set what becomes known while it runs:

    Attributes:
        id: Id of the call.
        model: Model that answers. A model that ``usage`` names replaces it.
        provider: Provider of the model, such as ``anthropic``.
        operation: Operation that the call is for; empty for that of the scope.
        service_tier: Service tier, such as ``priority``.
        attempt: Number of this attempt, from 1.
        usage: Response as the SDK of its provider returns it, or all parts of a stream, as `record_usage` takes them;
            None if its tokens are unknown, which the monitor shows as a lower bound (``≥``).
        lower_bound: True if the response used more than ``usage`` counts: it broke off, for example.
        estimated_cost: US dollars, if the agent knows them; otherwise the monitor applies its price list.
        streaming: True if the response comes in parts; set by `first_token`.
        error: Error message of a call that failed without an exception.
        status_code: HTTP status of a call that failed; by default that of the exception.
        duration_ms: Milliseconds from start to end; None until it has ended.
        ttft_ms: Milliseconds to the first token; None if unknown.
    """

    __slots__ = (
        "_is_open",
        "_scope",
        "_start",
        "attempt",
        "duration_ms",
        "error",
        "estimated_cost",
        "id",
        "lower_bound",
        "model",
        "operation",
        "provider",
        "service_tier",
        "status_code",
        "streaming",
        "ttft_ms",
        "usage",
    )

    def __init__(self, model: str, provider: str, operation: str, service_tier: str, attempt: int) -> None:
        self.id = new_uid()
        self.model = model
        self.provider = provider
        self.operation = operation
        self.service_tier = service_tier
        self.attempt = attempt
        self.usage: object = None
        self.lower_bound = False
        self.estimated_cost: float | None = None
        self.streaming = False
        self.error: str | None = None
        self.status_code: int | None = None
        self.duration_ms: int | None = None
        self.ttft_ms: int | None = None
        self._is_open = False

    def __enter__(self) -> Generation:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end(error)

    def start(self) -> Generation:
        """Record the start, without a ``with`` block: for a response that outlives the function that asked for it.

        The call belongs to the session, agent and operation that are current now, wherever it ends.
        """
        self._scope = current_scope()
        self._start = time.perf_counter()
        self._is_open = True
        self._record_start()
        return self

    def first_token(self) -> None:
        """Note that the response begins to arrive. Only the first time counts, so call it for each part."""
        if self.ttft_ms is None:
            self.streaming, self.ttft_ms = True, self._elapsed_ms()

    def end(self, error: BaseException | str | None = None) -> None:
        """Record the end; of several only the first. ``error`` is the exception, or the message of a failure."""
        if not self._is_open:
            return
        self._is_open = False
        self.duration_ms = self._elapsed_ms()
        self._set_error(error)
        self._record_end()

    def _set_error(self, error: BaseException | str | None) -> None:
        if isinstance(error, BaseException):
            self.error = error_text(error)
            self.status_code = status_of(error) if self.status_code is None else self.status_code
        elif error is not None:
            self.error = error

    @never_raises
    def _record_start(self) -> None:
        facts: dict[str, object] = {"id": self.id, "attempt": self.attempt}
        write_event("generation_start", facts | self._names())

    @never_raises
    def _record_end(self) -> None:
        usages = self._usages()
        facts = {"id": self.id, "attempt": self.attempt}
        facts |= asdict(usages[0]) if usages else {}
        facts |= {name: value for name, value in self._own_facts().items() if value}
        if usages and usages[0].model:
            facts["model"] = usages[0].model
        with use_scope(self._scope):
            known = {name: value for name, value in facts.items() if value}
            durations = {"duration_ms": self.duration_ms, "ttft_ms": self.ttft_ms}
            write_event("generation", known | durations, {"error": self.error} if self.error is not None else {})
            if usages:
                count_usage({"model": "", "operation": "", **facts})
            for inner in usages[1:]:
                record_usage(inner, provider=self.provider)

    def _usages(self) -> list[ResponseUsage]:
        """Return the usage of the response, and of those inside it; none if it is unknown or cannot be read."""
        if self.usage is None:
            return []
        try:
            return response_usages(self.usage, self.model or "unknown")
        except Exception as error:  # the response's own code runs there
            from tui_monitor.telemetry.recorder.problems import report_lost_event

            report_lost_event("generation", error)
            return []

    def _own_facts(self) -> dict[str, object]:
        return self._names() | {
            "service_tier": self.service_tier,
            "lower_bound": self.lower_bound,
            "estimated_cost": self.estimated_cost,
            "status_code": self.status_code,
            "streaming": self.streaming,
        }

    def _names(self) -> dict[str, object]:
        names = {"model": self.model, "provider": self.provider, "operation": self.operation}
        return {name: value for name, value in names.items() if value}

    def _elapsed_ms(self) -> int:
        return round((time.perf_counter() - self._start) * 1000)


def generation(
    model: str = "", *, provider: str = "", operation: str = "", service_tier: str = "", attempt: int = 1
) -> Generation:
    """Record the block as one call of a model.

        with generation("claude-sonnet-4-5") as call:
            call.usage = response = client.messages.create(…)

    The monitor shows the model at work at once, and counts the response at the end of the block. If the block raises,
    the call has failed (the exception propagates). Works in coroutines too.

    Args:
        model: Model that is called; by default that of the scope.
        provider: Provider of the model, such as ``anthropic``.
        operation: Operation that the call is for; by default that of the scope.
        service_tier: Service tier, such as ``priority``.
        attempt: Number of this attempt, from 1; above 1 the monitor shows that the request is repeated.
    """
    return Generation(model, provider, operation, service_tier, attempt)
