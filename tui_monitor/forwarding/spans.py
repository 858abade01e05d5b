"""Sessions as spans in the GenAI conventions: ``invoke_agent`` for a turn and for a sub-agent's run, ``chat`` for a
response, ``execute_tool`` for a call, with log records of the last two as agents write them.

What was written by the person, the agent or a tool (prompts, arguments, commands, results, titles) is left out unless
it is asked for. Of the files that calls changed the counts of lines are sent, and in the place of each path a name from
which it cannot be found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from tui_monitor.events import MAIN, PICO, CallState, Change, SessionKey
from tui_monitor.forwarding.attributes import call_attributes, known, message, response_attributes
from tui_monitor.forwarding.model import Attributes, ForwardedLog, ForwardedSpan, Value, stable_id
from tui_monitor.forwarding.turns import Turns, TurnTrace, ended_at
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.calls import CallRecord
from tui_monitor.sources.otlp import forwarded_names as names
from tui_monitor.store import RecordedResponse, SessionRecords, StoredBody
from tui_monitor.telemetry.recorder.masking import mask_text
from tui_monitor.totals import SessionSummary

SETTLE_MS = 10_000
"""Time after which a response hardly changes any more: until then it is not sent."""
QUIET_MS = 60_000
"""Silence of a session after which its turn, its agents and its open calls are sent as they are."""
MAX_TEXT = 16_384
"""Characters of a text that are sent."""


@dataclass(frozen=True, slots=True)
class ContentReader:
    """Reads what was written, with secrets masked: the texts of calls by ``body``."""

    body: Callable[[SessionKey, str], StoredBody | None]


@dataclass(frozen=True, slots=True)
class SessionSpans:
    """Makes the spans of one session at ``now`` (epoch ms). With ``is_final`` nothing more is waited for; ``path_key``
    is the secret by which paths are hidden."""

    summary: SessionSummary
    records: SessionRecords
    path_key: bytes
    now: int
    is_final: bool = False
    since: int = 0
    content: ContentReader | None = None
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", Turns(self.records))

    @property
    def is_quiet(self) -> bool:
        """True if nothing was heard of the session for a while."""
        return self.is_final or not self.now - QUIET_MS < self.summary.ended <= self.now

    def spans(self) -> Iterator[ForwardedSpan]:
        """Yield the spans that are settled, the outer ones first."""
        for turn in self.turns.turns:
            if turn.last_at >= self.since and (turn is not self.turns.last or self.is_quiet):
                yield self._turn(turn)
        for agent, record in self.records.agents.items():
            if agent != MAIN and record.started >= max(self.since, 1) and (record.has_ended or self.is_quiet):
                yield self._agent(agent, record)
        for response in self.records.responses:
            if response.at >= self.since and self._is_settled(response.at):
                yield self._response(response)
        for call, called in self.records.calls.items():
            if called.started >= self.since and (called.ended or self.is_quiet):
                yield self._call(call, called)

    def _is_settled(self, at: int) -> bool:
        return self.is_quiet or not self.now - SETTLE_MS < at <= self.now

    @property
    def _agent_name(self) -> str:
        return self.summary.session.source

    def _common(self, agent: str) -> dict[str, Value]:
        session = self.summary.session
        record = self.records.agents.get(agent)
        kind = record.type if record and agent != MAIN else ""
        return {
            names.SOURCE_NAME: session.source,
            names.SESSION: session.id,
            names.CONVERSATION: session.id,
            names.AGENT_NAME: kind or self._agent_name,
            **({names.AGENT_ID: agent} if agent != MAIN else {}),
        }

    def _span(
        self, name: str, turn: TurnTrace, span: int, parent: int, start: int, end: int, **rest: object
    ) -> ForwardedSpan:
        return ForwardedSpan(
            name,
            self.turns.trace(turn),
            span,
            parent,
            max(0, start),
            max(0, start, end),
            self._agent_name,
            **rest,  # type: ignore[arg-type]
        )

    def _turn(self, turn: TurnTrace) -> ForwardedSpan:
        summary = self.summary
        facts: dict[str, Value | None] = {
            names.CWD: summary.folder,
            names.BRANCH: summary.branch,
            names.VERSION: summary.version,
            names.PROMPT_AT: turn.prompt_at,
            names.TITLE: self._text(summary.title),
            "gen_ai.input.messages": message("user", self._text(turn.text)),
        }
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            **self._common(MAIN),
            names.TURN_IS_OVER: turn is not self.turns.last or not self._has_open_calls,
            **known(facts),
            **(self._whole() if turn is self.turns.last else {}),
        }
        name = f"invoke_agent {self._agent_name}"
        return self._span(
            name, turn, self.turns.root(turn), 0, turn.first_at or turn.prompt_at, turn.last_at, attributes=attributes
        )

    @property
    def _has_open_calls(self) -> bool:
        return any(not call.ended for call in self.records.calls.values())

    def _whole(self) -> Attributes:
        """Return what is known of the whole session beyond its responses."""
        if not self.records.has_more:
            return {}
        amount = self.summary.totals.amount
        return {
            f"{names.TOTAL}cost": amount.cost / PICO,
            names.TOTAL_IS_LOWER_BOUND: bool(amount.lower_bound),
            **{
                f"{names.TOTAL}{count}": getattr(amount, count)
                for count in ("input", "output", "cache_read", "cache_creation")
            },
        }

    def _agent(self, agent: str, record: MergedAgent) -> ForwardedSpan:
        turn = self.turns.of(agent, record.started)
        facts = {
            "gen_ai.request.model": record.model,
            names.AGENT_PARENT: record.parent or "",
            names.AGENT_CALL: record.call,
            names.AGENT_STATUS: record.reported_status or "",
            names.AGENT_DESCRIPTION: self._text(record.description),
            names.AGENT_IS_INTERNAL: record.internal,
            names.PLAN: record.plan,
            names.TASK: record.task,
            names.EXIT_CODE: record.exit_code,
        }
        attributes = {"gen_ai.operation.name": "invoke_agent", **self._common(agent), **known(facts)}
        return self._span(
            f"invoke_agent {record.type or agent}",
            turn,
            self.turns.agent_span(agent),
            self.turns.parent_of(record.parent or MAIN, record.call, turn),
            record.started,
            record.ended_at or record.last_at,
            attributes=attributes,
            error=(self._text(record.error) or "failed") if record.reported_status == "failed" else "",
        )

    def _response(self, response: RecordedResponse) -> ForwardedSpan:
        turn = self.turns.of(response.agent, response.at)
        span = stable_id(8, "response", *response.ids[:1] or (*self.records.session, response.agent, response.at))
        log_attributes = known(
            {
                "model": response.model,
                "input_tokens": response.tokens.input,
                "output_tokens": response.tokens.output,
                "cache_read_tokens": response.tokens.cache_read,
                "cache_creation_tokens": response.tokens.cache_creation,
                "cost_usd": None if response.cost is None else response.cost / PICO,
                "duration_ms": response.duration_ms,
                "ttft_ms": response.ttft_ms,
                "query_source": response.operation,
            }
        )
        return self._span(
            f"chat {response.model}".rstrip(),
            turn,
            span,
            self.turns.parent_of(response.agent, "", turn),
            response.at - (response.duration_ms or 0),
            response.at,
            attributes={**self._common(response.agent), **response_attributes(response)},
            is_request=True,
            log=self._log("api_request", log_attributes),
        )

    def _call(self, call: str, record: CallRecord) -> ForwardedSpan:
        turn = self.turns.of(record.agent, record.started)
        ended = ended_at(record)
        log_attributes = known(
            {
                "tool_name": record.tool,
                "tool_use_id": call,
                "success": "true" if record.state is CallState.OK else "false",
                "duration_ms": record.duration_ms,
                "decision_type": "reject" if record.state.rejected else "",
            }
        )
        return self._span(
            f"execute_tool {record.tool}",
            turn,
            self.turns.call_span(call),
            self.turns.parent_of(record.agent, record.parent, turn),
            record.started,
            ended,
            attributes={
                **self._common(record.agent),
                **call_attributes(call, record),
                **self._changes(call),
                **self._content(call, record),
            },
            error="failed" if record.state.failed else "",
            log=self._log("tool_result", log_attributes) if record.ended else None,
        )

    def _log(self, event: str, attributes: Attributes) -> ForwardedLog:
        """Return a log record in the way that agents name theirs: the agent's name before that of the event."""
        prefix = self._agent_name.replace("-", "_")
        own = {"event.name": event, names.SESSION: self.summary.session.id, **attributes}
        return ForwardedLog(f"{prefix}.{event}", own)

    def _text(self, text: str) -> str:
        """Return a text if content is sent, else nothing."""
        return mask_text(text[:MAX_TEXT]) if self.content and text else ""

    def _content(self, call: str, record: CallRecord) -> Attributes:
        if self.content is None:
            return {}
        body = self.content.body(self.summary.session, call) or StoredBody()
        texts = {
            names.SUBJECT: self._text(record.subject),
            "gen_ai.tool.call.arguments": self._text(body.input),
            "gen_ai.tool.call.result": self._text(body.error or body.output),
        }
        return known(texts)

    def _changes(self, call: str) -> Attributes:
        """Return the files that a call changed, with the lines added to and removed from each."""
        changes = self.records.changes.get(call, ())
        return {names.CHANGES: json.dumps([self._change(one) for one in changes])} if changes else {}

    def _change(self, change: Change) -> tuple[str | int, ...]:
        path, old_path = self._path(change.path), self._path(change.old_path)
        return change.kind.value, path, change.added, change.removed, old_path

    def _path(self, path: str) -> str:
        return path if self.content or not path else hidden_path(path, self.path_key)


def hidden_path(path: str, key: bytes) -> str:
    """Return a name that is the same whenever this path is hidden by this key, and from which nobody finds the path."""
    return f"file-{blake2b(path.encode('utf-8', 'surrogatepass'), key=key, digest_size=6).hexdigest()}"
