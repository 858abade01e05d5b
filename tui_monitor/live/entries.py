"""The entries of a session's log: tool calls, and the marks between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tui_monitor.events import (
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    Proposal,
    Reply,
    SessionKey,
    ToolKind,
)
from tui_monitor.merge.calls import CallEvent, CallRecord
from tui_monitor.merge.history import RecordedCall
from tui_monitor.merge.outcome import looks_failed, summary_line
from tui_monitor.merge.suite_result import SuiteResult, suite_result
from tui_monitor.merge.text_volume import MAX_BODY

_SUMMARISED = ("kind", "output_chars", "error_chars")


@dataclass(slots=True, eq=False)
class Call(CallRecord):
    """One tool call with its long texts, which are empty once it is ``trimmed``: the store still has them, and the
    lines at ``input_ref`` and ``output_ref``.

    ``order`` is its position in the order of reading, ``place`` the one in the log: time and order. It is ``closed``
    once it stands among what is over; one that is closed without an end was abandoned. ``proposal`` is what it asks
    for, without changes that were made, and ``answers`` what was answered; a call from the store has neither.
    ``progress_output`` are the last lines of the output of one that runs; those from its ``output_file`` outlive its
    end.
    ``summary_line`` and ``looks_failed`` are set for shell commands, ``suite`` for those that ran tests.
    """

    session: SessionKey
    id: str
    order: int = 0
    place: tuple[int, int] = (0, 0)
    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    proposal: Proposal | None = None
    answers: tuple[Reply, ...] = ()
    progress_output: str = ""
    added: int = 0
    uncounted: int = 0
    removed: int = 0
    summary_line: str = ""
    looks_failed: bool = False
    suite: SuiteResult | None = None
    trimmed: bool = False
    closed: bool = False
    version: int = 0

    # One object per call: comparing fields, as records do, would cost the log half as much again at every change.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def suspicious(self) -> bool:
        """True for a command that succeeded although its output reports a failure."""
        return self.looks_failed and self.state is CallState.OK

    @property
    def size(self) -> int:
        """Characters held in texts."""
        diffs = sum(len(change.diff) for change in self.changes)
        asked = self.proposal.size if self.proposal else 0
        return len(self.input) + len(self.output) + len(self.error) + len(self.metadata) + diffs + asked

    def apply(self, event: CallEvent) -> list[str]:
        """Merge an event with its texts; return the ranked fields that it sets."""
        fields = CallRecord.apply(self, event)
        output, error = self.output, self.error
        match event:
            case CallStarted():
                if "input_chars" in fields:
                    self.input = event.input[:MAX_BODY]
                self.proposal = event.proposal or self.proposal
            case CallFinished():
                if "output_chars" in fields:
                    output, self.output = event.output, event.output[:MAX_BODY]
                if "error_chars" in fields:
                    error, self.error = event.error, event.error[:MAX_BODY]
                if "metadata_chars" in fields:
                    self.metadata = event.metadata[:MAX_BODY]
                if "change_count" in fields:
                    self._set_changes(event.changes)
                self.answers = event.answers or self.answers
            case CallProgress():
                self.progress_output = event.output[-MAX_BODY:] or self.progress_output
        if self.state.ended:
            self._drop_progress()
        if any(name in fields for name in _SUMMARISED):
            self._summarise(output, error)
        self.version += 1
        return fields

    def restore(self, call: RecordedCall) -> None:
        """Merge the stored call, which has no events read later than those of this one."""
        fields = CallRecord.merge_earlier_record(self, call.record)
        for name in ("input", "output", "error", "metadata"):
            if f"{name}_chars" in fields:
                setattr(self, name, getattr(call.content, name))
        if "change_count" in fields:
            self._set_changes(call.content.changes)
        self._summarise_restored(call, fields)
        self.version += 1

    def trim(self) -> None:
        """Drop the texts."""
        self.input = self.output = self.error = self.metadata = self.progress_output = ""
        self.changes = tuple(replace(change, diff="") for change in self.changes)
        self.proposal = None
        self.trimmed = True

    def _drop_progress(self) -> None:
        """Drop what is of interest only until there is a result."""
        if not self.output_file:
            self.progress_output = ""
        if self.proposal and self.proposal.changes and self.state is CallState.OK:
            self.proposal = replace(self.proposal, changes=())

    def _set_changes(self, changes: tuple[Change, ...]) -> None:
        self.changes = changes
        self.added = sum(change.added for change in changes)
        self.uncounted = sum(change.is_uncounted for change in changes)
        self.removed = sum(change.removed for change in changes)

    def _summarise_restored(self, call: RecordedCall, fields: Sequence[str]) -> None:
        """Take the summary of the store, which is of the whole texts, for those that came from there."""
        has_error, has_output = "error_chars" in fields, "output_chars" in fields
        if self.kind is ToolKind.SHELL is call.record.kind and (has_error or (has_output and not self.error_chars)):
            self.summary_line, self.suite = call.content.summary, call.content.suite
            self.looks_failed = call.content.looks_failed if has_output else looks_failed(self.output)
        elif any(name in fields for name in _SUMMARISED):
            self._summarise(self.output, self.error)

    def _summarise(self, output: str, error: str) -> None:
        if self.kind is ToolKind.SHELL and (output or error):
            self.summary_line, self.looks_failed = (
                summary_line(error or output, has_failed=bool(error)),
                looks_failed(output),
            )
            self.suite = suite_result(error or output)
        else:
            self.summary_line, self.looks_failed, self.suite = "", False, None


class MarkKind(StrEnum):
    """The occasions of a mark."""

    PROMPT = "prompt"
    SAID = "said"
    COMPACTED = "compacted"
    RETRY = "retry"
    GAVE_UP = "gave up"
    INTERRUPTED = "interrupted"
    DONE = "done"
    HOOK_FAILED = "hook failed"
    CACHE_MISSED = "cache missed"
    AWAY = "away"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Mark:
    """An occurrence between calls: ``text`` is a prompt, words of the agent or a reason, ``detail`` what else is said
    of it; the numbers are None where they are unknown. Of a cache ``before`` are the tokens that were sent anew, at an
    added ``cost``; of an absence it is the number of calls, ``after`` of failed ones, ``detail`` of files."""

    kind: MarkKind
    at: int
    text: str = ""
    before: int | None = None
    after: int | None = None
    duration_ms: int | None = None
    detail: str = ""
    exit_code: int | None = None
    cost: int | None = None

    def __hash__(self) -> int:
        return hash((self.at, self.text))  # that of an enum's member takes longer than the rest


Entry: TypeAlias = Call | Mark


def is_failure(entry: Entry) -> bool:
    """Return True for a call that failed, and for a request to the model that was given up."""
    return entry.state.failed if isinstance(entry, Call) else entry.kind is MarkKind.GAVE_UP


def is_doubtful(entry: Entry) -> bool:
    """Return True for what looks like a failure and counts as none: what a command printed, or a hook that failed."""
    return entry.suspicious if isinstance(entry, Call) else entry.kind is MarkKind.HOOK_FAILED


class Problems(NamedTuple):
    """The numbers of requests given up, and of what looks like a failure, among the entries of a log."""

    given_up: int = 0
    doubtful: int = 0


NO_PROBLEMS = Problems()
