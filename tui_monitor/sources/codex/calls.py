"""The calls of a Codex thread: who asked, what became of it, told by up to three lines in no fixed order.

A request (``function_call``) has its answer (``function_call_output``); an event or item tells the same call by the
same id, and better. A shell command that does not end in time answers with the id of a session, which later
``write_stdin`` calls ask about: these are no calls of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tui_monitor.events import (
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Event,
    ToolKind,
)
from tui_monitor.sources.codex.items import Told
from tui_monitor.sources.codex.lines import Line
from tui_monitor.sources.codex.results import Outcome, size
from tui_monitor.sources.codex.tools import CODE, Asked
from tui_monitor.sources.shared.fields import put_bounded

MAX_OPEN = 256
MAX_OVER = 64
MAX_SHELLS = 64
MAX_HELD = 512 * 1024
MAX_TAIL = 8 * 1024
UNIQUE_FROM = 16
"""An id of at least this many characters is taken to be unique in the world; a shorter one in its thread."""


@dataclass(slots=True)
class Open:
    """A call that has no end yet. ``script`` if it makes other calls, ``alone`` once its shell goes on by itself,
    ``tail`` what that wrote last, ``polls`` the call that this one asks about."""

    kind: ToolKind
    script: bool = False
    changes: list[Change] = field(default_factory=list)
    alone: bool = False
    tail: str = ""
    polls: str = ""


class Calls:
    """The open calls of one thread, those that ended a moment ago (true where an item or event told it), and which
    call each shell session belongs to; all bounded."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._open = {call: _opened(told) for call, told in state.get("open", {}).items()}
        self._over: dict[str, bool] = dict(state.get("over", {}))
        self._shells: dict[str, str] = dict(state.get("shells", {}))

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {"open": self._open, "over": self._over, "shells": self._shells}

    def ask(self, call: str, asked: Asked, line: Line) -> Iterator[Event]:
        """A request stands in the file."""
        target = self._shells.get(asked.session, "")
        if target and target != call and not self._polls(target):
            self._hold(call, Open(asked.kind, polls=target))
            typed = asked.subject.strip()
            yield from self.progress(target, f"typed {typed}" if typed else "runs on", line)
            return
        if call not in self._over:
            self._hold(call, Open(asked.kind, asked.tool == CODE, self._bounded(asked.changes)))
        yield _started(call, asked, line)

    def answer(self, call: str, outcome: Outcome, line: Line) -> Iterator[Event]:
        """The answer that the model got. An event or item that told the same says more, and stands."""
        if self._over.get(call):
            return
        known = self._open.get(call)
        if known and known.polls:
            del self._open[call]
            yield from self._answer_poll(known.polls, outcome, line)
        elif known and outcome.running:
            known.alone, known.tail = True, outcome.text[-MAX_TAIL:]
            put_bounded(self._shells, outcome.running, call, MAX_SHELLS)
            yield _finished(call, outcome, line)
        else:
            yield from self._end(call, outcome, line, told_well=False)

    def tell(self, told: Told, line: Line) -> Iterator[Event]:
        """An event or item tells of a call; it is the first to do so where there was no request."""
        call, asked, outcome, began = told
        known = self._open.get(call)
        if known and known.polls:
            yield from self.progress(call, "runs on", line)
            return
        if not known and call not in self._over:
            self._hold(call, Open(asked.kind, asked.tool == CODE, self._bounded(asked.changes)))
            yield _started(call, asked, replace(line, at=began or line.at), parent=self._script(call))
        if outcome and call in self._over and not outcome.changes and outcome.state is CallState.OK:
            outcome = replace(outcome, changes=asked.changes)
        if outcome:
            yield from self._end(call, outcome, line, told_well=True)

    def progress(self, call: str, doing: str, line: Line) -> Iterator[Event]:
        """An open call shows a sign of life."""
        known = self._open.get(call)
        if known and known.polls:
            yield from self.progress(known.polls, doing, line)
        elif known:
            yield CallProgress(session=line.session, at=line.at, call=call, doing=doing)

    def abort(self, line: Line) -> Iterator[Event]:
        """A person stopped the turn: what waits for an answer gets none, shells in the background live on."""
        for call in [call for call, known in self._open.items() if not known.alone]:
            if self._open[call].polls:
                del self._open[call]
            else:
                yield from self._end(call, Outcome(CallState.INTERRUPTED), line, told_well=False)

    def _answer_poll(self, target: str, outcome: Outcome, line: Line) -> Iterator[Event]:
        """What a shell wrote since it was last asked, and whether it has ended."""
        known = self._open.get(target)
        if known is None:
            return
        known.tail = (known.tail + outcome.text)[-MAX_TAIL:]
        if outcome.running or outcome.exit_code is None:
            yield from self.progress(target, "runs on", line)
        else:
            ended = replace(outcome, text=known.tail, measure=size(known.tail), duration_ms=None)
            yield from self._end(target, ended, line, told_well=False)

    def _end(self, call: str, outcome: Outcome, line: Line, *, told_well: bool) -> Iterator[Event]:
        known = self._open.pop(call, None)
        if known and known.changes and not outcome.changes and outcome.state is CallState.OK:
            outcome = replace(outcome, changes=tuple(known.changes))
        put_bounded(self._over, call, told_well, MAX_OVER)
        if known and known.kind is not ToolKind.SHELL:
            outcome = replace(outcome, measure=None)
        yield _finished(call, outcome, line)

    def _hold(self, call: str, known: Open) -> None:
        put_bounded(self._open, call, known, MAX_OPEN)

    def _polls(self, call: str) -> bool:
        known = self._open.get(call)
        return bool(known and known.polls)

    def _bounded(self, changes: tuple[Change, ...]) -> list[Change]:
        """Changes to be held until the answer comes: what is too long is told by its counts alone."""
        held = sum(len(change.diff) for known in self._open.values() for change in known.changes)
        too_long = held + sum(len(change.diff) for change in changes) > MAX_HELD
        return [replace(change, diff="") if too_long else change for change in changes]

    def _script(self, call: str) -> str:
        """The call that runs a script which made this call, where just one is open."""
        scripts = [other for other, known in self._open.items() if known.script and other != call]
        return scripts[0] if len(scripts) == 1 else ""


def _started(call: str, asked: Asked, line: Line, parent: str = "") -> CallStarted:
    return CallStarted(
        session=line.session,
        at=line.at,
        call=call,
        uid=call if len(call) >= UNIQUE_FROM else f"{line.session.id}:{call}",
        tool=asked.tool,
        kind=asked.kind,
        subject=asked.subject,
        note=asked.note,
        input=asked.input,
        parent=parent,
        model=line.model,
        timeout_ms=asked.timeout_ms,
        ref=line.ref,
    )


def _finished(call: str, outcome: Outcome, line: Line) -> CallFinished:
    return CallFinished(
        session=line.session,
        at=line.at,
        call=call,
        state=outcome.state,
        output=outcome.text,
        error=outcome.error,
        duration_ms=outcome.duration_ms,
        exit_code=outcome.exit_code,
        measure=outcome.measure,
        changes=outcome.changes,
        approved=outcome.approved,
        approval=outcome.approval,
        ref=line.ref,
    )


def _opened(told: dict[str, Any]) -> Open:
    changes = [
        Change(**{**change, "kind": ChangeKind(change["kind"]), "lines": change["lines"] and tuple(change["lines"])})
        for change in told["changes"]
    ]
    return Open(**{**told, "kind": ToolKind(told["kind"]), "changes": changes})
