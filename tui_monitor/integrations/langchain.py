"""Recorder for LangChain and LangGraph: ``record()`` records all tools, tokens and agents of this process.

A run with an agent's name (``create_agent(…, name="scout")``) is an agent. Everything outside such runs belongs to the
current agent.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui_monitor.integrations.runs import RunRecorder
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser, read_part

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
        metadata = kwargs.get("metadata") or {}
        model, provider = _first(metadata, "ls_model_name"), _first(metadata, "ls_provider")
        self._runs.start_generation(*_run_ids(run_id, kwargs), model, provider)

    on_llm_start = on_chat_model_start

    def on_llm_new_token(self, token: str, *, run_id: UUID, **kwargs: Any) -> None:
        self._runs.first_token(str(run_id))

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._add_usage(response, str(run_id))
        self._end(run_id)

    @never_raises
    def _add_usage(self, response: Any, run: str) -> None:
        for message in _messages(response):
            metadata = getattr(message, "response_metadata", None) or {}
            usage = read_part(message) or _llm_output_usage(response) or ResponseUsage(lower_bound=True)
            named = replace(usage, model=usage.model or _first(metadata, "model_name", "model"))
            self._runs.add_usage(run, named, _first(metadata, "model_provider"))

    def _end(self, run_id: UUID, output: object = None, error: object = None) -> None:
        run = str(run_id)
        self._agent_names.pop(run, None)
        self._runs.end(run, output, None if error is None else str(error) or type(error).__name__)


def _run_ids(run_id: UUID, kwargs: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the ids of a run and of its parent."""
    parent = kwargs.get("parent_run_id")
    return str(run_id), str(parent) if parent else None


def _messages(response: Any) -> list[Any]:
    """Return the messages of a result, one per prompt; None for text that is no message."""
    return [getattr(answers[0], "message", None) for answers in response.generations if answers]


def _first(metadata: Mapping[str, Any], *names: str) -> str:
    return next((str(metadata[name]) for name in names if metadata.get(name)), "")


def _llm_output_usage(response: Any) -> ResponseUsage | None:
    """Return the usage that older integrations put into ``llm_output``, in OpenAI's form."""
    output = response.llm_output or {}
    try:
        return TelemetryParser.parse_openai({"usage": output.get("token_usage"), "model": output.get("model_name")})
    except ValidationError:
        return None
