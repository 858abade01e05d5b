"""Recorder for LiteLLM: ``instrument()`` records every response of its functions and of its `Router`.

Import what you call from `litellm` after that, or call it as ``litellm.completion``. The clients that LiteLLM uses
itself record nothing of these requests, so OpenAI's and Anthropic's libraries may be instrumented too.
"""

from __future__ import annotations

from inspect import isawaitable, iscoroutinefunction
from typing import Any

from tui_monitor.integrations.observed_streams import change_class
from tui_monitor.integrations.patches import Method, Patches
from tui_monitor.integrations.response_recorder import ResponseRecorder, is_recorded_outside, recorded_outside
from tui_monitor.telemetry.recorder.response_fields import field, text

_FUNCTIONS = ("completion", "text_completion", "embedding", "responses")
_ASYNC_FUNCTIONS = ("acompletion", "atext_completion", "aembedding", "aresponses")
_RECORDER = "_tui_monitor_recorder"
_PATCHES = Patches()


def instrument() -> None:
    """Record every response that LiteLLM returns in this process, from now on. Doing it twice changes nothing.

    Raises:
        ImportError: LiteLLM is not installed.
    """
    import litellm

    def install() -> None:
        for name in (*_FUNCTIONS, *_ASYNC_FUNCTIONS):
            _PATCHES.replace(litellm, name, _recorded)

    _PATCHES.apply(install)


def uninstrument() -> None:
    """Record nothing more."""
    _PATCHES.undo()


def _recorded(function: Method) -> Method:
    def call(*args: Any, **kwargs: Any) -> Any:
        if is_recorded_outside() or not _PATCHES.is_active():
            return function(*args, **kwargs)
        recorder = _recorder_of(args, kwargs)
        try:
            with recorded_outside():
                response = function(*args, **kwargs)
        except BaseException as error:
            recorder.fail(error)
            raise
        return _awaited(response, recorder) if isawaitable(response) else _observe(response, recorder)

    async def call_async(*args: Any, **kwargs: Any) -> Any:
        if is_recorded_outside() or not _PATCHES.is_active():
            return await function(*args, **kwargs)
        recorder = _recorder_of(args, kwargs)
        try:
            with recorded_outside():
                response = await function(*args, **kwargs)
        except BaseException as error:
            recorder.fail(error)
            raise
        return _observe(response, recorder)

    return call_async if iscoroutinefunction(function) else call


async def _awaited(response: Any, recorder: ResponseRecorder) -> Any:
    try:
        with recorded_outside():
            whole = await response
    except BaseException as error:
        recorder.fail(error)
        raise
    return _observe(whole, recorder)


def _recorder_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> ResponseRecorder:
    name = str(kwargs.get("model") or next((each for each in args if isinstance(each, str)), ""))
    prefix, _, model = name.rpartition("/")
    provider = str(kwargs.get("custom_llm_provider") or prefix.partition("/")[0])
    return ResponseRecorder(provider, model, is_model_request=True)


def _observe(response: Any, recorder: ResponseRecorder) -> Any:
    if provider := text(field(response, "_hidden_params"), "custom_llm_provider"):
        recorder.set_provider(provider)
    if hasattr(response, "__next__") or hasattr(response, "__anext__"):
        setattr(response, _RECORDER, recorder)
        change_class(response, _observed_stream)
    else:
        recorder.complete(response)
    return response


def _finish(stream: Any, error: BaseException | None = None) -> None:
    """Record what the provider sent: the stream's own last part may have LiteLLM's estimate instead."""
    recorder = getattr(stream, _RECORDER)
    for part in getattr(stream, "chunks", ()):
        recorder.add(part)
    if error is None:
        recorder.finish()
    else:
        recorder.fail(error)


def _observed_stream(stream: type[Any]) -> type[Any]:
    class LiteLlmStream(stream):  # type: ignore[misc]  # the base is known at run time only
        """A stream of LiteLLM's, which may be read in both ways."""

        def __next__(self) -> Any:
            try:
                part = super().__next__()
            except BaseException as error:
                _finish(self, error)
                raise
            return _observe_part(self, part)

        async def __anext__(self) -> Any:
            try:
                part = await super().__anext__()
            except BaseException as error:
                _finish(self, error)
                raise
            return _observe_part(self, part)

        def __del__(self) -> None:
            _finish(self)

    for name in ("close", "aclose"):
        if callable(close := getattr(stream, name, None)):
            setattr(LiteLlmStream, name, _finishing(close))
    return LiteLlmStream


def _observe_part(stream: Any, part: Any) -> Any:
    recorder = getattr(stream, _RECORDER)
    if hasattr(stream, "chunks"):  # which are added at the end
        recorder.begin()
    else:
        recorder.add(part)
    return part


def _finishing(close: Method) -> Method:
    def finishing(self: Any, *args: Any, **kwargs: Any) -> Any:
        _finish(self)
        return close(self, *args, **kwargs)

    return finishing
