"""What the agent's program itself writes between what is said: ends of turns, retries, compactions."""

from __future__ import annotations

from tui_monitor.demo import lines
from tui_monitor.demo.chain import Chain

COMPACTER = "acompact-5eed1a"
WINDOW = 200_000


def tell_window(chain: Chain) -> None:
    """The person asks how full the context is, and is told how large it is, too."""
    share = 100 * chain.context // WINDOW
    usage = f"Context Usage\n{chain.model} · {chain.context // 1000}k/{WINDOW // 1000}k tokens ({share}%)"
    content = f"<local-command-stdout>{usage}</local-command-stdout>"
    chain.write("system", 1.0, subtype="local_command", content=content, level="info")


def end_turn(chain: Chain, began: float) -> None:
    """The agent has done what it was asked at ``began``."""
    chain.write("system", 0.1, subtype="turn_duration", durationMs=round(1000 * (chain.stage.at - began)))


def overloaded(chain: Chain, wait: float) -> None:
    """The model cannot answer now, and is asked again after so many seconds."""
    error = {"status": 529, "error": {"error": {"type": "overloaded_error", "message": "Overloaded"}}}
    retry = {"retryInMs": 1000 * wait, "retryAttempt": 1, "maxRetries": 10}
    chain.write("system", 1.0, subtype="api_error", level="error", error=error, **retry)
    chain.stage.at += wait


def compact(chain: Chain, summary: str, seconds: float) -> None:
    """The context is full: a summary takes the place of what was said."""
    before, began = chain.context, chain.stage.at
    request = Chain(chain.stage, chain.model, begins_with=before, cached=before - 1_200, agent=COMPACTER)
    request.prompt("Your task is to create a detailed summary of the conversation so far.", 0.5)
    request.conclude(summary, seconds)
    chain.shrink(31_000 + len(summary))
    told = {
        "trigger": "auto",
        "preTokens": before,
        "postTokens": chain.context,
        "durationMs": round(1000 * (chain.stage.at - began)),
    }
    chain.write("system", 0.4, subtype="compact_boundary", content="Conversation compacted", compactMetadata=told)
    content = [lines.text(summary)]
    chain.write("user", 0.1, message={"role": "user", "content": content}, isCompactSummary=True)
