"""The events of a tool call: its start, its progress and its result."""

from __future__ import annotations

from tui_monitor.events.immutable import immutable
from tui_monitor.events.proposals import Proposal, Reply
from tui_monitor.events.updates import Event
from tui_monitor.events.values import CallState, Change, Measure, SourceRef, Tokens, ToolKind


@immutable(frozen=True, slots=True, kw_only=True)
class CallStarted(Event):
    """Start of a tool call.

    ``subject`` is the command, path, pattern or question that it acts on, ``note`` a secondary detail, ``input`` the
    arguments as JSON text. ``uid`` is kept by copies of a history, so that the call is counted once. ``exact`` is false
    for telemetry, which may not know the agent: exact events win, and ``agent`` means nothing if it is `MAIN`.
    Still open and silent after ``approval_after_ms`` it likely waits for a person's approval, after ``held_after_ms``
    it has likely not begun to run; None where its source gives no reason to think so. It ``runs`` from its start to its
    result if its source states that: it waits for nobody. ``proposal`` is what a person may have to judge of it.
    """

    call: str
    uid: str
    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""
    input: str = ""
    parent: str = ""
    model: str = ""
    timeout_ms: int | None = None
    approval_after_ms: int | None = None
    held_after_ms: int | None = None
    runs: bool = False
    proposal: Proposal | None = None
    ref: SourceRef | None = None
    exact: bool = True


AWAITED = "waited for"
"""Begins the activity of a call in the background while its agent does nothing but wait for its output."""


@immutable(frozen=True, slots=True, kw_only=True)
class CallProgress(Event):
    """Progress of an open call: its present activity, the time that it has really run, the lines of its output so far,
    and the last of them as ``output``. A file to which the output goes is ``output_file``."""

    call: str
    doing: str = ""
    elapsed_ms: int | None = None
    lines: int | None = None
    output: str = ""
    output_file: str = ""


@immutable(frozen=True, slots=True, kw_only=True)
class CallFinished(Event):
    """Result of a tool call; a later event for the same call replaces an earlier one.

    ``duration_ms`` is the time that it ran, if the source measured it; otherwise the difference of the two times
    counts, less ``waited_ms``, the time that it waited for a person. ``exact`` is false for telemetry, which never
    replaces an exact event but supplements it. ``answers`` are those of the person to the questions of the call.
    """

    call: str
    state: CallState
    output: str = ""
    error: str = ""
    duration_ms: int | None = None
    waited_ms: int | None = None
    exit_code: int | None = None
    measure: Measure | None = None
    changes: tuple[Change, ...] = ()
    tokens: Tokens | None = None
    approved: bool | None = None
    approval: str = ""
    metadata: str = ""
    answers: tuple[Reply, ...] = ()
    ref: SourceRef | None = None
    exact: bool = True
