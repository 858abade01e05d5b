"""The texts that are searched, as they are stored: those of calls, prompts and messages."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator

from tui_monitor.search.hits import FieldText, HitField
from tui_monitor.store.bodies import SELECT_TEXTS, CallTexts
from tui_monitor.store.event_log import text_of
from tui_monitor.store.search_entries import entry_of_call, entry_of_event, ids_of
from tui_monitor.store.sql import id_list
from tui_monitor.store.texts import unpack

_CALLS = """
    SELECT calls.id, subject, note, strings.value FROM calls JOIN strings ON strings.id = calls.tool
    WHERE calls.id IN ({})
"""
_PATHS = "SELECT changes.call, files.path FROM changes JOIN files ON files.id = changes.file WHERE changes.call IN ({})"
_EVENTS = "SELECT id, kind, data FROM event_log WHERE id IN ({})"
_FIELDS = {"prompt": HitField.PROMPT, "said": HitField.MESSAGE}
_ESCAPE = re.compile(r"\\[nrtbf]|\\u[0-9a-fA-F]{4}|\\")


def load_texts(connection: sqlite3.Connection, entries: list[int]) -> dict[int, list[FieldText]]:
    """Load the texts of these entries; those of which nothing is stored are missing."""
    calls, events = ids_of(entries)
    texts: dict[int, list[FieldText]] = {}
    for entry, text in (*_of_calls(connection, id_list(calls)), *_of_events(connection, id_list(events))):
        texts.setdefault(entry, []).append(text)
    return texts


def _of_calls(connection: sqlite3.Connection, calls: str) -> Iterator[tuple[int, FieldText]]:
    for call, *texts in connection.execute(_CALLS.format(calls)):
        yield entry_of_call(call), FieldText(HitField.SUBJECT, "\n".join(texts))
    for call, path in connection.execute(_PATHS.format(calls)):
        yield entry_of_call(call), FieldText(HitField.PATH, path)
    for call, *packed in connection.execute(f"{SELECT_TEXTS} WHERE call IN ({calls})"):
        texts = CallTexts(*map(unpack, packed))
        yield entry_of_call(call), FieldText(HitField.INPUT, "\n".join(_values(texts.input)))
        yield entry_of_call(call), FieldText(HitField.OUTPUT, texts.output)
        yield entry_of_call(call), FieldText(HitField.ERROR, texts.error)


def _of_events(connection: sqlite3.Connection, events: str) -> Iterator[tuple[int, FieldText]]:
    for event, kind, data in connection.execute(_EVENTS.format(events)):
        yield entry_of_event(event), FieldText(_FIELDS[kind], text_of(data))


def _values(text: str) -> Iterable[str]:
    """Return the texts in a call's arguments without their names; one that was cut is no JSON any more."""
    try:
        return _strings(json.loads(text)) if text else ()
    except (ValueError, RecursionError):
        return (_ESCAPE.sub(" ", text),)


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield str(value)
        case dict():
            for each in value.values():
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)
