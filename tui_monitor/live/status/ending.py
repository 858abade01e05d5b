"""Ends: of a request that failed, of a turn, of a session, of its process."""

from __future__ import annotations

from tui_monitor.events import FINAL_AFTER_MS, Activity, Turn
from tui_monitor.live.liveness import MINUTE, NEWS_MS, SECOND
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.open_calls import activity, is_request_open, is_turn_over

IDLE_MS = 10 * MINUTE
"""Time after which a turn that is over no longer counts as just done."""
SURE_MS = 75 * SECOND
THINKING_MS = MINUTE
SILENT_MS = 30 * MINUTE
"""Silence after which a session without a living process has likely ended."""


def ended(state: SessionState, now: int) -> Status | None:
    """Return the state if the session is over."""
    chain = state.main_chain
    if state.process is None and state.process_gone and not agents_ended_at(state):
        return Status(StatusWord.ENDED, state.last_at, "its process is gone")
    if state.process is None and chain.turn is Turn.SESSION_ENDED and chain.turn_at >= chain.last_at:
        return Status(StatusWord.ENDED, chain.turn_at, "session ended", subject=chain.turn_reason)
    return None


def failed_request(state: SessionState, now: int) -> Status | None:
    """Return the state if the last request to the model failed: it is repeated, or was given up."""
    chain = state.main_chain
    retry = chain.retry
    if retry is None or retry.at < max(chain.last_output_at, chain.last_prompt_at):
        return None
    if is_request_open(chain) and chain.request and chain.request.at >= retry.at:
        return None  # it is repeated now
    if chain.turn in (Turn.DONE, Turn.INTERRUPTED) and chain.turn_at > retry.at:
        return None
    if activity(state) is Activity.IDLE and retry.wait_ms is not None:
        return None  # it was stopped
    if retry.is_rate_limit and retry.wait_ms is None and (not retry.resets_at or now < retry.resets_at):
        evidence = "a limit of your plan is used up"
        return Status(StatusWord.RATE_LIMITED, retry.at, evidence, subject=retry.reason)
    if retry.wait_ms is None:
        return Status(StatusWord.FAILED, retry.at, "last response is an API error", subject=retry.reason)
    if now > retry.at + retry.wait_ms + 10 * SECOND:
        return None
    attempt = f"attempt {retry.attempt} of {retry.attempts}" if retry.attempts else "a request failed"
    evidence = f"{attempt}, retried after {retry.wait_ms / SECOND:.0f} s"
    return Status(StatusWord.RETRYING, retry.at, evidence, subject=retry.reason)


def turn_over(state: SessionState, now: int) -> Status | None:
    """Return the state if the turn has ended, as the files state it, or else the process."""
    if is_turn_over(state):
        return _of_turn(state, now)
    if ended_at := agents_ended_at(state):
        return Status(_done_or_idle(ended_at, now), ended_at, "its agents have ended")
    chain = state.main_chain
    if activity(state) is not Activity.IDLE or not chain.last_at or state.process is None:
        return None
    if chain.last_prompt_at > max(chain.last_output_at, chain.last_result_at):
        evidence = "its process says that it is idle, and nothing was answered"
        return Status(StatusWord.INTERRUPTED, max(state.process.since, chain.last_prompt_at), evidence)
    since = max(state.process.since, chain.last_at)
    return Status(_done_or_idle(since, now), since, "its process says that it is idle")


def agents_ended_at(state: SessionState) -> int:
    """Return when the last agent of a session ended whose main chain does nothing, as their source reports of all of
    them; else 0."""
    children = state.children()
    if state.main_chain.last_at or not children or not all(agent.has_ended for agent in children):
        return 0
    return max(agent.ended for agent in children)


def _done_or_idle(since: int, now: int) -> StatusWord:
    return StatusWord.IDLE if now - since > IDLE_MS else StatusWord.DONE


def _of_turn(state: SessionState, now: int) -> Status:
    chain = state.main_chain
    if chain.turn is Turn.INTERRUPTED:
        return Status(StatusWord.INTERRUPTED, chain.turn_at, "interrupted by a person")
    if chain.turn is Turn.FAILED:
        return Status(StatusWord.FAILED, chain.turn_at, "turn failed")
    return Status(_done_or_idle(chain.turn_at, now), chain.turn_at, "turn finished")


def nothing_asked(state: SessionState, now: int) -> Status | None:
    """Return the state of a process that has not been asked anything yet."""
    process = state.process
    if process is None or state.main_chain.last_at:
        return None
    since = process.since or process.started
    return Status(StatusWord.IDLE, since, "its process runs, and has not been asked anything yet")


def silent(state: SessionState, now: int) -> Status | None:
    """Return the state by what came last and how long ago that was; exact it cannot be."""
    chain = state.main_chain
    since = chain.last_at
    if not since:
        return None
    quiet, ago = now - since, _ago(now - since)
    if quiet > SILENT_MS:
        word = StatusWord.ENDED if state.process is None else StatusWord.IDLE
        return Status(word, since, f"nothing was written for {ago}", certain=False)
    asked_at = max(chain.last_prompt_at, chain.turn_at if chain.turn is Turn.STARTED else 0)
    if chain.last_output_at >= max(asked_at, chain.last_result_at):
        return _after_output(state, quiet, ago) or _no_sign(since, ago)
    last = "prompt" if asked_at >= chain.last_result_at else "result"
    if quiet <= THINKING_MS:
        return Status(StatusWord.THINKING, since, f"a {last} is the last line")
    return _no_sign(since, ago)


def _after_output(state: SessionState, quiet: int, ago: str) -> Status | None:
    """Judge by the agent's last message whether its turn has ended, or goes on."""
    chain = state.main_chain
    is_text_last = chain.last_text_at >= max(chain.last_call_at, chain.last_prompt_at)
    if is_text_last and chain.asks_unseen:
        evidence = f"it asked for a tool {ago} ago, which this agent's files show once it is over"
        is_undecided = quiet >= NEWS_MS
        return Status(StatusWord.WORKING, chain.last_at, evidence, None, "a tool call", False, undecided=is_undecided)
    final_after_ms = chain.final_after_ms if is_text_last else FINAL_AFTER_MS
    if final_after_ms is not None and quiet > final_after_ms:
        return Status(StatusWord.DONE, chain.last_at, f"it spoke {ago} ago; nothing since", certain=False)
    if quiet > max(THINKING_MS, final_after_ms or 0):
        return None
    is_news = quiet < FINAL_AFTER_MS and final_after_ms is not None
    evidence = "it spoke a moment ago" if is_news else f"it spoke {ago} ago, and its turn goes on"
    return Status(StatusWord.THINKING, chain.last_at, evidence, certain=False)


def _no_sign(since: int, ago: str) -> Status:
    evidence = f"no sign of life for {ago}: thinking, stuck or gone"
    return Status(StatusWord.UNKNOWN, since, evidence, certain=False)


def _ago(duration_ms: int) -> str:
    seconds = max(0, duration_ms) // SECOND
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
