"""The frame of a page: one document that loads nothing, in the colors that its reader prefers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib import resources

REFRESH_S = 30
"""Seconds after which a page reloads itself."""


def html_document(title: str, parts: Iterable[str]) -> str:
    """Return the document of a page, whose ``parts`` are HTML."""
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            f'<meta http-equiv="refresh" content="{REFRESH_S}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n',
            f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n",
            "</head>\n<body>\n",
            *parts,
            "</body>\n</html>\n",
        )
    )


def figure_list(figures: Mapping[str, str]) -> str:
    """Return figures by their names as tiles."""
    items = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>\n" for name, value in figures.items())
    return f"<dl>\n{''.join(items)}</dl>\n"


@cache
def _style() -> str:
    return (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
