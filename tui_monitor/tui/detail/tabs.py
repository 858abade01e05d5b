"""The tabs of a call: the available ones, and the text of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum

from tui_monitor.clean import final_states
from tui_monitor.events import Change, ChangeKind, SourceRef, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.merge.calls import PERSONAL_KINDS
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.tui.detail.asked import asked_sections, has_words, plain_asked
from tui_monitor.tui.detail.bodies import BodyTexts, Completeness
from tui_monitor.tui.detail.command_input import command_sections
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.lines.json_lines import json_section
from tui_monitor.tui.lines.markdown import markdown_section
from tui_monitor.units import pluralize, to_datetime


class Tab(StrEnum):
    """A tab of the detail; the value is its name on the screen."""

    DIFF = "diff"
    OUTPUT = "output"
    INPUT = "input"
    RAW = "raw"
    CALLS = "calls"


def available_tabs(call: Call, bodies: BodyTexts) -> list[Tab]:
    """Return the tabs with content, the most useful first; for a trimmed call without its bodies, the tabs that may
    have content."""
    unknown = _is_unknown(call, bodies)
    has = {
        Tab.DIFF: bool(bodies.proposed_changes) or any(change.kind is not ChangeKind.READ for change in bodies.changes),
        Tab.OUTPUT: bool(bodies.output or bodies.error or call.progress_output) or (unknown and call.state.ended),
        Tab.INPUT: bool(bodies.input) or unknown or has_words(bodies.proposal),
        Tab.RAW: True,
        Tab.CALLS: call.kind is ToolKind.AGENT,
    }
    tabs = [tab for tab in Tab if has[tab]]
    if call.kind is ToolKind.AGENT and not call.state.ended:
        tabs.sort(key=lambda tab: tab is not Tab.CALLS)  # what it does
    if call.kind in PERSONAL_KINDS and has_words(bodies.proposal):
        tabs.sort(key=lambda tab: tab is not Tab.INPUT)  # the answer is written into it
    return tabs


def missing_notice(call: Call, bodies: BodyTexts, completeness: Completeness) -> str:
    """Return the notice in place of the bodies of ``call``; empty if they are available, even in part."""
    if completeness is Completeness.COMPLETE or not _is_unknown(call, bodies):
        return ""
    if completeness is Completeness.LOADING:
        return "loading …"
    return "The text is no longer available, neither in the store nor in its source file."


def sections(tab: Tab, call: Call, bodies: BodyTexts, completeness: Completeness, width: int = 0) -> list[TextSection]:
    """Return the text of a tab other than the diff, in a view of ``width`` cells (0: any). The raw tab shows the
    recorded values unchanged."""
    match tab:
        case Tab.OUTPUT if call.progress_output and not call.state.ended:
            return _so_far(call)
        case Tab.OUTPUT:
            error = _pretty(final_states(bodies.error), "error")
            is_answer = call.kind is ToolKind.AGENT
            output = markdown_section(bodies.output, width) if is_answer else _pretty(final_states(bodies.output))
            return [
                *_body("error" if bodies.output else "", error, bodies.error, completeness),
                *_body("output" if bodies.error else "", output, bodies.output, completeness),
                *([TextSection.of("\nits output file", "heading"), *_so_far(call)] if call.progress_output else []),
            ]
        case Tab.INPUT if bodies.proposal and has_words(bodies.proposal):
            return asked_sections(bodies.proposal, bodies.answers, width)
        case Tab.INPUT if call.kind is ToolKind.SHELL and (command := command_sections(call, bodies.input)):
            return command
        case Tab.INPUT:
            return _body("", _pretty(bodies.input), bodies.input, completeness)
        case _:
            return _raw(call, bodies, completeness)


def plain_text(tab: Tab, call: Call, bodies: BodyTexts) -> str:
    """Return the recorded text of a tab, unchanged."""
    match tab:
        case Tab.DIFF:
            changes = bodies.proposed_changes or bodies.changes
            return "".join(map(_patch, (change for change in changes if change.kind is not ChangeKind.READ)))
        case Tab.OUTPUT if call.progress_output and not call.state.ended:
            return call.progress_output
        case Tab.OUTPUT:
            return "\n".join(filter(None, (bodies.error, bodies.output, call.progress_output)))
        case Tab.INPUT if bodies.proposal and has_words(bodies.proposal):
            return plain_asked(bodies.proposal)
        case Tab.INPUT:
            return bodies.input
        case _:
            return "\n".join(line for section in _raw(call, bodies, Completeness.COMPLETE) for line in section.lines)


def _so_far(call: Call) -> list[TextSection]:
    """Return the end of what a call has printed so far, below a line that says how much of it is left out."""
    shown = call.progress_output.rstrip("\n").count("\n") + 1
    missing = (call.progress_lines or 0) - shown
    note = f"⋯ {pluralize(missing, 'line')} before" if missing > 0 else ""
    return [TextSection.of(note, "note"), TextSection.of(final_states(call.progress_output))]


def _is_unknown(call: Call, bodies: BodyTexts) -> bool:
    """Return True if only the rest of a trimmed call is available."""
    return call.trimmed and bodies == BodyTexts.of(call)


def _pretty(text: str, style_name: str = "plain") -> TextSection:
    return json_section(text) or TextSection.of(text, style_name)


def _body(heading: str, section: TextSection, text: str, completeness: Completeness) -> list[TextSection]:
    """Return a text with its heading and a notice below; nothing for an empty text."""
    if not text:
        return []
    notes = {Completeness.LOADING: "⋯ loading the rest …", Completeness.LOST: f"⋯ cut after {MAX_BODY:,} characters"}
    note = notes.get(completeness, "") if len(text) == MAX_BODY else ""
    return [TextSection.of(heading, "heading"), section, TextSection.of(note, "note")]


def _raw(call: Call, bodies: BodyTexts, completeness: Completeness) -> list[TextSection]:
    fields = [(name, value) for name, value in _fields(call) if value]
    width = max(len(name) for name, _ in fields)
    table = TextSection([f"{name:{width}}  {value}" for name, value in fields])
    texts = {"input": bodies.input, "output": bodies.output, "error": bodies.error, "metadata": bodies.metadata}
    parts = [_body(f"\n{name}", TextSection.of(text), text, completeness) for name, text in texts.items()]
    notice = missing_notice(call, bodies, completeness)
    return [table, *(section for part in parts for section in part), TextSection.of(notice and f"\n{notice}", "note")]


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
    yield "input at", _position(call.input_ref)
    yield "output at", _position(call.output_ref)
    yield "output file", call.output_file


def _time(at: int) -> str:
    when = to_datetime(at, UTC)
    return when.isoformat(" ", "milliseconds") if when else ""


def _position(ref: SourceRef | None) -> str:
    return f"{ref.path}, {ref.length} bytes from {ref.offset}" if ref else ""


def _patch(change: Change) -> str:
    """Return the hunks of a change below the two lines that name its file."""
    old = "/dev/null" if change.kind is ChangeKind.CREATE else change.old_path or change.path
    new = "/dev/null" if change.kind is ChangeKind.DELETE else change.path
    return "\n".join((f"--- {old}", f"+++ {new}", change.diff.removesuffix("\n"), ""))
