"""Sessions that another tui-monitor has forwarded: they keep their source, ids and agents.

Responses carry all ids by which a store knows them, so one that comes by two ways, or that this machine reads from the
agent's own file too, is one response. Logs and metrics of the same scope repeat the spans and are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

import orjson

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    ContextUpdate,
    Event,
    Prompt,
    Rank,
    SessionKey,
    SessionTotalUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.otlp import forwarded_names as names
from tui_monitor.sources.otlp.conventions import (
    MODEL,
    OPERATION,
    PROVIDER,
    TOOL_CALL_ID,
    TOOL_INPUT,
    TOOL_NAME,
    TOOL_OUTPUT,
    first_body,
    first_text,
    read_tokens,
)
from tui_monitor.sources.otlp.export import Span, is_true, to_cost, to_count, to_float, to_int
from tui_monitor.sources.otlp.genai import last_question
from tui_monitor.sources.otlp.state import ParserState
from tui_monitor.sources.shared.fields import number, text

_ENDED = (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
_Reader: TypeAlias = Callable[[Span, SessionKey, ParserState], Iterator[Event]]
_Enum = TypeVar("_Enum", bound=StrEnum)


def forwarded_events(span: Span, state: ParserState) -> Iterator[Event]:
    """Yield the events of a forwarded span."""
    session = SessionKey(text(span.attributes.get(names.SOURCE_NAME)), text(span.attributes.get(names.SESSION)))
    reader = _READERS.get(text(span.attributes.get(OPERATION)))
    if reader and session.source:
        yield from reader(span, session, state)


def _response(span: Span, session: SessionKey, state: ParserState) -> Iterator[Event]:
    fields, tokens, agent = span.attributes, read_tokens(span.attributes), _agent_of(span)
    is_lower_bound = is_true(fields.get(names.IS_LOWER_BOUND))
    seconds = to_float(fields.get(names.TIME_TO_FIRST_TOKEN))
    operation = text(fields.get(names.OPERATION_NAME))
    yield from state.session_updates(session)
    yield Usage(
        session=session,
        agent=agent,
        at=span.end,
        strong_ids=_ids(span),
        model=first_text(fields, MODEL),
        provider=first_text(fields, PROVIDER),
        engine=text(fields.get(names.ENGINE)),
        tokens=tokens,
        rank=Rank.PARTIAL if is_lower_bound else Rank.EXPORTED,
        operation=operation,
        web_searches=to_count(fields.get(names.WEB_SEARCHES)),
        service_tier=text(fields.get(names.SERVICE_TIER)),
        speed=text(fields.get(names.SPEED)),
        region=text(fields.get(names.REGION)),
        reported_cost=None if is_lower_bound else to_cost(fields.get(names.COST)),
        duration_ms=span.duration_ms or None,
        ttft_ms=None if seconds is None else number(1000 * seconds + 0.5),
        plan=text(fields.get(names.PLAN)),
        task=text(fields.get(names.TASK)),
    )
    if tokens.prompt and not operation:
        yield ContextUpdate(
            session=session, agent=agent, at=span.end, tokens=tokens.prompt, model=first_text(fields, MODEL)
        )


def _ids(span: Span) -> tuple[str, ...]:
    ids = span.attributes.get(names.RESPONSE_IDS)
    given = [text(one) for one in ids] if isinstance(ids, list) else []
    return tuple(filter(None, given)) or (f"span:{span.uid}",)


def _call(span: Span, session: SessionKey, state: ParserState) -> Iterator[Event]:
    fields, agent = span.attributes, _agent_of(span)
    call = first_text(fields, TOOL_CALL_ID) or span.uid
    yield from state.session_updates(session)
    yield CallStarted(
        session=session,
        agent=agent,
        at=span.start,
        call=call,
        uid=f"otlp/{session.id}+{call}",
        tool=first_text(fields, TOOL_NAME),
        kind=_member(ToolKind, fields.get(names.TOOL_KIND)) or ToolKind.OTHER,
        subject=text(fields.get(names.SUBJECT)),
        input=first_body(fields, TOOL_INPUT),
        parent=text(fields.get(names.CALL_PARENT)),
        ref=state.ref,
        exact=False,
    )
    result = _member(CallState, fields.get(names.CALL_STATE))
    if result is None or not result.ended:
        return
    output, approval = first_body(fields, TOOL_OUTPUT), text(fields.get(names.APPROVAL))
    yield CallFinished(
        session=session,
        agent=agent,
        at=span.end,
        call=call,
        state=result,
        output=output,
        error=output if result.failed else "",
        duration_ms=to_int(fields.get(names.DURATION_MS)),
        waited_ms=to_int(fields.get(names.WAITED_MS)),
        exit_code=to_int(fields.get(names.EXIT_CODE)),
        approved=not result.rejected if approval else None,
        approval=approval,
        changes=tuple(_changes(text(fields.get(names.CHANGES)))),
        exact=False,
    )


def _changes(encoded: str) -> Iterator[Change]:
    try:
        changes = orjson.loads(encoded) if encoded else []
    except orjson.JSONDecodeError:
        return
    for change in changes if isinstance(changes, list) else ():
        match change:
            case [kind, str(path), int(added), int(removed), str(old_path)] if known := _member(ChangeKind, kind):
                yield Change(known, path, "", max(0, added), max(0, removed), old_path)


def _run(span: Span, session: SessionKey, state: ParserState) -> Iterator[Event]:
    return _turn(span, session, state) if _agent_of(span) == MAIN else _agent(span, session)


def _turn(span: Span, session: SessionKey, state: ParserState) -> Iterator[Event]:
    fields = span.attributes
    facts = {"cwd": names.CWD, "branch": names.BRANCH, "version": names.VERSION, "title": names.TITLE}
    yield from state.session_updates(session, **{name: text(fields.get(key)) for name, key in facts.items()})
    if prompt := last_question(fields.get("gen_ai.input.messages")):
        yield Prompt(session=session, at=to_count(fields.get(names.PROMPT_AT)) or span.start, text=prompt)
    yield TurnUpdate(session=session, at=span.start, turn=Turn.STARTED)
    if is_true(fields.get(names.TURN_IS_OVER)):
        yield TurnUpdate(session=session, at=span.end, turn=Turn.DONE, duration_ms=span.duration_ms)
    if total := {name: fields[key] for name in _TOTALS if (key := f"{names.TOTAL}{name}") in fields}:
        counts = {name: to_count(value) for name, value in total.items() if name != "cost"}
        yield SessionTotalUpdate(
            session=session,
            at=span.end,
            cost=to_cost(total.get("cost")),
            tokens=Tokens(**counts),
            run="forward:total",
            is_lower_bound=is_true(fields.get(names.TOTAL_IS_LOWER_BOUND)),
        )


def _agent(span: Span, session: SessionKey) -> Iterator[Event]:
    fields = span.attributes
    status = _member(AgentStatus, fields.get(names.AGENT_STATUS))
    kind = text(fields.get(names.AGENT_NAME))
    yield AgentUpdate(
        session=session,
        agent=_agent_of(span),
        at=span.end,
        parent=text(fields.get(names.AGENT_PARENT)),
        call=text(fields.get(names.AGENT_CALL)),
        type="" if kind == session.source else kind,
        description=text(fields.get(names.AGENT_DESCRIPTION)),
        model=first_text(fields, MODEL),
        status=status,
        started=span.start,
        ended=span.end if status in _ENDED else None,
        exit_code=to_int(fields.get(names.EXIT_CODE)),
        error=span.message,
        plan=text(fields.get(names.PLAN)),
        task=text(fields.get(names.TASK)),
        internal=is_true(fields.get(names.AGENT_IS_INTERNAL)),
    )


def _agent_of(span: Span) -> str:
    return text(span.attributes.get(names.AGENT_ID))


def _member(kind: type[_Enum], value: object) -> _Enum | None:
    """Return the member of an enumeration with this value; None without one."""
    return next((member for member in kind if member.value == value), None)


_TOTALS = ("cost", "input", "output", "cache_read", "cache_creation")
_READERS: Mapping[str, _Reader] = {"chat": _response, "execute_tool": _call, "invoke_agent": _run}
