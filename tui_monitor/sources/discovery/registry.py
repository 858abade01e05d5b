"""All formats that can be read: built-in ones and those of installed plug-ins.

A plug-in is a package with an entry point of the group ``tui_monitor.sources`` for its `Adapter` class.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from threading import RLock
from typing import TYPE_CHECKING

from tui_monitor.sources.base import Adapter, AgentTraits, Head
from tui_monitor.sources.discovery.plug_ins import installed_plug_ins
from tui_monitor.sources.files.head import read_head, unrecognised

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

BUILT_IN = {
    "claude-code": "tui_monitor.sources.claude_code.adapter:ClaudeCode",
    "codex": "tui_monitor.sources.codex.adapter:Codex",
    "gemini": "tui_monitor.sources.gemini.adapter:Gemini",
    "kilo": "tui_monitor.sources.opencode.forks:Kilo",
    "mimocode": "tui_monitor.sources.opencode.forks:MiMo",
    "opencode": "tui_monitor.sources.opencode.adapter:OpenCode",
    "kimi-code": "tui_monitor.sources.kimi.adapter:Kimi",
    "omp": "tui_monitor.sources.pi.adapter:OhMyPi",
    "openclaw": "tui_monitor.sources.pi.adapter:OpenClaw",
    "pi": "tui_monitor.sources.pi.adapter:Pi",
    "copilot": "tui_monitor.sources.copilot.adapter:Copilot",
    "qwen": "tui_monitor.sources.gemini.qwen.adapter:Qwen",
    "otlp": "tui_monitor.sources.otlp.adapter:Otlp",
    "stream": "tui_monitor.sources.stream.adapter:Stream",
}
"""The classes of built-in adapters, in the order in which they recognise a file; plug-ins come after them."""

_LOCK = RLock()
"""Two threads that ask first would make two registries, whose adapters know of different files."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The adapters, and a line of text for each plug-in that cannot be used."""

    adapters: tuple[Adapter, ...]
    errors: tuple[str, ...] = ()

    def by_name(self, name: str) -> Adapter | None:
        """Return the adapter of this name."""
        return next((adapter for adapter in self.adapters if adapter.name == name), None)

    def recognise(self, path: Path) -> Adapter:
        """Return the adapter for the file at ``path``, by its content.

        Raises:
            NoContentYet: the file is missing or empty; it may be recognised later.
            UnrecognisedFormat: the file cannot be read, or is of no known format.
        """
        return self.recognise_head(read_head(path))

    def recognise_head(self, head: Head) -> Adapter:
        """Return the adapter for a file with this beginning; raise as `recognise` does."""
        for adapter in self.adapters:
            if _recognises(adapter, head):
                return adapter
        raise unrecognised(head)

    def is_sidecar(self, path: Path) -> bool:
        """Return True if the file at ``path`` is sidecar metadata of any format."""
        return any(_is_sidecar(adapter, path) for adapter in self.adapters)


def default_registry() -> Registry:
    """Return the registry of this installation, the same in all threads. The first call imports all adapters."""
    with _LOCK:
        return installed_registry()


@cache
def installed_registry() -> Registry:
    """Make the registry of this installation, once; see `default_registry`."""
    built_in = tuple(resolve_name(name)() for name in BUILT_IN.values())
    return with_plug_ins(built_in, installed_plug_ins())


def agent_traits(source: str) -> AgentTraits:
    """Return the traits of the agent that is the ``source`` of a session; empty ones if it is unknown."""
    adapter = default_registry().by_name(source)
    return adapter.traits if adapter else AgentTraits()


def with_plug_ins(built_in: tuple[Adapter, ...], plug_ins: Iterable[EntryPoint]) -> Registry:
    """Return a registry of the built-in adapters and those of the entry points."""
    adapters = {adapter.name: adapter for adapter in built_in}
    errors: list[str] = []
    for plug_in in plug_ins:
        try:
            adapter = _load(plug_in)
        except (Exception, SystemExit) as error:  # foreign code may raise anything
            reason = " ".join(str(error).split()) or type(error).__name__
            errors.append(f"plug-in {plug_in.name} ({plug_in.value}): {reason}")
            continue
        if adapters.setdefault(adapter.name, adapter) is not adapter:
            errors.append(f"plug-in {plug_in.name} ({plug_in.value}): there is already a source named {adapter.name}")
    return Registry(tuple(adapters.values()), tuple(errors))


def _load(plug_in: EntryPoint) -> Adapter:
    adapter = plug_in.load()()
    if not isinstance(adapter, Adapter):
        raise TypeError("is not an Adapter")
    if not isinstance(adapter.traits, AgentTraits):
        raise TypeError("its traits are not AgentTraits")
    if not (isinstance(adapter.name, str) and isinstance(adapter.version, int)):
        raise TypeError("its adapter needs a name and a version")
    return adapter


def _recognises(adapter: Adapter, head: Head) -> bool:
    try:
        return adapter.recognises(head)
    except Exception:  # a file of another format may look like anything to it
        return False


def _is_sidecar(adapter: Adapter, path: Path) -> bool:
    with suppress(Exception):  # a plug-in may do anything
        return adapter.is_sidecar(path)
    return False
