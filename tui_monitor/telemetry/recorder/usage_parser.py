"""The tokens that providers report with their responses, in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from typing import TypeAlias

from tui_monitor.telemetry.recorder.errors import ValidationError

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

_Reader: TypeAlias = "Callable[[object], ResponseUsage | None]"
_MOST = 2**53
_MOST_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class ResponseUsage:
    """The tokens of one response, by the names that `record_usage` has: ``record_usage(**asdict(usage))``.

    ``input_tokens`` excludes cache reads and writes, ``output_tokens`` includes ``reasoning_tokens``,
    ``cache_creation_1h_tokens`` is a part of ``cache_creation_tokens``. The model is empty where it is not told.
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
        """Everything read, written and produced, each token once."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_creation_tokens

    def joined(self, other: ResponseUsage) -> ResponseUsage:
        """What two parts of one stream tell together: their numbers only grow, and each part may leave some out."""
        counts = {field.name: max(getattr(self, field.name), getattr(other, field.name)) for field in _COUNTS}
        return ResponseUsage(model=self.model or other.model, **counts)


_COUNTS = fields(ResponseUsage)[1:]


class TelemetryParser:
    """Reads the usage of responses as providers send them: decoded JSON, objects of their SDKs, or all parts of a
    stream in a list.

    Each raises a `ValidationError` where there is none, as in the parts of a stream before its last.
    """

    @staticmethod
    def parse_openai(response: object) -> ResponseUsage:
        """Chat completions, the responses API, and the last chunk or ``response.completed`` event of their streams."""
        return _parse(response, _openai, "an OpenAI")

    @staticmethod
    def parse_anthropic(response: object) -> ResponseUsage:
        """A message, or ``message_start`` and ``message_delta`` of its stream, of which the last may tell the output
        alone: hand over both, or use `ResponseUsage.joined`."""
        return _parse(response, _anthropic, "an Anthropic")

    @staticmethod
    def parse_gemini(response: object) -> ResponseUsage:
        """A ``generateContent`` response, or any part of its stream (the last has all)."""
        return _parse(response, _gemini, "a Gemini")


def _parse(response: object, read: _Reader, whose: str) -> ResponseUsage:
    parts = response if isinstance(response, list | tuple) else [response]
    found = [usage for part in parts[:_MOST_PARTS] if (usage := read(part)) is not None]
    if not found:
        raise ValidationError(f"there is no usage in {whose} response of type {type(response).__name__}")
    return reduce(ResponseUsage.joined, found)


def _openai(response: object) -> ResponseUsage | None:
    whole = response if _get(response, "usage") else _get(response, "response")
    usage = _get(whole, "usage")
    sent = _first(usage, "prompt_tokens", "input_tokens")
    produced = _first(usage, "completion_tokens", "output_tokens")
    if sent is None and produced is None:
        return None
    details = _get(usage, "prompt_tokens_details") or _get(usage, "input_tokens_details")
    parts = _get(usage, "completion_tokens_details") or _get(usage, "output_tokens_details")
    read = _count(details, "cached_tokens")
    written = _count(details, "cache_write_tokens", "cache_creation_tokens")
    output = produced or 0
    return ResponseUsage(
        model=_text(whole, "model"),
        input_tokens=max(0, (sent or 0) - read - written),
        output_tokens=output,
        cache_read_tokens=read,
        cache_creation_tokens=written,
        reasoning_tokens=min(output, _count(parts, "reasoning_tokens")),
        web_searches=sum(_text(item, "type") == "web_search_call" for item in _items(_get(whole, "output"))),
    )


def _anthropic(response: object) -> ResponseUsage | None:
    whole = response if _get(response, "usage") else _get(response, "message")
    usage = _get(whole, "usage")
    sent, produced = _first(usage, "input_tokens"), _first(usage, "output_tokens")
    if sent is None and produced is None:
        return None
    by_age = _get(usage, "cache_creation")
    long, short = _count(by_age, "ephemeral_1h_input_tokens"), _count(by_age, "ephemeral_5m_input_tokens")
    written = max(_count(usage, "cache_creation_input_tokens"), long + short)
    return ResponseUsage(
        model=_text(whole, "model"),
        input_tokens=sent or 0,
        output_tokens=produced or 0,
        cache_read_tokens=_count(usage, "cache_read_input_tokens"),
        cache_creation_tokens=written,
        cache_creation_1h_tokens=long,
        web_searches=_count(_get(usage, "server_tool_use"), "web_search_requests"),
    )


def _gemini(response: object) -> ResponseUsage | None:
    usage = _get(response, "usageMetadata") or _get(response, "usage_metadata")
    sent = _first(usage, "promptTokenCount", "prompt_token_count")
    if sent is None:
        return None
    read = _count(usage, "cachedContentTokenCount", "cached_content_token_count")
    thought = _count(usage, "thoughtsTokenCount", "thoughts_token_count")
    for_tools = _count(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count")
    return ResponseUsage(
        model=_text(response, "modelVersion") or _text(response, "model_version"),
        input_tokens=max(0, sent - read) + for_tools,
        output_tokens=_count(usage, "candidatesTokenCount", "candidates_token_count") + thought,
        cache_read_tokens=read,
        reasoning_tokens=thought,
    )


def _get(owner: object, name: str) -> object:
    """What an object has under this name, as a key or an attribute; None for nothing."""
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


def _first(owner: object, *names: str) -> int | None:
    """The first of these that is a count."""
    told = (_get(owner, name) for name in names)
    return next((value for value in told if _is_count(value)), None)


def _count(owner: object, *names: str) -> int:
    return _first(owner, *names) or 0


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _text(owner: object, name: str) -> str:
    told = _get(owner, name)
    return told if isinstance(told, str) else ""


def _items(told: object) -> Iterable[object]:
    return told if isinstance(told, list | tuple) else ()
