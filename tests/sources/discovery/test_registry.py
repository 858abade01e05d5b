"""The known formats, and recognising that of a file."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.sources.support import NewerToy, Toy, toys
from tui_monitor.sources.base import AgentTraits, Head
from tui_monitor.sources.discovery.plug_ins import PLUG_INS
from tui_monitor.sources.discovery.registry import (
    BUILT_IN,
    Registry,
    agent_traits,
    default_registry,
    installed_registry,
    with_plug_ins,
)
from tui_monitor.sources.files.head import FIRST_LINE_BYTES, HEAD_BYTES, NoContentYet, UnrecognisedFormat, read_head

REGISTRY = Registry((Toy(),))


class Other(Toy):
    name = "other"

    def recognises(self, head: Head) -> bool:
        return b"other" in head.raw


class FailingRecognition(Toy):
    name = "failing"

    def recognises(self, head: Head) -> bool:
        return bool(head.records[1000])


class Nameless(Toy):
    name = None  # type: ignore[assignment]


class Misdescribed(Toy):
    traits = "Toy"  # type: ignore[assignment]


class Stubborn:
    def __init__(self) -> None:
        raise SystemExit("not here,\nnot now")


def plug_in(attribute: str) -> EntryPoint:
    return EntryPoint(name=attribute.lower(), value=f"{__name__}:{attribute}", group=PLUG_INS)


def test_built_in_adapters_have_their_listed_names() -> None:
    registry = default_registry()
    assert [adapter.name for adapter in registry.adapters][: len(BUILT_IN)] == list(BUILT_IN)
    assert all(adapter.version > 0 for adapter in registry.adapters)


def test_adapter_is_found_by_name() -> None:
    assert isinstance(REGISTRY.by_name("toy"), Toy)
    assert REGISTRY.by_name("nothing") is None


def test_traits_are_found_by_the_source_of_a_session() -> None:
    assert agent_traits("codex").title == "Codex"
    assert agent_traits("nothing") == AgentTraits()


def test_plug_ins_come_after_built_in_adapters() -> None:
    registry = with_plug_ins((Toy(),), [plug_in("Other")])
    assert [adapter.name for adapter in registry.adapters] == ["toy", "other"]
    assert registry.errors == ()


@pytest.mark.parametrize(
    ("attribute", "reason"),
    [
        ("Missing", "no attribute"),
        ("Stubborn", "not here, not now"),
        ("Path", "is not an Adapter"),
        ("Nameless", "needs a name"),
        ("Misdescribed", "are not AgentTraits"),
        ("NewerToy", "already a source named toy"),
    ],
)
def test_broken_plug_in_is_one_line_of_error(attribute: str, reason: str) -> None:
    registry = with_plug_ins((Toy(),), [plug_in(attribute), plug_in("Other")])
    assert [adapter.name for adapter in registry.adapters] == ["toy", "other"]
    assert not isinstance(registry.by_name("toy"), NewerToy)
    [error] = registry.errors
    assert reason in error
    assert attribute in error
    assert "\n" not in error


def test_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(b"some other words\n")
    assert Registry((Toy(), Other())).recognise(path).name == "other"
    path.write_bytes(b"first, words\n" + toys(1))
    assert REGISTRY.recognise(path).name == "toy"


def test_adapter_that_raises_does_not_recognise_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(toys(1))
    assert Registry((FailingRecognition(), Toy())).recognise(path).name == "toy"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x7fELF\0\0\1\2", "is binary"),
        (b"just words\n", "holds no lines of JSON"),
        (b"[1, 2]\n", "holds no lines of JSON"),
        (b'{"a": 1}\n', "JSON of an unknown format"),
        pytest.param(b'{"a":' + b" " * FIRST_LINE_BYTES, "holds no lines of JSON", id="a first line without end"),
    ],
)
def test_unrecognised_file_has_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(UnrecognisedFormat) as refused:
        REGISTRY.recognise(path)
    assert str(refused.value) == f"{path}: {reason}"
    assert not isinstance(refused.value, NoContentYet)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\0\0\r\n", "is empty"),
        (b'{"toy"', "its first line is not complete"),
    ],
)
def test_missing_or_incomplete_file_may_be_recognised_later(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "log"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NoContentYet) as refused:
        REGISTRY.recognise(path)
    assert str(refused.value) == f"{path}: {reason}"


def test_directory_is_not_recognised(tmp_path: Path) -> None:
    with pytest.raises(UnrecognisedFormat, match="is a folder"):
        REGISTRY.recognise(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_without_a_writer_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(UnrecognisedFormat):
        REGISTRY.recognise(path)


def test_head_is_limited_to_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(toys(*range(HEAD_BYTES)))
    head = read_head(path)
    assert len(head.raw) == HEAD_BYTES
    assert 1 <= len(head.records) < 1000


def test_head_includes_a_long_first_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"toy": "' + b"x" * (HEAD_BYTES * 2) + b'"}\n')
    assert len(read_head(path).records) == 1


def test_threads_that_ask_at_once_get_the_same_registry() -> None:
    installed_registry.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        registries = {id(future.result()) for future in [pool.submit(default_registry) for _ in range(8)]}
    assert len(registries) == 1
