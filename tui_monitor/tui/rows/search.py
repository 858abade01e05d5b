"""Searching the log: marks on the words found, and completions of the words of a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState
from tui_monitor.tui.rows.filter import FIELDS, STATES, paths_of
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line


def mark_words(spans: Spans, words: Sequence[str], *, begun: bool = False) -> Spans:
    """Return ``spans`` with every occurrence of ``words`` (in lower case) marked, whatever its case; ``begun``: only
    where a word begins."""
    if not words:
        return spans
    alternatives = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![^\W_])(?:{alternatives})" if begun else alternatives, re.IGNORECASE)
    return tuple(part for span in spans for part in _marked(span, pattern))


def _marked(span: TextSpan, pattern: re.Pattern[str]) -> Iterator[TextSpan]:
    end = 0
    for match in pattern.finditer(span.text):
        if end < match.start():
            yield TextSpan(span.text[end : match.start()], span.tone)
        yield TextSpan(match.group(), Tone.HIT)
        end = match.end()
    if end < len(span.text) or not span.text:
        yield TextSpan(span.text[end:], span.tone)


def values_of(state: SessionState) -> Mapping[str, Sequence[str]]:
    """Return the values that a query's fields can have in a session, the most recent first."""
    calls = [call for call in reversed(list(state.log.calls())) if isinstance(call, Call)]
    paths = (path for call in calls for path in paths_of(call).splitlines())
    agents = ("main", *(agent.type for agent in state.agents.values() if agent.type))
    return {
        "is": STATES,
        "tool": _distinct(call.tool for call in calls),
        "file": _distinct(PurePath(path).name for path in paths),
        "agent": _distinct(agents),
    }


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    words = (one_line(text).lower() for text in texts)
    return tuple(dict.fromkeys(f'"{word}"' if " " in word else word for word in words if word))


def completion(query: str, values: Mapping[str, Sequence[str]]) -> str | None:
    """Return ``query`` with its last word completed to a field, or to a value of its field; None if nothing fits."""
    *_, word = query.rpartition(" ")
    name, colon, begun = word.removeprefix("-").partition(":")
    if colon:
        choices = values.get(name.lower(), ())
    else:
        begun, choices = name, tuple(f"{each}:" for each in FIELDS)
    fitting = (choice for choice in choices if choice.startswith(begun.lower()) and choice != begun.lower())
    found = next(fitting, None) if begun or colon else None
    return query + found[len(begun) :] if found else None
