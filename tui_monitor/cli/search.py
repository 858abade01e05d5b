"""``search``: what was asked, said, run and read in all sessions."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError
from tui_monitor.cli.filters import project_folder
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.reading import show_count
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.cli.run_context import terminal_width
from tui_monitor.feed.session_search import TEXTS_AT_ONCE, search_store
from tui_monitor.reports.search import plain_text, search_json, search_text
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import LIMIT, SearchQuery, parse_query
from tui_monitor.store import Store


def search(
    *words: str,
    project: str = "",
    source: str = "",
    limit: int = LIMIT,
    path: Annotated[tuple[Path, ...], Parameter(consume_multiple=False)] = (),
    options: ReportOptions = DEFAULT_OPTIONS,
) -> int:
    """Search all sessions: prompts, words of the agent, commands, paths, outputs.

    For example:

      tui-monitor search mix test                      with both words, the newest first
      tui-monitor search "no such file" --since 30d    a phrase in the last days
      tui-monitor search slice_builder --project shop --source codex
      tui-monitor search deploy --json | jq -r '.hits[].resume'

    Args:
        words: All of them occur; several in quotes stand side by side.
        project: Only sessions of this folder or below it; a name alone is any folder's.
        source: Only sessions of this agent: claude-code, codex, gemini …
        limit: Hits that are printed.
        path: Only in this file or folder; may be repeated.
    """
    query = parse_query(" ".join(map(_as_phrase, words)))
    if not query.terms.words:
        raise CommandError("nothing to search for: tui-monitor search WORDS.")
    if not (query.terms.tokens or query.terms.prefix):
        raise CommandError("a search needs a word with letters or digits.")
    if limit < 1:
        raise CommandError(f"invalid limit {limit}: give a number from 1.")
    query = replace(
        query,
        project=project_folder(project) or query.project,
        source=source or query.source,
        limit=limit,
    )
    is_plain = bool(options.output) or not sys.stdout.isatty()
    return print_report(path, options, partial(_report, query, is_plain), bodies=True)


def _as_phrase(word: str) -> str:
    return f'"{word}"' if " " in word and '"' not in word else word


def _report(query: SearchQuery, is_plain: bool, source: ReportInput) -> Report:
    _index(source.store)
    answer = search_store(source.store, replace(query, since=source.since, until=source.until))
    if answer.fault:
        raise CommandError(answer.fault)
    if not answer.hits:
        raise CommandError(f"no hits for {' '.join(map(quoted, query.terms.words))}.", NOTHING_FOUND)
    return Report(document=partial(search_json, answer), text="" if source.as_json else _text(answer, is_plain, source))


def _index(store: Store) -> None:
    """Index what is not yet; say how far it is if it takes long."""
    show = show_count("indexed", "texts")
    count = 0
    while indexed := store.index_texts(TEXTS_AT_ONCE):
        count += indexed
        show(count)
    show(0)


def _text(answer: SearchAnswer, is_plain: bool, source: ReportInput) -> str:
    if is_plain:
        return plain_text(answer, source.tz)
    more = f"There are more: --limit {2 * answer.query.limit}\n" if answer.has_more else ""
    return search_text(answer, terminal_width(default=120), source.tz) + more
