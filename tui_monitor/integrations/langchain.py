"""Recorder for LangChain and LangGraph: ``record()`` records all tools, tokens and agents of this process.

A run with an agent's name (``create_agent(…, name="scout")``) is an agent. Everything outside such runs belongs to the
current agent.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import RunRecorder
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser

if TYPE_CHECKING:
    from uuid import UUID

    from langchain_core.callbacks import BaseCallbackHandler

_AGENT_NAME = "lc_agent_name"
"""Metadata key by which LangChain names the agent that a run is part of."""


def handler() -> BaseCallbackHandler:
    """Return a callback handler that records the runs it is passed to: ``config={"callbacks": [handler()]}``.

    Raises:
        ImportError: LangChain is not installed.
    """
    from langchain_core.callbacks import BaseCallbackHandler

    new_handler: BaseCallbackHandler = type("TelemetryHandler", (_LangChainCallbacks, BaseCallbackHandler), {})()
    return new_handler


def record() -> BaseCallbackHandler:
    """Record all runs of this process from now on. Return the callback handler that does.

    Raises:
        ImportError: LangChain is not installed.
    """
    from langchain_core.tracers.context import register_configure_hook

    new_handler = handler()
    register_configure_hook(ContextVar("tui_monitor_langchain", default=new_handler), inheritable=True)
    return new_handler


class _LangChainCallbacks:
    """The callbacks, with LangChain's names and parameters."""

    def __init__(self) -> None:
        self._runs = RunRecorder()
        self._agent_names: dict[str, str] = {}
        self._starts: dict[str, float] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        run, parent = _run_ids(run_id, kwargs)
        name = (kwargs.get("metadata") or {}).get(_AGENT_NAME, "")
        if name and name != self._agent_names.get(parent or ""):
            self._runs.start_agent(run, parent, name)
        else:
            self._runs.start_step(run, parent)
        self._agent_names[run] = name

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._end(run_id)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self._end(run_id, error=error)

    on_tool_error = on_llm_error = on_chain_error

    def on_tool_start(self, serialized: Mapping[str, Any], input_str: str, *, run_id: UUID, **kwargs: Any) -> None:
        run, parent = _run_ids(run_id, kwargs)
        name = (serialized or {}).get("name") or kwargs.get("name") or "tool"
        self._runs.start_tool(run, parent, name, kwargs.get("inputs") or input_str)
        self._agent_names[run] = self._agent_names.get(parent or "", "")

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> None:
        content = getattr(output, "content", output)
        failed = getattr(output, "status", "") == "error"
        self._end(run_id, content, content if failed else None)

    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._runs.start_step(*_run_ids(run_id, kwargs))
        self._starts[str(run_id)] = time.perf_counter()

    on_llm_start = on_chat_model_start

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._add_usage(response, str(run_id))
        self._end(run_id)

    @never_raises
    def _add_usage(self, response: Any, run: str) -> None:
        start = self._starts.get(run)
        duration_ms = None if start is None else round((time.perf_counter() - start) * 1000)
        for message in _messages_with_usage(response) or [None]:
            metadata = getattr(message, "response_metadata", None) or {}
            usage = _usage(getattr(message, "usage_metadata", None), metadata) or _llm_output_usage(response)
            if usage:
                self._runs.add_usage(run, usage, metadata.get("model_provider", ""), duration_ms)

    def _end(self, run_id: UUID, output: object = None, error: object = None) -> None:
        run = str(run_id)
        self._agent_names.pop(run, None)
        self._starts.pop(run, None)
        self._runs.end(run, output, None if error is None else str(error) or type(error).__name__)


def _run_ids(run_id: UUID, kwargs: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the ids of a run and of its parent."""
    parent = kwargs.get("parent_run_id")
    return str(run_id), str(parent) if parent else None


def _messages_with_usage(response: Any) -> list[Any]:
    """Return the messages of a result that report usage, one per prompt."""
    messages = [getattr(answers[0], "message", None) for answers in response.generations if answers]
    return [message for message in messages if getattr(message, "usage_metadata", None)]


def _usage(counts: Mapping[str, Any] | None, metadata: Mapping[str, Any]) -> ResponseUsage | None:
    """Return the usage in LangChain's form, whose input includes cache reads and writes."""
    if not counts:
        return None
    details = counts.get("input_token_details") or {}
    one_hour = details.get("ephemeral_1h_input_tokens") or 0
    five_minutes = details.get("ephemeral_5m_input_tokens") or 0
    cache_creation = max(details.get("cache_creation") or 0, one_hour + five_minutes)
    cache_read = details.get("cache_read") or 0
    return ResponseUsage(
        model=metadata.get("model_name") or metadata.get("model") or "",
        input_tokens=max(0, counts["input_tokens"] - cache_read - cache_creation),
        output_tokens=counts["output_tokens"],
        cache_read_tokens=cache_read,
        cache_creation_tokens=cache_creation,
        cache_creation_1h_tokens=one_hour,
        reasoning_tokens=(counts.get("output_token_details") or {}).get("reasoning") or 0,
    )


def _llm_output_usage(response: Any) -> ResponseUsage | None:
    """Return the usage that older integrations put into ``llm_output``, in OpenAI's form."""
    output = response.llm_output or {}
    try:
        return TelemetryParser.parse_openai({"usage": output.get("token_usage"), "model": output.get("model_name")})
    except ValidationError:
        return None
