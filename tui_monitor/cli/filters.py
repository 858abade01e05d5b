"""The options by which a report is limited to some sessions, models, agents, plans or tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError
from tui_monitor.cli.path_args import quoted, suggestion
from tui_monitor.reports.selection import Filters, find_sessions, project_of
from tui_monitor.totals import SessionSummary


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """The filters of a report; all that are given have to match."""

    project: Annotated[
        str, Parameter(help="Only sessions of this folder or below it; a name alone is any folder's.")
    ] = ""
    source: Annotated[str, Parameter(help="Only sessions of this agent: claude-code, codex, gemini …")] = ""
    session: Annotated[str, Parameter(help="Only the session with this id, beginning of an id, or title.")] = ""
    model: Annotated[str, Parameter(help="Only models whose name contains this, or matches it as a pattern (*).")] = ""
    agent: Annotated[str, Parameter(help="Only agents with this id or of this type; main is the session itself.")] = ""
    plan: Annotated[str, Parameter(help="Only what was recorded for this plan.")] = ""
    task: Annotated[str, Parameter(help="Only what was recorded for this task.")] = ""

    def filters(self) -> Filters:
        """Return them as values."""
        return Filters(
            project_folder(self.project), self.source, self.session, self.model, self.agent, self.plan, self.task
        )


NO_FILTERS = FilterOptions()


def project_folder(project: str) -> str:
    """Return the name of a project as it is, a folder in full; a relative one is below the current directory."""
    is_folder = project.startswith(("~", ".")) or "/" in project
    return str(Path(project).expanduser().absolute()) if is_folder else project


def one_session(sessions: list[SessionSummary], words: str) -> SessionSummary:
    """Return the session that the words mean, the last active of several; without words the last active of all.

    Raises:
        CommandError: there is none.
    """
    found = find_sessions(sessions, words) if words else sessions
    if found:
        return found[0]
    if not sessions:
        raise CommandError("no session was found.", NOTHING_FOUND)
    names = {name for one in sessions for name in (one.session.id, one.title, Path(project_of(one)).name) if name}
    close = suggestion(words, names)
    hint = f"did you mean {quoted(close)}?" if close else "tui-monitor sessions lists them."
    raise CommandError(f"no session {quoted(words)}: {hint}", NOTHING_FOUND)
