"""Everything about one entry of the log: its facts, its diff, what it brought and what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive

from tui_monitor.clean import clean_text
from tui_monitor.events import SessionKey
from tui_monitor.live.entries import Call, Entry, Mark
from tui_monitor.tui.detail.bodies import BodyLoader, BodyTexts
from tui_monitor.tui.detail.facts import title
from tui_monitor.tui.detail.locations import FileLocation, file_name, place_of
from tui_monitor.tui.detail.tabs import Tab, missing, offered, plain_text, sections
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.target import relative
from tui_monitor.tui.widgets.call_body import CallBody
from tui_monitor.tui.widgets.call_header import CallHeader, TabLabel, TabLine

NOTHING = "Choose a row of the activity to see what it did."
_SHORT = 16
_NOWHERE = RowContext()


class CallDetail(Vertical):
    """Shows one entry. It acts on nothing itself: what is to be opened, copied or kept it asks for by messages."""

    DEFAULT_CSS = """
    CallDetail.-short CallHeader > #target, CallDetail.-short CallHeader > #facts { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "open_tab('diff')", "Diff", show=False, id="detail.diff", tooltip="What it changed in files"),
        Binding("2", "open_tab('output')", "Output", show=False, id="detail.output", tooltip="What it brought"),
        Binding("3", "open_tab('input')", "Input", show=False, id="detail.input", tooltip="What it was asked"),
        Binding("4", "open_tab('raw')", "Raw", show=False, id="detail.raw", tooltip="Everything as it was told"),
        Binding("e", "edit", "Edit", id="detail.edit", tooltip="Open the file in your editor, at this line"),
        Binding("y", "copy", "Copy", id="detail.copy", tooltip="Copy the text of this tab"),
        Binding("o", "save", "Save", id="detail.save", tooltip="Keep the text of this tab in a file"),
    ]

    title: reactive[Content] = reactive(Content("Detail"))
    """What the container may show as its title."""

    header = query_one(CallHeader)
    tab_line = query_one(TabLine)
    body = query_one(CallBody)

    @dataclass
    class BodiesRequested(Message):
        """The texts of a call are not at hand, or not in full: `CallDetail.set_bodies` takes the answer."""

        session: SessionKey
        call: str

    @dataclass
    class EditRequested(Message):
        """A file is to be opened in the editor; the path is as the agent told it."""

        path: str
        line: int

    @dataclass
    class CopyRequested(Message):
        """A text is to be put on the clipboard."""

        text: str

    @dataclass
    class SaveRequested(Message):
        """A text is to be kept in a file; ``name`` is a proposal."""

        name: str
        text: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, classes=classes)
        self._entry: Entry | None = None
        self._row_context = _NOWHERE
        self._texts = BodyLoader()
        self._chosen: Tab | None = None
        self._tab: Tab | None = None

    def compose(self) -> ComposeResult:
        yield CallHeader()
        yield TabLine()
        yield CallBody()

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        self.show(None)

    def on_resize(self) -> None:
        """In a low pane the text needs the lines more than the facts do."""
        self.set_class(self.size.height < _SHORT, "-short")

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the view that is open."""
        self.body.view.focus(scroll_visible)
        return self

    def show(self, entry: Entry | None, context: RowContext = _NOWHERE, ordinal: tuple[int, int] | None = None) -> None:
        """Show an entry of the log (None: none), or what has become of the one that is shown. ``context`` is what it is
        told against, ``ordinal`` which change of its file it is, of how many."""
        if not _is_same(entry, self._entry):
            self._chosen = None
            self.body.begin()
        self._entry, self._row_context = entry, context
        self.title = Content(title(entry, context, ordinal) if entry else "Detail")
        self.header.display = entry is not None
        if entry:
            self.header.show(entry, context)
        if isinstance(entry, Call) and self._texts.take(entry):
            self.post_message(self.BodiesRequested(entry.session, entry.id))
        self._open()

    def set_bodies(self, call: str, bodies: BodyTexts, *, complete: bool = True) -> None:
        """Take the texts of a call, or what there is of them: if they are not ``complete``, the rest is no longer to be
        had. The answer for a call that is not shown any more is let go."""
        if isinstance(self._entry, Call) and self._entry.id == call:
            self._texts.answer(bodies, complete=complete)
            self._open()

    def _open(self) -> None:
        """Open the tab that was chosen, else the most useful one, with what there is for it."""
        entry = self._entry
        tabs = offered(entry, self._texts.bodies) if isinstance(entry, Call) else []
        self._tab = self._chosen if self._chosen in tabs else next(iter(tabs), None)
        self.tab_line.display = bool(tabs)
        self.tab_line.show(tabs, self._tab)
        match entry:
            case None:
                self._say("nothing", NOTHING, "note")
            case Mark():
                self._say("mark", entry.text or "Nothing more is told.")
            case Call() if self._tab:
                self._open_tab(entry, self._tab)

    def _open_tab(self, call: Call, tab: Tab) -> None:
        bodies, whole = self._texts.bodies, self._texts.whole
        gone = missing(call, bodies, whole)
        if gone and tab is not Tab.RAW:
            self._say(tab, gone, "note")
        elif tab is Tab.DIFF:
            self.body.show_changes(bodies.changes, lambda path: relative(path, self._row_context.cwd))
        else:
            version = (bodies, whole, call.version if tab is Tab.RAW else None)
            self.body.show_text(tab, version, partial(sections, tab, call, bodies, whole))

    def _say(self, name: str, text: str, look: str = "plain") -> None:
        self.body.show_text(name, text, lambda: [TextSection.of(text, look)])

    def on_tab_label_chosen(self, message: TabLabel.Chosen) -> None:
        """A tab was clicked."""
        message.stop()
        self.action_open_tab(message.tab)

    def action_open_tab(self, tab: str) -> None:
        """Open a tab, if it has something to show; it stays open while this entry is shown."""
        self._chosen = Tab(tab)
        self._open()

    def action_edit(self) -> None:
        """Ask for the file to be opened, at the line at the top of the diff."""
        spot = self.body.diff.spot if self._tab is Tab.DIFF else None
        place = FileLocation(spot.change.path, spot.line) if spot else self._entry and place_of(self._entry)
        if place:
            self.post_message(self.EditRequested(place.path, place.line))
        else:
            self.notify("There is no file to open here.")

    def action_copy(self) -> None:
        """Ask for the text to be copied, without what a terminal would obey."""
        if self._entry:
            self.post_message(self.CopyRequested(clean_text(self._text())))

    def action_save(self) -> None:
        """Ask for the text to be kept, exactly as it was told."""
        if self._entry:
            self.post_message(self.SaveRequested(file_name(self._entry, self._tab), self._text()))

    def _text(self) -> str:
        if isinstance(self._entry, Call) and self._tab:
            return plain_text(self._tab, self._entry, self._texts.bodies)
        return self._entry.text if isinstance(self._entry, Mark) else ""


def _is_same(entry: Entry | None, other: Entry | None) -> bool:
    if isinstance(entry, Call) and isinstance(other, Call):
        return (entry.session, entry.id) == (other.session, other.id)
    return entry == other
