"""``search``: what was found, by session. The shape of the JSON is a public contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from itertools import groupby
from pathlib import PurePath

from rich.cells import cell_len, set_cell_size

from tui_monitor.clean import clean_line
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.reports.sessions import when_text
from tui_monitor.search.hits import HitField, SearchAnswer, SearchHit
from tui_monitor.units import iso

_TOOL = 8
_SPEAKERS = {HitField.PROMPT: "you", HitField.MESSAGE: "agent"}
_SUBJECTS = (HitField.SUBJECT, HitField.INPUT, HitField.PATH)


def search_json(answer: SearchAnswer) -> Json:
    """Return the answer in its public shape."""
    return {
        "schema": SCHEMA,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "more": answer.has_more,
        "unindexed": answer.unindexed,
    }


def search_text(answer: SearchAnswer, width: int, tz: tzinfo | None) -> str:
    """Return the hits below the lines of their sessions, in at most ``width`` cells."""
    lines: list[str] = []
    for _, hits in groupby(answer.hits, key=lambda hit: hit.session):
        of_session = list(hits)
        lines += [_cut(_session_line(of_session[0]), width)]
        lines += [_cut(f"  {_hit_line(hit, tz)}", width) for hit in of_session]
        lines.append("")
    return "\n".join(lines)


def plain_text(answer: SearchAnswer, tz: tzinfo | None) -> str:
    """Return a line per hit for other programs: time, agent, session, project, who or what, and text, by tabs."""
    return "".join("\t".join(map(clean_line, _cells(hit, tz))) + "\n" for hit in answer.hits)


def _hit_json(hit: SearchHit) -> Json:
    return {
        "session": hit.session.id,
        "source": hit.session.source,
        "title": hit.title or None,
        "project": hit.folder or None,
        "path": hit.path or None,
        "at": iso(hit.at),
        "kind": hit.field.value,
        "call": hit.call.id if hit.call else None,
        "tool": hit.call.record.tool if hit.call else None,
        "subject": hit.call.record.subject if hit.call else None,
        "state": hit.call.record.state.value if hit.call else None,
        "text": hit.excerpt,
        "resume": hit.resume or None,
    }


def _cells(hit: SearchHit, tz: tzinfo | None) -> Iterator[str]:
    yield when_text(hit.at, tz)
    yield from (hit.session.source, hit.session.id, hit.folder, _speaker(hit), _words(hit))


def _speaker(hit: SearchHit) -> str:
    return hit.call.record.tool if hit.call else _SPEAKERS.get(hit.field, "")


def _words(hit: SearchHit) -> str:
    """Return the line with the words, after what the call was about if that is another one; of a call that was found by
    the name of its tool, which stands beside it, what it was about."""
    words = clean_line(hit.excerpt)
    if hit.call is None:
        return words
    subject = clean_line(hit.call.record.subject.partition("\n")[0])
    if hit.field in _SUBJECTS:
        return subject if subject and words == clean_line(_speaker(hit)) else words
    return f"{subject}  → {words}" if subject else words


def _session_line(hit: SearchHit) -> str:
    project = PurePath(hit.folder.replace("\\", "/")).name
    names = (project, hit.session.source, hit.session.id, hit.title.partition("\n")[0])
    return " · ".join(filter(None, map(clean_line, names)))


def _hit_line(hit: SearchHit, tz: tzinfo | None) -> str:
    tool = set_cell_size(clean_line(_speaker(hit)), _TOOL)
    return f"{when_text(hit.at, tz)}  {tool}  {_words(hit)}"


def _cut(line: str, width: int) -> str:
    return line if cell_len(line) <= width else f"{set_cell_size(line, width - 1)}…"
