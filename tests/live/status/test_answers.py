"""The answer of each agent, beside its living process: it ends the turn, whether or not the agent writes that end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.sources import (
    copilot_builder,
    gemini_builder,
    kimi_builder,
    opencode_builder,
    otlp_builder,
    pi_builder,
    qwen_builder,
    stream_builder,
)
from tui_monitor.events import Event, SessionProcess
from tui_monitor.live.alerts import AlertKind, alerts_at
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import StatusWord, status

SECOND = 1000
MINUTE = 60 * SECOND


def opencode(folder: Path) -> Sequence[Event]:
    with closing(opencode_builder.Sessions(folder / "opencode.db").session()) as sessions:
        sessions.part(sessions.message("user"), "text", text="Mend the valve.")
        answer = sessions.message("assistant")
        sessions.part(answer, "text", text="Done.")
        sessions.complete(answer)
    return opencode_builder.read(folder / "opencode.db")


def newer_opencode(folder: Path) -> Sequence[Event]:
    with closing(opencode_builder.Steps(folder / "opencode.db").session()) as sessions:
        sessions.prompt("Mend the valve.")
        sessions.response(opencode_builder.tokens(100, output=10), {"type": "text", "text": "Done."})
    return opencode_builder.read(folder / "opencode.db")


def gemini(folder: Path) -> Sequence[Event]:
    chat = gemini_builder.Chat().asks("Mend the valve.").responds("Done.", gemini_builder.tokens(150, 10))
    return gemini_builder.read(chat.records)


def gemini_telemetry(folder: Path) -> Sequence[Event]:
    counts = {"input_token_count": 150, "output_token_count": 10, "model": "gemini-2.5-pro"}
    prompt = otlp_builder.gemini("user_prompt", 0, prompt="Mend the valve.")
    return otlp_builder.read(otlp_builder.logs(prompt, otlp_builder.gemini("api_response", 2, **counts)))


def genai(folder: Path) -> Sequence[Event]:
    return otlp_builder.read(otlp_builder.spans(otlp_builder.chat(1, 0)))


def pi(folder: Path) -> Sequence[Event]:
    return pi_builder.read(pi_builder.PiSession().asks("Mend the valve.").responds("Done.").records)


def kimi(folder: Path) -> Sequence[Event]:
    return kimi_builder.read(kimi_builder.OlderLog().asks("Mend the valve.").says("Done.").records)


def kimi_code(folder: Path) -> Sequence[Event]:
    return kimi_builder.read(kimi_builder.NewerLog().asks("Mend the valve.").says("Done.").spends(100, 10).records)


def copilot(folder: Path) -> Sequence[Event]:
    return copilot_builder.read(copilot_builder.CopilotSession().asks("Mend the valve.").responds("Done.").records)


def qwen(folder: Path) -> Sequence[Event]:
    return qwen_builder.read(qwen_builder.QwenChat().asks("Mend the valve.").responds("Done.").records)


def stream(folder: Path) -> Sequence[Event]:
    begin = stream_builder.line("agent", "u1", agent_id="s1", status="running")
    message = stream_builder.line("message", "u3", text="Done.")
    return stream_builder.read(begin, stream_builder.line("prompt", "u2", text="Mend the valve."), message)


ANSWERS = (
    copilot,
    gemini,
    gemini_telemetry,
    genai,
    kimi,
    kimi_code,
    newer_opencode,
    opencode,
    pi,
    qwen,
    stream,
)


def state_of(events: Sequence[Event], *, states_calls: bool) -> SessionState:
    """Return the session of these events, whose process lives and does not state what it does."""
    live = LiveState()
    live.apply(events, Changes())
    (state,) = live.sessions.values()
    state.process = SessionProcess(session=state.key, pid=7, states_calls=states_calls)
    return state


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_answer_ends_the_turn_of_a_living_process(answer: Callable[[Path], Sequence[Event]], tmp_path: Path) -> None:
    state = state_of(answer(tmp_path), states_calls=answer is stream)
    for after in (30 * SECOND, 4 * MINUTE, 9 * MINUTE):
        assert status(state, state.last_at + after).word is StatusWord.DONE
    late = state.last_at + 40 * MINUTE
    assert status(state, late).word is StatusWord.IDLE
    for after in range(0, 40 * MINUTE, 20 * SECOND):
        kinds = {alert.kind for alert in alerts_at([state], state.last_at + after)}
        assert not kinds & {AlertKind.STUCK, AlertKind.SILENT}


def test_result_without_an_answer_is_stuck_at_last() -> None:
    chat = gemini_builder.Chat().asks("Mend the valve.").responds("Reading.", gemini_builder.tokens(150, 10))
    chat.calls(gemini_builder.call("read_file", {"file_path": "valve.py"}))
    state = state_of(gemini_builder.read(chat.records), states_calls=False)
    assert status(state, state.last_at + MINUTE).word is StatusWord.THINKING
    assert status(state, state.last_at + 4 * MINUTE).word is StatusWord.STUCK
