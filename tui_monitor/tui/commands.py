"""The commands of the palette, a line each: what it does, its keys, a sentence about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

NAME, KEYS = 24, 9
"""Cells of the first two columns."""


class _Line(NamedTuple):
    name: str
    keys: str
    sentence: str

    def content(self, name: Content) -> Content:
        """Return the line with its ``name`` as it is marked by a search."""
        gap = " " * max(1, NAME - len(self.name))
        keys = (f"{self.keys:{KEYS}} ", "$tone-focus")
        return Content.assemble(name, gap, keys, (self.sentence, "not bold $tone-dim"))


class MonitorCommands(Provider):
    """Offers the commands of the app in the order of their purposes."""

    async def discover(self) -> Hits:
        """Yield all commands."""
        for line, command in self._commands():
            yield DiscoveryHit(line.content(Content(line.name)), command.callback, line.name)

    async def search(self, query: str) -> Hits:
        """Yield the commands whose names match, then those whose sentences have the words."""
        matcher = self.matcher(query)
        for line, command in self._commands():
            name = matcher.match(line.name)
            if name or query.lower() in line.sentence.lower():
                marked = matcher.highlight(line.name) if name else Content(line.name)
                yield Hit(1 + name, line.content(marked), command.callback, line.name)

    def _commands(self) -> Iterator[tuple[_Line, SystemCommand]]:
        for command in self.app.get_system_commands(self.screen):
            name, _, keys = command.title.partition("  (")
            yield _Line(name, keys.removesuffix(")"), command.help), command
