"""The detail of one entry of the log: its facts, diff, output and input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.worker import Worker, WorkerState

from tui_monitor.clean import clean_text
from tui_monitor.events import SessionKey, ToolKind
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.tui.detail.bodies import BodyLoader, BodyTexts
from tui_monitor.tui.detail.command_input import SCRIPT
from tui_monitor.tui.detail.facts import title
from tui_monitor.tui.detail.locations import FileLocation, file_name, location_of
from tui_monitor.tui.detail.related import NOTHING_RELATED, Related
from tui_monitor.tui.detail.tabs import Tab, available_tabs, missing_notice, plain_text, sections
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.lines.markdown import markdown_section
from tui_monitor.tui.lines.syntax import language_of, load_language
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.spans import Spans, one_line
from tui_monitor.tui.widgets.call_body import CallBody
from tui_monitor.tui.widgets.call_header import CallHeader, TabLabel, TabLine

NOTHING = "Select a row of the log to see its details."
NOTHING_MORE = TextSection.of("Nothing more is recorded.")
_SHORT = 16
_FRAME = 6
"""Cells around a title in the line above the detail."""
_NO_CONTEXT = RowContext()


class CallDetail(Vertical):
    """Shows one entry. It only requests actions: opening, copying and saving are messages."""

    DEFAULT_CSS = """
    CallDetail.-short CallHeader > #target, CallDetail.-short CallHeader > #facts { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1", "open_tab('diff')", "Diff", show=False, id="detail.diff", tooltip="Show the file changes of this call"
        ),
        Binding(
            "2", "open_tab('output')", "Output", show=False, id="detail.output", tooltip="Show the output of this call"
        ),
        Binding(
            "3", "open_tab('input')", "Input", show=False, id="detail.input", tooltip="Show the arguments of this call"
        ),
        Binding(
            "4", "open_tab('raw')", "Raw", show=False, id="detail.raw", tooltip="Show everything as it was recorded"
        ),
        Binding(
            "5", "open_tab('calls')", "Calls", show=False, id="detail.calls", tooltip="Show the calls of this agent"
        ),
        Binding("e", "edit", "Edit", id="detail.edit", tooltip="Open the file in your editor, at this line"),
        Binding("y", "copy", "Copy", id="detail.copy", tooltip="Copy the text of this tab"),
        Binding("o", "save", "Save", id="detail.save", tooltip="Save the text of this tab to a file"),
    ]

    title: reactive[Content] = reactive(Content("Detail"))
    """Title for the container."""

    header = query_one(CallHeader)
    tab_line = query_one(TabLine)
    body = query_one(CallBody)

    @dataclass
    class BodiesRequested(Message):
        """The bodies of a call are missing or incomplete; the answer goes to `CallDetail.set_bodies`."""

        session: SessionKey
        call: str

    @dataclass
    class EditRequested(Message):
        """A file is to be opened in the editor; the path is as the agent recorded it."""

        path: str
        line: int

    @dataclass
    class CopyRequested(Message):
        """A text is to be copied to the clipboard."""

        text: str

    @dataclass
    class SaveRequested(Message):
        """A text is to be saved to a file; ``name`` is a proposal."""

        name: str
        text: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, classes=classes)
        self._entry: Entry | None = None
        self._row_context = _NO_CONTEXT
        self._ordinal: tuple[int, int] | None = None
        self._more: Spans = ()
        self._related = NOTHING_RELATED
        self._loader = BodyLoader()
        self._chosen_tab: Tab | None = None
        self._tab: Tab | None = None

    def compose(self) -> ComposeResult:
        yield CallHeader()
        yield TabLine()
        yield CallBody()

    def on_mount(self) -> None:
        """Show the notice for no entry, and have a thread load the colours of commands."""
        self.show(None)
        self.run_worker(partial(load_language, SCRIPT), thread=True)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the colours of commands once they are loaded."""
        if event.state is WorkerState.SUCCESS:
            self._open()

    def on_resize(self) -> None:
        """Hide the facts in a low pane, which needs the lines for the text."""
        self.set_class(self.size.height < _SHORT, "-short")
        self._open()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the open view."""
        self.body.view.focus(scroll_visible)
        return self

    def show(
        self,
        entry: Entry | None,
        context: RowContext = _NO_CONTEXT,
        ordinal: tuple[int, int] | None = None,
        more: Spans = (),
        related: Related = NOTHING_RELATED,
    ) -> None:
        """Show an entry of the log (None: none), or its new state. ``context``: context of its row; ``ordinal``: number
        of this change, and how many changes of the file there are; ``more``: what belongs beside its state;
        ``related``: what belongs below its words, or is the tab of an agent's calls."""
        if not _is_same(entry, self._entry):
            self._chosen_tab = None
            self.body.begin()
        self._entry, self._row_context, self._ordinal = entry, context, ordinal
        self._more, self._related = more, related
        if isinstance(entry, Call) and self._loader.update(entry):
            self.post_message(self.BodiesRequested(entry.session, entry.id).set_sender(self))
        self._open()

    def set_bodies(self, call: str, bodies: BodyTexts, *, complete: bool = True) -> None:
        """Set the bodies of a call; if they are not ``complete``, the rest is no longer available. Bodies of another
        call than the shown one are ignored."""
        if isinstance(self._entry, Call) and self._entry.id == call:
            self._loader.answer(bodies, complete=complete)
            self._open()

    def _open(self) -> None:
        """Open the chosen tab, else the most useful one."""
        entry, bodies = self._entry, self._loader.bodies
        proposed = bodies.proposed_changes if isinstance(entry, Call) else ()
        self.title = Content(title(entry, self._row_context, self._ordinal, proposed) if entry else "Detail")
        self.header.display = entry is not None
        tabs = available_tabs(entry, bodies) if isinstance(entry, Call) else []
        self._tab = self._chosen_tab if self._chosen_tab in tabs else next(iter(tabs), None)
        if entry:
            self.header.show(entry, self._row_context, self._shown_text, self._more)
        self.tab_line.display = bool(tabs)
        self.tab_line.show(tabs, self._tab)
        match entry:
            case None:
                self._show_text("nothing", NOTHING, "note")
            case Mark():
                self._show_mark(entry)
            case Call() if self._tab:
                self._open_tab(entry, self._tab)

    def _show_mark(self, mark: Mark) -> None:
        """Show the text of a mark, and below it what belongs to it."""
        width, more, text = self.body.text_width, self._related, mark.text
        if mark.kind is MarkKind.HOOK_FAILED and mark.detail:
            text = f"{text}\n\n{mark.detail}"
        is_prose = mark.kind in (MarkKind.PROMPT, MarkKind.SAID)

        def sections() -> list[TextSection]:
            own = _prose(text, width) if is_prose else TextSection.of(text)
            return [own, *more.sections(width)] if own.lines else more.sections(width) or [NOTHING_MORE]

        self.body.show_text("words" if is_prose else "mark", (text, width, more.version), sections)

    @property
    def _shown_text(self) -> str:
        """What need not be repeated: a command that is the text of the tab, else a title with room for all of it."""
        if isinstance(self._entry, Call) and self._entry.kind is ToolKind.SHELL and self._tab is Tab.INPUT:
            return one_line(self._entry.subject)
        return self.title.plain if self.title.cell_length <= self.size.width - _FRAME else ""

    def _open_tab(self, call: Call, tab: Tab) -> None:
        bodies, completeness = self._loader.bodies, self._loader.completeness
        notice = missing_notice(call, bodies, completeness)
        if notice and tab is not Tab.RAW:
            self._show_text(tab, notice, "note")
        elif tab is Tab.DIFF:
            self.body.show_changes(
                bodies.proposed_changes or bodies.changes, lambda path: relative(path, self._row_context.cwd)
            )
        elif tab is Tab.CALLS:
            width, calls = self.body.text_width, self._related
            at_end = not call.state.ended
            self.body.show_text(tab, (calls.version, width), lambda: calls.sections(width), at_end=at_end)
        else:
            grows, width = not call.state.ended, self.body.text_width
            of_call = call.version if tab is Tab.RAW or grows else None
            version = (bodies, completeness, of_call, width, language_of(SCRIPT))
            text = partial(sections, tab, call, bodies, completeness, width)
            self.body.show_text(tab, version, text, at_end=grows and tab is Tab.OUTPUT)

    def _show_text(self, name: str, text: str, style_name: str = "plain") -> None:
        self.body.show_text(name, text, lambda: [TextSection.of(text, style_name)])

    def on_tab_label_selected(self, message: TabLabel.Selected) -> None:
        """Open the clicked tab."""
        message.stop()
        self.action_open_tab(message.tab)

    def action_open_tab(self, tab: str) -> None:
        """Open a tab, if it has content; it stays open while this entry is shown."""
        self._chosen_tab = Tab(tab)
        self._open()

    def action_edit(self) -> None:
        """Request the editor, at the line at the top of the diff."""
        top = self.body.diff.file_position if self._tab is Tab.DIFF else None
        location = FileLocation(top.change.path, top.line) if top else self._entry and location_of(self._entry)
        if location:
            self.post_message(self.EditRequested(location.path, location.line))
        else:
            self.notify("No file to open here.")

    def action_copy(self) -> None:
        """Request a copy of the text, without control sequences."""
        if self._entry:
            self.post_message(self.CopyRequested(clean_text(self._text())))

    def action_save(self) -> None:
        """Request that the recorded text is saved unchanged."""
        if self._entry:
            self.post_message(self.SaveRequested(file_name(self._entry, self._tab), self._text()))

    def _text(self) -> str:
        if isinstance(self._entry, Call) and self._tab:
            return plain_text(self._tab, self._entry, self._loader.bodies)
        return self._entry.text if isinstance(self._entry, Mark) else ""


@lru_cache(maxsize=1)
def _prose(text: str, width: int) -> TextSection:
    """Return words as a section; what stands below them changes more often."""
    return markdown_section(text, width)


def _is_same(entry: Entry | None, other: Entry | None) -> bool:
    if isinstance(entry, Call) and isinstance(other, Call):
        return (entry.session, entry.id) == (other.session, other.id)
    return entry == other
