"""Files compressed with zstd are read as if they were not."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.compression import compress
from tests.sources.support import Toy, ToyStore, batches, read_all, toys
from tui_monitor.sources.files import compressed_file
from tui_monitor.sources.files.compressed_file import CompressedFile, MissingDecompressor, open_file
from tui_monitor.sources.files.head import UnrecognisedFormat, read_head
from tui_monitor.sources.files.open_file import OpenFile

CONTENT = bytes(range(256)) * 12_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a compressed file."""
    path = tmp_path / "toys.jsonl.zst"
    path.write_bytes(compress(CONTENT))
    return path


def test_content_can_be_read_at_any_offset(path: Path) -> None:
    file = open_file(path)
    assert file.size() == len(CONTENT)
    for offset in (0, 5000, 2_900_000, 7, len(CONTENT) - 3, len(CONTENT), len(CONTENT) + 9):
        assert file.read(offset, 100) == CONTENT[offset : offset + 100]
    assert file.read(0, 10**7) == CONTENT
    file.close()


def test_identity_is_that_of_the_content(path: Path) -> None:
    file = open_file(path)
    plain = path.with_name("plain")
    plain.write_bytes(CONTENT)
    other = OpenFile(plain)
    assert file.fingerprint(500).digest == other.fingerprint(500).digest
    assert (file.inode, file.fingerprint(500).length) == (path.stat().st_ino, 500)
    file.release()
    assert file.reopen()
    assert file.read(9, 9) == CONTENT[9:18]
    for one in (file, other):
        one.close()


def test_frames_follow_one_another(path: Path) -> None:
    path.write_bytes(compress(b"one ") + compress(b"two"))
    file = open_file(path)
    assert (file.read(0, 100), file.size()) == (b"one two", 7)
    file.close()


@pytest.mark.parametrize("broken", [b"nothing", compress(CONTENT)[:-50]])
def test_broken_content_is_an_error_of_the_file(path: Path, broken: bytes) -> None:
    path.write_bytes(broken)
    file = open_file(path)
    with pytest.raises(OSError, match="broken"):
        file.size()
    file.close()


def test_compressed_sessions_are_read_once_and_resumed(tmp_path: Path) -> None:
    path = tmp_path / "toys.jsonl.zst"
    path.write_bytes(compress(toys(*range(2500))))
    store = ToyStore()
    source = Toy().open(path)
    first = source.read()
    assert first
    assert store.take(first)
    source.close()
    resumed = Toy().open(path, store.checkpoints)
    for batch in batches(resumed):
        assert store.take(batch)
    assert store.texts == [str(number) for number in range(2500)]
    assert read_all(Toy().open(path, store.checkpoints)) == []
    assert Toy().recognises(read_head(path))


class _Reader:
    """A library that has only a reader of streams."""

    def stream_reader(self, raw: Any, read_across_frames: bool) -> Any:
        return raw


def test_any_of_the_libraries_will_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = ModuleType("zstandard")
    library.ZstdDecompressor = _Reader
    for name in ("compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "zstandard", library)
    file = CompressedFile(path)
    assert file.read(0, 4) == compress(CONTENT)[:4]
    file.close()


def test_missing_library_is_named_in_one_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*compressed_file.LIBRARIES, "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDecompressor) as error:
        open_file(path)
    assert str(error.value) == "compressed files (.zst) are skipped: pip install 'tui-monitor[zst]' to read them"
    with pytest.raises(UnrecognisedFormat, match=r"tui-monitor\[zst\]"):
        read_head(path)
