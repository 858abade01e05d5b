"""The X-ray of a context: what fills the window of the main chain, to the token of its reported occupancy.

The context begins with a measured number of tokens: the parts of every request and the first texts. All that came later
is its growth. What an agent counts itself is taken as it is; everything else has a share of the rest by its characters,
as far as these can be so many tokens. What is left is unknown: parts of the start, and texts, that no source has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tui_monitor.events import MAIN, ToolKind
from tui_monitor.live.context_parts import FixedPart, fixed_parts
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState

LEAST_CHARS = 3
"""Characters of a token, at least, in a text as a whole: what a text fills is never estimated as more."""
OUTPUTS, INPUTS = "tool outputs", "calls"
START, UNKNOWN = "start", "unknown"
"""What is unknown of the start, and of the growth."""
MAX_LARGEST = 8
"""Calls with the longest results that are named."""
_SKILL = "Skill"
"""The tool that uses a skill, which is its subject."""


class ContextItem(NamedTuple):
    """A part of a group: a tool, a server, a file … ``uses`` is how often it was used, None where that means nothing;
    ``is_exact`` if the agent counted it."""

    name: str
    tokens: int
    is_exact: bool = False
    uses: int | None = None
    items: int | None = None


class ContextGroup(NamedTuple):
    """A group of parts with its tokens; ``is_fixed`` if it is in every request from the first one on."""

    name: str
    tokens: int
    is_exact: bool
    is_fixed: bool
    items: tuple[ContextItem, ...] = ()


class LargeResult(NamedTuple):
    """A call whose result fills much of the context, with its tokens."""

    call: Call
    tokens: int


@dataclass(frozen=True, slots=True)
class ContextXray:
    """What fills a context: the tokens of ``groups`` sum to ``occupancy``. ``start`` tokens were there from its first
    request on. ``has_all_calls`` is False if older calls are not here, so that something unused may have been used."""

    occupancy: int
    start: int
    groups: tuple[ContextGroup, ...]
    largest: tuple[LargeResult, ...] = ()
    has_all_calls: bool = True


class _Share(NamedTuple):
    """A candidate for tokens: its group, its name, its characters."""

    group: str
    name: str
    chars: int
    is_fixed: bool = False
    items: int | None = None


class _Texts(NamedTuple):
    """The texts of one segment of a context by group and name, and the calls with the longest results."""

    shares: list[_Share]
    calls: list[Call]


def context_xray(state: SessionState) -> ContextXray | None:
    """Return the X-ray of the main chain's context; None while its occupancy is unknown."""
    context = state.context
    if context.tokens is None:
        return None
    occupancy = max(0, context.tokens)
    start = min(occupancy, occupancy if context.start is None else max(0, context.start))
    since = context.compactions[-1].at if context.compactions else 0
    fixed = fixed_parts(context.parts.values())
    counted = [part for part in fixed if part.tokens is not None]
    counted_tokens = sum(part.tokens or 0 for part in counted)
    if counted_tokens > start:  # the agent's own estimate exceeds what was sent: only its proportions hold
        fixed = [part._replace(chars=part.chars or LEAST_CHARS * (part.tokens or 0), tokens=None) for part in fixed]
        counted, counted_tokens = [], 0
    calls = list(state.log.calls())
    begun = _texts(state, calls, since, context.start_at)
    measured = [_Share(part.group, part.name, part.chars, True, part.items) for part in fixed if part.tokens is None]
    parts = [*_counted(counted), *_divide(start - counted_tokens, [*measured, *begun.shares])]
    grown = _texts(state, calls, context.start_at, context.at)
    growth = _divide(occupancy - start, grown.shares)
    return ContextXray(
        occupancy,
        start,
        (*_grouped([*parts, *growth], _uses(state, calls)), *_unknown(start, parts, occupancy - start, growth)),
        tuple(_largest(grown, growth)),
        len(calls) >= state.totals.calls,
    )


class _Part(NamedTuple):
    """A share with its tokens."""

    share: _Share
    tokens: int
    is_exact: bool


def _counted(parts: Iterable[FixedPart]) -> Iterator[_Part]:
    for part in parts:
        yield _Part(_Share(part.group, part.name, part.chars, True, part.items), part.tokens or 0, True)


