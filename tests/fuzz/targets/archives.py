"""An archive of which bytes are damaged: what is whole comes back, totals stay, and the store is whole."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.feed.sessions import all_kinds, write
from tests.fuzz.corpus import read_folder, write_folder
from tests.fuzz.mutations import mutate_bytes, mutate_file
from tests.fuzz.program import run_program
from tests.fuzz.target import Files, Target, must
from tui_monitor.config import STORE_NAME

ARCHIVE = "old.jsonl.gz"
OPENED = "old.jsonl"


def generate(random: Random) -> Files:
    """Return an archive with damage in the compressed file or in its lines, or one that somebody has sealed again."""
    archive = pruned()[ARCHIVE]
    match random.randrange(3):
        case 0:
            return {ARCHIVE: mutate_bytes(archive, random)}
        case 1:
            return {OPENED: mutate_file(gzip.decompress(archive), random)}
    return {OPENED: sealed(mutate_file(gzip.decompress(archive), random))}


def sealed(content: bytes) -> bytes:
    """Return the lines with the checksums of the rows that they have now."""
    lines, check = [], blake2b(digest_size=16)
    for line in content.splitlines(keepends=True):
        if line.startswith(b'{"end"'):
            lines.append(b'{"end":"%s"}\n' % check.hexdigest().encode())
            check = blake2b(digest_size=16)
            continue
        if not line.startswith(b'{"begin"'):
            check.update(line)
        lines.append(line)
    return b"".join(lines)


def check(files: Files, folder: Path) -> None:
    """Check that the import ends as it may, and what holds afterwards, in the pruned store and in a new one."""
    write_folder(folder, files)
    (name,) = files
    for home, is_pruned in ((folder / "pruned", True), (folder / "new", False)):
        (home / "data").mkdir(parents=True)
        if is_pruned:
            write_folder(home / "data", {STORE_NAME: pruned()[STORE_NAME]})
        for _ in range(2):
            with must("the import of a damaged archive ends as it may"):
                output = run_program(["import", str(folder / name)], home, folder)
                assert output.status in (0, 1, 3), output
                replace(output, status=0).check()
        with must("the store is whole after a damaged archive"):
            assert run_program(["prune", "--check"], home, folder).status == 0
        if is_pruned:
            with must("no total changes when rows come back"):
                output = run_program(["stats", "--json"], home, folder)
                assert json.loads(output.out)["totals"] == json.loads(pruned()["stats"])["totals"]


@cache
def pruned() -> Files:
    """Return a pruned store, its archive, and its totals as ``stats`` prints them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        sessions = [str(path) for path in write(folder / "sessions", all_kinds(2))]
        home = folder / "home"
        store = home / "data" / STORE_NAME
        store.parent.mkdir(parents=True)
        words = ["stats", "--json", "--store", str(store), *sessions]
        output = run_program(words, home, folder)
        assert output.status == 0, output.error
        archived = run_program(["archive", str(folder / ARCHIVE), "--older-than", "1s"], home, folder)
        assert archived.status == 0, archived.error
        files = read_folder(store.parent)
        return {STORE_NAME: files[STORE_NAME], ARCHIVE: (folder / ARCHIVE).read_bytes(), "stats": output.out}


TARGET = Target("archives", generate, check)
