"""The attribute names of the conventions for model calls, and the kind of span that they describe.

GenAI of OpenTelemetry, OpenInference, Traceloop (with its names from before ``gen_ai.operation.name``) and the Vercel
AI SDK name the same things differently; instrumentations mix them.
"""

from __future__ import annotations

from enum import Enum, auto

from tui_monitor.events import Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.export import Span, to_count
from tui_monitor.sources.shared.fields import as_json, text

OPERATION = "gen_ai.operation.name"

_INPUT = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
)
_OUTPUT = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
)
_CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_tokens",
    "gen_ai.usage.details.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.cachedInputTokens",
)
_CACHE_CREATION = (
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.details.cache_write_tokens",
    "gen_ai.usage.details.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
)
_CACHE_CREATION_5M = (
    "gen_ai.usage.details.ephemeral_5m_input_tokens",
    "gen_ai.usage.cache_creation.ephemeral_5m_input_tokens",
)
_CACHE_CREATION_1H = (
    "gen_ai.usage.details.ephemeral_1h_input_tokens",
    "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens",
)
_REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.details.reasoning_tokens",
    "gen_ai.usage.details.thoughts_tokens",
    "gen_ai.usage.details.thinking_tokens",
    "llm.token_count.completion_details.reasoning",
    "ai.usage.reasoningTokens",
)
_TOTAL = (
    "llm.usage.total_tokens",
    "gen_ai.usage.total_tokens",
    "llm.token_count.total",
    "ai.usage.totalTokens",
)
_SERVICE_TIERS = (
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    "openai.request.service_tier",
    "gen_ai.openai.request.service_tier",
)
"""The tier that served a response, else the one that was asked for."""

AGENT_NAMES = ("gen_ai.agent.name", "agent_name")
MODEL = (
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "embedding.model_name",
    "ai.response.model",
    "ai.model.id",
)
PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
RESPONSE_ID = ("gen_ai.response.id", "ai.response.id")
TOOL_NAME = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name")
TOOL_CALL_ID = ("gen_ai.tool.call.id", "tool_call.id", "ai.toolCall.id")
TOOL_INPUT = ("gen_ai.tool.call.arguments", "input.value", "ai.toolCall.args", "traceloop.entity.input")
TOOL_OUTPUT = ("gen_ai.tool.call.result", "output.value", "ai.toolCall.result", "traceloop.entity.output")


class SpanKind(Enum):
    """The kinds of spans that are read."""

    RESPONSE = auto()
    """One request to a model and its response."""
    TOOL = auto()
    AGENT = auto()
    """A run of an agent or workflow, whose usage repeats that of the responses inside it."""


_OPERATIONS = {
    **dict.fromkeys(("chat", "generate_content", "text_completion", "embeddings"), SpanKind.RESPONSE),
    "execute_tool": SpanKind.TOOL,
    **dict.fromkeys(("invoke_agent", "create_agent", "invoke_workflow"), SpanKind.AGENT),
}
_EMBEDDINGS = "embeddings"
_CONVERSATION = frozenset(
    ("chat", "generate_content", "text_completion", "completion", "generate", "response", "responses", "llm")
)
_OPENINFERENCE = {"llm": SpanKind.RESPONSE, "embedding": SpanKind.RESPONSE, "tool": SpanKind.TOOL}
_TRACELOOP = {"tool": SpanKind.TOOL}
_VERCEL_RESPONSES = (".dogenerate", ".dostream", ".doembed")


def operation_of(attributes: Record) -> str:
    """Return what a request was for: empty for the conversation itself."""
    names = (attributes.get(OPERATION), attributes.get("openinference.span.kind"), attributes.get("llm.request.type"))
    name = next(filter(None, map(text, names)), "").lower()
    if name.startswith("embedding") or text(attributes.get("ai.operationId")).lower().endswith(".doembed"):
        return _EMBEDDINGS
    return "" if name in _CONVERSATION else name


def is_agent_operation(name: str) -> bool:
    """Return True for the operation of an agent, which stands for several responses."""
    return _OPERATIONS.get(name.lower()) is SpanKind.AGENT


def kind_of(span: Span) -> SpanKind | None:
    """Return the kind of a span; None if it describes nothing of a model's work.

    A span with usage is a response unless its convention says that it stands for several: names of operations are open.
    """
    attributes = span.attributes
    if kind := _OPERATIONS.get(text(attributes.get(OPERATION)).lower()):
        return kind
    if kind_name := text(attributes.get("openinference.span.kind")).lower():
        return _OPENINFERENCE.get(kind_name, SpanKind.AGENT)
    if (vercel := text(attributes.get("ai.operationId")) or span.name).startswith("ai."):
        return _vercel_kind(vercel.lower())
    if kind_name := text(attributes.get("traceloop.span.kind")).lower():
        return _TRACELOOP.get(kind_name, SpanKind.AGENT)
    if first_text(attributes, AGENT_NAMES) and not first_text(attributes, MODEL):
        return SpanKind.AGENT
    return SpanKind.RESPONSE if read_tokens(attributes).total else None


def _vercel_kind(name: str) -> SpanKind:
    if name == "ai.toolcall":
        return SpanKind.TOOL
    return SpanKind.RESPONSE if name.endswith(_VERCEL_RESPONSES) else SpanKind.AGENT


def has_convention(span: Span) -> bool:
    """Return True for a span of a known convention, read or not."""
    return OPERATION in span.attributes or kind_of(span) is not None


def read_tokens(attributes: Record) -> Tokens:
    """Read the counts. The input includes cache reads and writes, unless it is less than these. Where only one of input
    and output is there, a total has the other."""
    input_tokens, output = _count(attributes, _INPUT), _count(attributes, _OUTPUT)
    rest = max(0, _count(attributes, _TOTAL) - input_tokens - output)
    input_tokens, output = input_tokens or rest, output or (rest if input_tokens else 0)
    long_writes = _count(attributes, _CACHE_CREATION_1H)
    writes = long_writes + _count(attributes, _CACHE_CREATION_5M)
    cache_read, cache_creation = _count(attributes, _CACHE_READ), max(_count(attributes, _CACHE_CREATION), writes)
    cached = cache_read + cache_creation
    return Tokens(
        input=input_tokens - cached if input_tokens >= cached else input_tokens,
        output=output,
        cache_read=cache_read,
        cache_creation=cache_creation,
        cache_creation_1h=long_writes,
        reasoning=min(output, _count(attributes, _REASONING)),
    )


def read_service_tier(attributes: Record) -> str:
    """Read the tier that served a response; empty for the default one."""
    tier = first_text(attributes, _SERVICE_TIERS)
    return "" if tier in ("auto", "default") else tier


def first_text(attributes: Record, names: tuple[str, ...]) -> str:
    """Return the first of these attributes that is there, as text."""
    return next((value for name in names if (value := text(attributes.get(name)))), "")


def first_body(attributes: Record, names: tuple[str, ...]) -> str:
    """Return the first of these attributes that is there; as JSON if it is no text."""
    value = next((value for name in names if (value := attributes.get(name))), "")
    return value if isinstance(value, str) else as_json(value)


def _count(attributes: Record, names: tuple[str, ...]) -> int:
    return next((count for name in names if (count := to_count(attributes.get(name)))), 0)