def _divide(tokens: int, shares: list[_Share]) -> list[_Part]:
    """Divide at most ``tokens`` by characters; the parts sum to as many tokens as the characters can be."""
    total = sum(share.chars for share in shares)
    known = min(tokens, total // LEAST_CHARS)
    parts, chars, divided = [], 0, 0
    for share in sorted(shares, key=lambda share: share[:2]):  # what is rounded must not depend on who was read first
        chars += share.chars
        upto = known * chars // total if total else 0
        parts.append(_Part(share, upto - divided, False))
        divided = upto
    return parts


def _texts(state: SessionState, calls: list[Call], since: int, until: int) -> _Texts:
    """Return what was written in a time: messages by kind, calls, and results by tool."""
    sizes = dict[tuple[str, str], int]()
    for text in state.messages.between(since, until):
        sizes[text.kind.value, ""] = sizes.get((text.kind.value, ""), 0) + text.chars
    inputs, with_results = 0, list[Call]()
    for call in calls:
        started = call.started
        if call.agent != MAIN or started >= until:
            continue
        if since <= started:
            inputs += call.input_chars
        chars = call.output_chars + call.error_chars
        if chars and since <= call.at < until:
            sizes[OUTPUTS, call.tool] = sizes.get((OUTPUTS, call.tool), 0) + chars
            with_results.append(call)
    sizes[INPUTS, ""] = inputs
    return _Texts([_Share(group, name, chars) for (group, name), chars in sizes.items()], with_results)


def _largest(texts: _Texts, parts: list[_Part]) -> Iterator[LargeResult]:
    tokens = sum(part.tokens for part in parts if part.share.group == OUTPUTS)
    chars = sum(part.share.chars for part in parts if part.share.group == OUTPUTS)
    calls = sorted(texts.calls, key=lambda call: -call.result_chars)[:MAX_LARGEST]
    return (LargeResult(call, tokens * call.result_chars // chars) for call in calls if chars)


def _grouped(parts: Iterable[_Part], uses: dict[str, dict[str, int]]) -> Iterator[ContextGroup]:
    """Yield the groups, the fixed ones first, each with its parts, the largest first."""
    groups = dict[tuple[bool, str], list[_Part]]()
    for part in parts:
        groups.setdefault((not part.share.is_fixed, part.share.group), []).append(part)
    for (is_grown, name), own in sorted(groups.items(), key=lambda group: (group[0][0], -_sum(group[1]))):
        tokens = _sum(own)
        if tokens:
            items = sorted(_items(name, own, uses), key=lambda item: (-item.tokens, item.name))
            yield ContextGroup(name, tokens, all(part.is_exact for part in own), not is_grown, tuple(items))


def _items(group: str, parts: list[_Part], uses: dict[str, dict[str, int]]) -> Iterator[ContextItem]:
    merged = dict[str, _Part]()
    for part in parts:
        existing = merged.get(part.share.name)
        merged[part.share.name] = part._replace(tokens=part.tokens + existing.tokens) if existing else part
    if set(merged) == {""}:
        return
    for name, part in merged.items():
        used = uses[group].get(name, 0) if group in uses and name else None
        yield ContextItem(name or "the rest", part.tokens, part.is_exact, used, part.share.items)


def _sum(parts: Iterable[_Part]) -> int:
    return sum(part.tokens for part in parts)


def _unknown(start: int, parts: list[_Part], grown: int, growth: list[_Part]) -> Iterator[ContextGroup]:
    if rest := start - _sum(parts):
        yield ContextGroup(START, rest, False, True)
    if rest := grown - _sum(growth):
        yield ContextGroup(UNKNOWN, rest, False, False)


def _uses(state: SessionState, calls: list[Call]) -> dict[str, dict[str, int]]:
    """Return how often each tool, server, skill and agent was used, by group and name."""
    tools, servers, skills, agents = dict[str, int](), dict[str, int](), dict[str, int](), dict[str, int]()
    for call in calls:
        _count(tools, call.tool)
        if call.kind is ToolKind.MCP:
            _count(servers, call.tool.partition("·")[0])
        elif call.tool == _SKILL:
            _count(skills, call.subject)
    for agent in state.children():
        _count(agents, agent.type)
    own = {"tools": tools, "deferred tools": tools, OUTPUTS: tools}
    return own | {"MCP servers": servers, "skills": skills, "agents": agents}


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
