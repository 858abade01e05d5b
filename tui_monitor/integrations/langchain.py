"""LangChain and LangGraph: ``record()``, and all tools, tokens and agents of this process are recorded.

An agent is a run that bears the name of one (``create_agent(…, name="scout")``). What is not part of such a run belongs
to the agent in force.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import Runs
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.usage_parser import ResponseUsage, TelemetryParser

if TYPE_CHECKING:
    from uuid import UUID

    from langchain_core.callbacks import BaseCallbackHandler

_AGENT = "lc_agent_name"  # metadata by which LangChain names the agent that a run is part of


def handler() -> BaseCallbackHandler:
    """A callback handler that records the runs to which it is handed: ``config={"callbacks": [handler()]}``.

    Raises:
        ImportError: LangChain is not installed.
    """
    from langchain_core.callbacks import BaseCallbackHandler

    made: BaseCallbackHandler = type("TelemetryHandler", (_Recorder, BaseCallbackHandler), {})()
    return made


def record() -> BaseCallbackHandler:
    """Have a handler record all runs of this process from now on. Returns it.

    Raises:
        ImportError: LangChain is not installed.
    """
    from langchain_core.tracers.context import register_configure_hook

    made = handler()
    register_configure_hook(ContextVar("tui_monitor_langchain", default=made), inheritable=True)
    return made


class _Recorder:
    """The callbacks, by LangChain's names."""

    def __init__(self) -> None:
        self._runs = Runs()
        self._names: dict[str, str] = {}
        self._began: dict[str, float] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **told: Any) -> None:
        run, parent = _ids(run_id, told)
        name = (told.get("metadata") or {}).get(_AGENT, "")
        if name and name != self._names.get(parent or ""):
            self._runs.begin_agent(run, parent, name)
        else:
            self._runs.begin(run, parent)
        self._names[run] = name

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **told: Any) -> None:
        self._end(run_id)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **told: Any) -> None:
        self._end(run_id, error=error)

    on_tool_error = on_llm_error = on_chain_error

    def on_tool_start(self, serialized: Mapping[str, Any], input_str: str, *, run_id: UUID, **told: Any) -> None:
        run, parent = _ids(run_id, told)
        name = (serialized or {}).get("name") or told.get("name") or "tool"
        self._runs.begin_tool(run, parent, name, told.get("inputs") or input_str)
        self._names[run] = self._names.get(parent or "", "")

    def on_tool_end(self, output: Any, *, run_id: UUID, **told: Any) -> None:
        content = getattr(output, "content", output)
        failed = getattr(output, "status", "") == "error"
        self._end(run_id, content, content if failed else None)

    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: UUID, **told: Any) -> None:
        self._runs.begin(*_ids(run_id, told))
        self._began[str(run_id)] = time.perf_counter()

    on_llm_start = on_chat_model_start

    def on_llm_end(self, response: Any, *, run_id: UUID, **told: Any) -> None:
        self._spend(response, str(run_id))
        self._end(run_id)

    @never_raises
    def _spend(self, response: Any, run: str) -> None:
        began = self._began.get(run)
        took = None if began is None else round((time.perf_counter() - began) * 1000)
        for message in _messages(response) or [None]:
            told = getattr(message, "response_metadata", None) or {}
            if usage := _usage(getattr(message, "usage_metadata", None), told) or _old_usage(response):
                self._runs.spend(run, usage, told.get("model_provider", ""), took)

    def _end(self, run_id: UUID, output: object = None, error: object = None) -> None:
        run = str(run_id)
        self._names.pop(run, None)
        self._began.pop(run, None)
        self._runs.end(run, output, None if error is None else str(error) or type(error).__name__)


def _ids(run_id: UUID, told: Mapping[str, Any]) -> tuple[str, str | None]:
    parent = told.get("parent_run_id")
    return str(run_id), str(parent) if parent else None


def _messages(response: Any) -> list[Any]:
    """The messages of a result that tell their usage: one for each of its prompts."""
    messages = [getattr(answers[0], "message", None) for answers in response.generations if answers]
    return [message for message in messages if getattr(message, "usage_metadata", None)]


def _usage(counts: Mapping[str, Any] | None, told: Mapping[str, Any]) -> ResponseUsage | None:
    """LangChain's own form, in which the input includes what went through caches."""
    if not counts:
        return None
    read = counts.get("input_token_details") or {}
    long = read.get("ephemeral_1h_input_tokens") or 0
    written = max(read.get("cache_creation") or 0, long + (read.get("ephemeral_5m_input_tokens") or 0))
    cached = read.get("cache_read") or 0
    return ResponseUsage(
        model=told.get("model_name") or told.get("model") or "",
        input_tokens=max(0, counts["input_tokens"] - cached - written),
        output_tokens=counts["output_tokens"],
        cache_read_tokens=cached,
        cache_creation_tokens=written,
        cache_creation_1h_tokens=long,
        reasoning_tokens=(counts.get("output_token_details") or {}).get("reasoning") or 0,
    )


def _old_usage(response: Any) -> ResponseUsage | None:
    told = response.llm_output or {}
    try:
        return TelemetryParser.parse_openai({"usage": told.get("token_usage"), "model": told.get("model_name")})
    except ValidationError:
        return None
