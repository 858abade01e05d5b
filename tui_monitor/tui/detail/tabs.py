"""The tabs of a call: which there are, and the text of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum

from tui_monitor.events import Change, ChangeKind, SourceRef
from tui_monitor.live.entries import Call
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.tui.detail.bodies import BodyTexts, Completeness
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.lines.json_lines import json_section
from tui_monitor.units import to_datetime


class Tab(StrEnum):
    """What can be shown of a call; the value names it on the screen."""

    DIFF = "diff"
    OUTPUT = "output"
    INPUT = "input"
    RAW = "raw"


def offered(call: Call, bodies: BodyTexts) -> list[Tab]:
    """The tabs that have something to show, the most useful first. Of a trimmed call without its texts, those that may
    have."""
    unknown = _is_unknown(call, bodies)
    has = {
        Tab.DIFF: any(change.kind is not ChangeKind.READ for change in bodies.changes),
        Tab.OUTPUT: bool(bodies.output or bodies.error) or (unknown and call.state.ended),
        Tab.INPUT: bool(bodies.input) or unknown,
        Tab.RAW: True,
    }
    return [tab for tab in Tab if has[tab]]


def missing(call: Call, bodies: BodyTexts, whole: Completeness) -> str:
    """What is said in place of the texts of ``call``; empty where they are at hand, if only in part."""
    if whole is Completeness.YES or not _is_unknown(call, bodies):
        return ""
    if whole is Completeness.ASKED:
        return "loading …"
    return "Its text is no longer to be had: neither the store nor the file it came from has it."


def sections(tab: Tab, call: Call, bodies: BodyTexts, whole: Completeness) -> list[TextSection]:
    """The text of a tab (other than the diff). In the raw one everything stands as it was told."""
    match tab:
        case Tab.OUTPUT:
            return [
                *_body("error" if bodies.output else "", _pretty(bodies.error, "error"), bodies.error, whole),
                *_body("output" if bodies.error else "", _pretty(bodies.output), bodies.output, whole),
            ]
        case Tab.INPUT:
            return _body("", _pretty(bodies.input), bodies.input, whole)
        case _:
            return _raw(call, bodies, whole)


def plain_text(tab: Tab, call: Call, bodies: BodyTexts) -> str:
    """What a tab has to say, as it was told."""
    match tab:
        case Tab.DIFF:
            return "".join(map(_patch, (change for change in bodies.changes if change.kind is not ChangeKind.READ)))
        case Tab.OUTPUT:
            return "\n".join(filter(None, (bodies.error, bodies.output)))
        case Tab.INPUT:
            return bodies.input
        case Tab.RAW:
            return "\n".join(line for section in _raw(call, bodies, Completeness.YES) for line in section.lines)


def _is_unknown(call: Call, bodies: BodyTexts) -> bool:
    """Whether there is nothing but what a trimmed call still holds."""
    return call.trimmed and bodies == BodyTexts.of(call)


def _pretty(text: str, look: str = "plain") -> TextSection:
    return json_section(text) or TextSection.of(text, look)


def _body(heading: str, section: TextSection, text: str, whole: Completeness) -> list[TextSection]:
    """A text with what is to be said above and below it; nothing where there is none."""
    if not text:
        return []
    notes = {Completeness.ASKED: "⋯ loading the rest …", Completeness.LOST: f"⋯ cut after {MAX_BODY:,} characters"}
    note = notes.get(whole, "") if len(text) == MAX_BODY else ""
    return [TextSection.of(heading, "heading"), section, TextSection.of(note, "note")]


def _raw(call: Call, bodies: BodyTexts, whole: Completeness) -> list[TextSection]:
    known = [(name, value) for name, value in _fields(call) if value]
    width = max(len(name) for name, _ in known)
    table = TextSection([f"{name:{width}}  {value}" for name, value in known])
    texts = {"input": bodies.input, "output": bodies.output, "error": bodies.error, "metadata": bodies.metadata}
    parts = [_body(f"\n{name}", TextSection.of(text), text, whole) for name, text in texts.items()]
    gone = missing(call, bodies, whole)
    return [table, *(section for part in parts for section in part), TextSection.of(gone and f"\n{gone}", "note")]


def _fields(call: Call) -> Iterator[tuple[str, str]]:
    yield "call", call.id
    yield "tool", f"{call.tool} ({call.kind})"
    yield "state", call.state
    yield "session", f"{call.session.id} ({call.session.source})"
    yield "agent", call.agent
    yield "parent", call.parent
    yield "model", call.model
    yield "issued", _time(call.started)
    yield "ended", _time(call.ended)
    yield "measured", f"{call.measured_ms} ms" if call.measured_ms is not None else ""
    yield "timeout", f"{call.timeout_ms} ms" if call.timeout_ms is not None else ""
    yield "exit code", str(call.exit_code) if call.exit_code is not None else ""
    yield "approval", call.approval
    yield "asked at", _place(call.input_ref)
    yield "answered at", _place(call.output_ref)


def _time(at: int) -> str:
    when = to_datetime(at, UTC)
    return when.isoformat(" ", "milliseconds") if when else ""


def _place(ref: SourceRef | None) -> str:
    return f"{ref.path}, {ref.length} bytes from {ref.offset}" if ref else ""


def _patch(change: Change) -> str:
    """The hunks of a change under the two lines that tell which file they are of."""
    old = "/dev/null" if change.kind is ChangeKind.CREATE else change.old_path or change.path
    new = "/dev/null" if change.kind is ChangeKind.DELETE else change.path
    return "\n".join((f"--- {old}", f"+++ {new}", change.diff.removesuffix("\n"), ""))
