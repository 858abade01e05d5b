"""What pruning removed, or would remove, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from tui_monitor.feed.retention import PruneStep
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.store import PrunedCounts, Pruning, PruningKind
from tui_monitor.units import iso, to_datetime

_NOUNS = (
    ("responses", "response", "responses"),
    ("calls", "call", "calls"),
    ("events", "prompt, message or other event", "prompts, messages and other events"),
    ("bodies", "text or diff", "texts and diffs"),
)


@dataclass(frozen=True, slots=True)
class PruneReport:
    """The steps of one run, and the bytes of the file before and after it; ``is_vacuumed`` if it was rewritten without
    what is free. ``archive`` is the file that has what was removed, empty for none."""

    steps: Sequence[PruneStep]
    bytes_before: int
    bytes_after: int
    is_dry: bool = False
    is_vacuumed: bool = False
    archive: str = ""

    @property
    def counts(self) -> PrunedCounts:
        """All steps together."""
        counts = PrunedCounts()
        for step in self.steps:
            counts = counts.plus(step.counts)
        return counts


def prune_lines(report: PruneReport) -> Iterator[str]:
    """Yield the lines for a person."""
    for step in report.steps:
        yield _step_line(step, is_dry=report.is_dry)
    if report.is_dry:
        yield "nothing was changed"
    elif report.counts.sessions:
        if report.archive:
            yield f"{report.archive} has what was removed: tui-monitor import puts it back"
        yield f"{_file_line(report)}; totals are the same"


def prune_json(report: PruneReport) -> Json:
    """Return the report in its public shape."""
    return {
        "schema": SCHEMA,
        "dry_run": report.is_dry,
        "archive": report.archive or None,
        "steps": [
            {
                "kind": step.rule.kind.value,
                "reason": step.rule.reason,
                "ended_before": iso(step.rule.until),
                **step.counts._asdict(),
            }
            for step in report.steps
        ],
        "bytes_before": report.bytes_before,
        "bytes_after": report.bytes_after,
        "vacuumed": report.is_vacuumed,
    }


def pruning_line(pruning: Pruning, tz: tzinfo | None) -> str:
    """Return a line on what is no longer kept of a session, and where it is."""
    when = to_datetime(pruning.until, tz)
    what = "single calls, responses and prompts" if pruning.kind is PruningKind.ROWS else "texts and diffs"
    where = f", tui-monitor import {pruning.archive} puts them back" if pruning.archive else ""
    until = f" until {when:%Y-%m-%d %H:%M}" if when else ""
    return f"no longer kept: {what}{until} ({pruning.reason}){where}"


def pruning_json(pruning: Pruning) -> Json:
    """Return the same in its public shape."""
    return {
        "kind": pruning.kind.value,
        "until": iso(pruning.until),
        "at": iso(pruning.at),
        "reason": pruning.reason,
        "archive": pruning.archive or None,
    }


def _step_line(step: PruneStep, *, is_dry: bool) -> str:
    rule, counts = step.rule, step.counts
    when = to_datetime(rule.until, None)
    before = f"ended before {when:%Y-%m-%d %H:%M} ({rule.reason})" if when else rule.reason
    if not counts.sessions:
        return f"no session that {before} has rows or texts to remove"
    parts = [
        f"{count:,} {one if count == 1 else many}" for name, one, many in _NOUNS if (count := getattr(counts, name))
    ]
    sessions = f"{counts.sessions:,} session{'' if counts.sessions == 1 else 's'} {before}"
    kept = "their sums stay" if rule.kind is PruningKind.ROWS else "the calls stay"
    return f"{sessions}: {', '.join(parts) or 'nothing'} {'would go' if is_dry else 'removed'}; {kept}"


def _file_line(report: PruneReport) -> str:
    saved = report.bytes_before - report.bytes_after
    if not report.is_vacuumed:
        busy = "another program works on the store, or the disk is full"
        return f"{busy}: the file keeps its size, and what is free in it is used again"
    return f"the store was rewritten: {report.bytes_after / 1e6:,.1f} MB, {max(0, saved) / 1e6:,.1f} MB less"
