"""Usage in printed output: streamed responses, and the totals of runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tui_monitor.events import SessionTotalUpdate, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.totals import continues, reported_total
from tui_monitor.sources.claude_code.usage import observation
from tui_monitor.sources.shared.fields import number, put_bounded, table, text

_REPORTER = "print"
_START_HOOKS = ("SessionStart:startup", "SessionStart:resume")
_MAX_RESPONSES = 64


@dataclass(slots=True)
class StreamedResponses:
    """The response that is being streamed for each call of an agent (empty: the main chain).

    Only the last delta of a stream has the final counts of a response; no other printed line does.
    """

    messages: dict[str, Record] = field(default_factory=dict)

    def read(self, line: ClaudeLine) -> Iterator[Usage]:
        """Read an event of the stream; only the first and the last have counts."""
        event, call_id = table(line.record.get("event")), text(line.record.get("parent_tool_use_id"))
        if event.get("type") == "message_start":
            message = table(event.get("message"))
            start = {"id": message.get("id"), "model": message.get("model"), "usage": table(message.get("usage"))}
            put_bounded(self.messages, call_id, start, _MAX_RESPONSES)
        elif event.get("type") == "message_delta" and call_id in self.messages:
            counts = {name: value for name, value in table(event.get("usage")).items() if value is not None}
            message = self.messages[call_id] | {"stop_reason": table(event.get("delta")).get("stop_reason")}
            yield observation(line, message, message["usage"] | counts)


@dataclass(slots=True)
class PrintRuns:
    """The present run of the program, named after its first line, with its last total.

    Several runs may print into one stream. ``model`` is that of the main chain, ``counter`` names the present total
    over all runs, empty for the first.
    """

    run: str = ""
    counter: str = ""
    session: str = ""
    model: str = ""
    total: list[int] = field(default_factory=list)

    def update(self, line: ClaudeLine) -> None:
        """Start a new run at another session, or at the hook that the program calls when it starts."""
        session = line.session.id
        is_start = line.record.get("subtype") == "hook_started" and line.record.get("hook_name") in _START_HOOKS
        if session != self.session or is_start:
            self._start(line)
            self.session = session

    def apply_total(self, line: ClaudeLine, version: str, *, is_dated: bool) -> Iterator[SessionTotalUpdate]:
        """Yield the total so far, of the run or (later versions) of all runs. A lower one than before is another's."""
        is_cumulative = continues(version, line.record)
        for update in reported_total(line, line.record.get("total_cost_usd")):
            tokens = update.tokens
            total = [update.cost or 0, *([tokens.prompt, tokens.output] if tokens else [])]
            if any(now < before for now, before in zip(total, self.total, strict=False)):
                self._start(line)
                self.counter = self.run
            self.total = total
            run = f"{_REPORTER}:{self.counter if is_cumulative else self.run}"
            yield replace(update, run=run, until=line.at + 1 if is_dated else 0, inherits=is_cumulative)

    def window(self, line: ClaudeLine) -> int | None:
        """Return the size of the main chain's context window in the result of a run; None if it is missing."""
        usage = table(line.record.get("modelUsage"))
        usage_of_model = usage.get(self.model)
        if self.model not in usage and len(usage) == 1:
            usage_of_model = next(iter(usage.values()))
        return number(table(usage_of_model).get("contextWindow"))

    def _start(self, line: ClaudeLine) -> None:
        self.run = line.uuid or f"{line.ref.path}:{line.ref.offset}"
        self.total = []
