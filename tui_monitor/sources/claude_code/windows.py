"""The context windows with which Claude Code runs models, and when it compacts them."""

from __future__ import annotations

import re
from functools import lru_cache

from tui_monitor.events import CompactionRule, WindowPolicy
from tui_monitor.sources.claude_code.line import LONG_WINDOW

SHORT, LONG = 200_000, 1_000_000
_SHORT_MODELS = (
    *("*claude-v*", "*claude-instant*", "*claude-2*", "*claude-3*", "*claude-haiku-4*"),
    *("*claude-opus-4", "*claude-opus-4@*", "*claude-opus-4-[0-6]*"),
    *("*claude-sonnet-4", "*claude-sonnet-4@*", "*claude-sonnet-4-[0-6]*"),
)

WINDOWS = WindowPolicy(LONG, (SHORT, LONG), tuple((pattern, SHORT) for pattern in _SHORT_MODELS))
"""Those of present versions: a million tokens but for models up to Opus 4.6, Sonnet 4.6 and Haiku 4.5."""

COMPACTION = CompactionRule(reserve=20_000 + 13_000)
"""Claude Code keeps 20,000 tokens free for an answer, and a margin of 13,000: inferred from real compactions."""

_DATE = re.compile(r"[-@]\d{8}\b")
_ALIASES = ("opus", "sonnet", "haiku", "fable", "mythos")
_CLAUDE = re.compile(r"\bclaude-")
_OPUS_5 = re.compile(r"\bclaude-opus-5(?:$|[@:]|-\d{8}|-v)")
_LONG_OPUS_5 = (2, 1, 291)
_LONG_FOREIGN = (2, 1, 323)


@lru_cache(maxsize=64)
def window_of_version(model: str, version: str) -> int | None:
    """Return the window with which a version runs a model, if present versions run it with another one; else None."""
    name, numbers = model.lower(), version_numbers(version)
    if not numbers or not name:
        return None
    since = _LONG_OPUS_5 if _OPUS_5.search(name) else None if _CLAUDE.search(name) else _LONG_FOREIGN
    return SHORT if since and numbers < since else None


def version_numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers, to be compared; empty if it is none."""
    parts = version.partition("-")[0].split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts) else ()


def has_long_window(model: str) -> bool:
    """Return True if a model's name has the mark of a window of a million tokens."""
    return model.endswith(LONG_WINDOW)


def is_name_of(name: str, model: str) -> bool:
    """Return True if a response by ``model`` may have been requested under ``name``: an alias, or without its date."""
    name, model = name.lower(), model.lower()
    return name in model if name in _ALIASES else _DATE.sub("", name) == _DATE.sub("", model)
