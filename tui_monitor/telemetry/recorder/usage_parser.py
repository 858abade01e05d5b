"""Token usage of provider responses: where it is in a response, and in which shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from tui_monitor.telemetry.recorder.anthropic_usage import is_message, read_advisors, read_anthropic
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.gemini_usage import read_gemini, read_interaction
from tui_monitor.telemetry.recorder.openai_usage import read_openai
from tui_monitor.telemetry.recorder.other_usage import read_cohere, read_converse, read_ollama
from tui_monitor.telemetry.recorder.response_fields import decoded, field, items, text
from tui_monitor.telemetry.recorder.response_usage import ReportedUsage, ResponseUsage, UsageReader

_MAX_PARTS = 1_000_000
_MAX_DEPTH = 3
_COUNTS = ("usage", "usage_metadata", "usageMetadata")
_MODELS = ("model", "modelVersion", "model_version", "model_name", "modelId")
_WRAPPERS = ("response", "message", "interaction", "result", "body", "metadata", "delta", "meta", "x_groq")
"""Fields in which a response or its usage is wrapped: events of streams, lines of batches, results of frameworks."""


class TelemetryParser:
    """Reads the token usage of provider responses.

    A response is decoded JSON or its text, an object of the provider's SDK, the usage of one alone, or a list of all
    parts of a stream. Every method raises a `ValidationError` if it has no usage, as the parts of a stream before its
    last have none.
    """

    @staticmethod
    def parse(response: object) -> ResponseUsage:
        """Return the usage of a response of any provider, by its shape.

        Raises:
            ValidationError: The response has no usage.
        """
        return _total(response, _ANY, "a")

    @staticmethod
    def parse_openai(response: object) -> ResponseUsage:
        """Return the usage of an OpenAI response, or of another provider's that speaks OpenAI's interface.

        Reads chat completions, the responses API, realtime, embeddings, and the last chunk or the
        ``response.completed`` event of their streams.

        Raises:
            ValidationError: The response has no usage.
        """
        return _total(response, (read_openai,), "an OpenAI")

    @staticmethod
    def parse_anthropic(response: object) -> ResponseUsage:
        """Return the usage of an Anthropic message, with its compactions.

        Reads messages, and the ``message_start`` and ``message_delta`` events of their streams. A delta may hold the
        output alone: pass both events, or use `ResponseUsage.merge`.

        Raises:
            ValidationError: The response has no usage.
        """
        return _total(response, (read_anthropic,), "an Anthropic")

    @staticmethod
    def parse_gemini(response: object) -> ResponseUsage:
        """Return the usage of a Gemini response, or of a part of its stream (the last is complete).

        Reads ``generateContent``, Live and Interactions.

        Raises:
            ValidationError: The response has no usage.
        """
        return _total(response, (read_gemini, read_interaction), "a Gemini")


def read_responses(response: object) -> list[ResponseUsage]:
    """Return the usage of each model response in this one: usually one; several in a list, or with an advisor's.

    Empty if it has none.
    """
    parts = list(_reported(decoded(response), _ANY))
    advisors = [usage for _, reported in parts for usage in read_advisors(reported)]
    usages = _joined((usage, reported) for usage, reported in parts)
    return [*usages, *advisors] if usages else _read_by_price_list(response)


def model_of(response: object) -> str:
    """Return the name of the model that a response, or the first part of a stream, says that it is from."""
    parts = decoded(response)
    for part in parts[:_MAX_PARTS] if isinstance(parts, list | tuple) else [parts]:
        for body in (part, *_wrapped(part)):
            if name := next(filter(None, (text(body, each) for each in _MODELS)), ""):
                return name
    return ""


def read_part(part: object) -> ResponseUsage | None:
    """Return the usage in a response, or in a part of its stream; None if it has none.

    Unlike `TelemetryParser`, this reads what a provider sent, where counts without ``usage`` are something else.
    """
    reported = _find(part, _ANY, bare=False)
    return None if reported is None else reported[0]


def read_part_advisors(part: object) -> list[ResponseUsage]:
    """Return the requests of other models inside a response, or a part of its stream."""
    reported = _find(part, _ANY, bare=False)
    return [] if reported is None else list(read_advisors(reported[1]))


def _read_any_input_output(reported: ReportedUsage) -> ResponseUsage | None:
    return read_anthropic(reported) if is_message(reported) else read_openai(reported)


_ANY: tuple[UsageReader, ...] = (
    read_gemini,
    read_interaction,
    read_converse,
    read_cohere,
    read_ollama,
    _read_any_input_output,
)


def _total(response: object, readers: Sequence[UsageReader], provider: str) -> ResponseUsage:
    usages = _joined(_reported(decoded(response), readers))
    if not usages:
        raise ValidationError(f"there is no usage in {provider} response of type {type(response).__name__}")
    return reduce(ResponseUsage.plus, usages)


def _reported(response: object, readers: Sequence[UsageReader]) -> Iterator[tuple[ResponseUsage, ReportedUsage]]:
    parts = response if isinstance(response, list | tuple) else [response]
    for part in parts[:_MAX_PARTS]:
        if (found := _find(part, readers)) is not None:
            yield found


def _joined(parts: Iterable[tuple[ResponseUsage, ReportedUsage]]) -> list[ResponseUsage]:
    """Return the usage of each response: parts of one stream are merged, responses with other ids stand alone."""
    usages: list[ResponseUsage] = []
    index_of: dict[str, int] = {}
    for usage, reported in parts:
        name = _response_id(reported)
        last = max(0, len(usages) - 1)
        index = index_of.setdefault(name, len(usages)) if name else last
        if index < len(usages):
            usages[index] = usages[index].merge(usage)
        else:
            usages.append(usage)
    return usages


def _response_id(reported: ReportedUsage) -> str:
    """Return the id of a whole response; empty for a part of a stream, whose id some servers make anew for each."""
    if text(reported.event, "object").endswith(".chunk"):
        return ""
    return text(reported.body, "id") or text(reported.body, "responseId") or text(reported.body, "response_id")


def _find(
    response: object, readers: Sequence[UsageReader], bare: bool = True, event: object = None, depth: int = 0
) -> tuple[ResponseUsage, ReportedUsage] | None:
    """Find the usage in a response: its own, that of what it wraps, or the response itself if it is ``bare`` counts."""
    event = response if event is None else event
    for name in _COUNTS:
        if found := _read(ReportedUsage(event, response, field(response, name)), readers):
            return found
    if (bare or depth or _is_ollama(response)) and (found := _read(ReportedUsage(event, response, response), readers)):
        return found
    if depth < _MAX_DEPTH:
        for inner in _wrapped(response):
            if found := _find(inner, readers, bare, event, depth + 1):
                return found
    return None


def _read(reported: ReportedUsage, readers: Sequence[UsageReader]) -> tuple[ResponseUsage, ReportedUsage] | None:
    if reported.counts is None:
        return None
    usages = (reader(reported) for reader in readers)
    return next(((usage, reported) for usage in usages if usage is not None), None)


def _wrapped(response: object) -> Iterator[object]:
    yield from (inner for name in _WRAPPERS if (inner := field(response, name)) is not None)
    yield from items(field(response, "choices"))[:1]  # Moonshot's streams


def _is_ollama(response: object) -> bool:
    return field(response, "eval_count") is not None


def _read_by_price_list(response: object) -> list[ResponseUsage]:
    """Read a shape that is not known here as the price list knows it, if it is installed."""
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        return []
    body = decoded(response)
    if not isinstance(body, dict):
        return []
    for extractor in (each for provider in get_snapshot().providers for each in provider.extractors or ()):
        try:
            model, usage = extractor.extract(body)
        except ValueError:
            continue
        cache_read, cache_write = int(usage.cache_read_tokens or 0), int(usage.cache_write_tokens or 0)
        fresh = max(0, int(usage.input_tokens or 0) - cache_read - cache_write)
        return [ResponseUsage(model or "", fresh, int(usage.output_tokens or 0), cache_read, cache_write)]
    return []
