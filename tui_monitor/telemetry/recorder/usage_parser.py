"""Token usage of provider responses, in one form for all providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from typing import TypeAlias

from tui_monitor.telemetry.recorder.errors import ValidationError

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

_UsageReader: TypeAlias = "Callable[[object], ResponseUsage | None]"
_COUNT_LIMIT = 2**53
_MAX_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class ResponseUsage:
    """Tokens of one response, named like the arguments of `record_usage`: ``record_usage(**asdict(usage))``.

    Attributes:
        model: Model that answered, empty if the response does not name it.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens, including ``reasoning_tokens``.
        cache_read_tokens: Input tokens read from the prompt cache.
        cache_creation_tokens: Input tokens written to the prompt cache.
        cache_creation_1h_tokens: The part of ``cache_creation_tokens`` that is kept for one hour.
        reasoning_tokens: The part of ``output_tokens`` spent on reasoning.
        web_searches: Searches billed with the response.
    """

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_creation_tokens: int = 0
    cache_creation_1h_tokens: int = 0
    reasoning_tokens: int = 0
    web_searches: int = 0

    @property
    def total_tokens(self) -> int:
        """Input, output, cache read and cache creation tokens, each counted once."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_creation_tokens

    def merge(self, other: ResponseUsage) -> ResponseUsage:
        """Return the usage of two parts of one stream: the larger of each count, since counts only grow."""
        counts = {field.name: max(getattr(self, field.name), getattr(other, field.name)) for field in _COUNT_FIELDS}
        return ResponseUsage(model=self.model or other.model, **counts)


_COUNT_FIELDS = fields(ResponseUsage)[1:]


class TelemetryParser:
    """Reads the token usage of provider responses.

    A response is decoded JSON, an object of the provider's SDK, or a list of all parts of a stream. Every method raises
    a `ValidationError` if it has no usage, as the parts of a stream before its last have none.
    """

    @staticmethod
    def parse_openai(response: object) -> ResponseUsage:
        """Return the usage of an OpenAI response.

        Reads chat completions, the responses API, and the last chunk or ``response.completed`` event of their streams.

        Raises:
            ValidationError: The response has no usage.
        """
        return _parse(response, _openai, "an OpenAI")

    @staticmethod
    def parse_anthropic(response: object) -> ResponseUsage:
        """Return the usage of an Anthropic message.

        Reads messages, and the ``message_start`` and ``message_delta`` events of their streams. A delta may hold the
        output alone: pass both events, or use `ResponseUsage.merge`.

        Raises:
            ValidationError: The response has no usage.
        """
        return _parse(response, _anthropic, "an Anthropic")

    @staticmethod
    def parse_gemini(response: object) -> ResponseUsage:
        """Return the usage of a Gemini ``generateContent`` response, or of a part of its stream (the last is complete).

        Raises:
            ValidationError: The response has no usage.
        """
        return _parse(response, _gemini, "a Gemini")


def _parse(response: object, read: _UsageReader, provider: str) -> ResponseUsage:
    parts = response if isinstance(response, list | tuple) else [response]
    usages = [usage for part in parts[:_MAX_PARTS] if (usage := read(part)) is not None]
    if not usages:
        raise ValidationError(f"there is no usage in {provider} response of type {type(response).__name__}")
    return reduce(ResponseUsage.merge, usages)


def _openai(response: object) -> ResponseUsage | None:
    body = response if _field(response, "usage") else _field(response, "response")
    usage = _field(body, "usage")
    prompt = _first_count(usage, "prompt_tokens", "input_tokens")
    completion = _first_count(usage, "completion_tokens", "output_tokens")
    if prompt is None and completion is None:
        return None
    input_details = _field(usage, "prompt_tokens_details") or _field(usage, "input_tokens_details")
    output_details = _field(usage, "completion_tokens_details") or _field(usage, "output_tokens_details")
    cache_read = _count(input_details, "cached_tokens")
    cache_creation = _count(input_details, "cache_write_tokens", "cache_creation_tokens")
    output = completion or 0
    return ResponseUsage(
        model=_text(body, "model"),
        input_tokens=max(0, (prompt or 0) - cache_read - cache_creation),
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_creation_tokens=cache_creation,
        reasoning_tokens=min(output, _count(output_details, "reasoning_tokens")),
        web_searches=sum(_text(item, "type") == "web_search_call" for item in _items(_field(body, "output"))),
    )


def _anthropic(response: object) -> ResponseUsage | None:
    body = response if _field(response, "usage") else _field(response, "message")
    usage = _field(body, "usage")
    input_tokens, output_tokens = _first_count(usage, "input_tokens"), _first_count(usage, "output_tokens")
    if input_tokens is None and output_tokens is None:
        return None
    by_lifetime = _field(usage, "cache_creation")
    one_hour = _count(by_lifetime, "ephemeral_1h_input_tokens")
    five_minutes = _count(by_lifetime, "ephemeral_5m_input_tokens")
    return ResponseUsage(
        model=_text(body, "model"),
        input_tokens=input_tokens or 0,
        output_tokens=output_tokens or 0,
        cache_read_tokens=_count(usage, "cache_read_input_tokens"),
        cache_creation_tokens=max(_count(usage, "cache_creation_input_tokens"), one_hour + five_minutes),
        cache_creation_1h_tokens=one_hour,
        web_searches=_count(_field(usage, "server_tool_use"), "web_search_requests"),
    )


def _gemini(response: object) -> ResponseUsage | None:
    usage = _field(response, "usageMetadata") or _field(response, "usage_metadata")
    prompt = _first_count(usage, "promptTokenCount", "prompt_token_count")
    if prompt is None:
        return None
    cache_read = _count(usage, "cachedContentTokenCount", "cached_content_token_count")
    reasoning = _count(usage, "thoughtsTokenCount", "thoughts_token_count")
    for_tools = _count(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count")
    return ResponseUsage(
        model=_text(response, "modelVersion") or _text(response, "model_version"),
        input_tokens=max(0, prompt - cache_read) + for_tools,
        output_tokens=_count(usage, "candidatesTokenCount", "candidates_token_count") + reasoning,
        cache_read_tokens=cache_read,
        reasoning_tokens=reasoning,
    )


def _field(owner: object, name: str) -> object:
    """Return an object's key or attribute of this name, None if it has neither."""
    if isinstance(owner, dict):
        return owner.get(name)
    if owner is None or isinstance(owner, str | bytes | int | float | list | tuple):
        return None
    try:
        if isinstance(owner, Mapping) or not hasattr(owner, name):
            get = getattr(owner, "get", None)
            return get(name) if callable(get) else None
        return getattr(owner, name, None)
    except Exception:  # the object's own code runs here
        return None


def _first_count(owner: object, *names: str) -> int | None:
    """Return the first of these fields that holds a count."""
    values = (_field(owner, name) for name in names)
    return next((value for value in values if _is_count(value)), None)


def _count(owner: object, *names: str) -> int:
    return _first_count(owner, *names) or 0


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT_LIMIT


def _text(owner: object, name: str) -> str:
    value = _field(owner, name)
    return value if isinstance(value, str) else ""


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()
