"""Lines between good lines that are no records: the good ones are all counted."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.fuzz.corpus import text_folders, write_folder
from tests.fuzz.figures import check_same, figures_of, sources_in
from tests.fuzz.mutations import ODD_TEXTS, encode
from tests.fuzz.reading import without_file_times
from tests.fuzz.target import Files, Target, choices_for, must

LINES = "lines"
FOLDER = "folder"


def generate(random: Random) -> Files:
    """Return the name of a folder, and lines that are no records."""
    name = random.choice(list(text_folders()))
    return {FOLDER: name.encode(), LINES: b"\n".join(_noise(name, random) for _ in range(random.randint(1, 6)))}


@without_file_times()
def check(files: Files, folder: Path) -> None:
    """Check that the figures of the folder do not depend on the lines put between its own."""
    good = text_folders()[files[FOLDER].decode()]
    random, noise = choices_for(files), files[LINES].split(b"\n")
    quiet, noisy = folder / "folder", folder / "with noise" / "folder"
    write_folder(quiet, good)
    write_folder(noisy, {name: _between(content, noise, random) for name, content in good.items()})
    with must("good lines between bad ones are all counted"):
        check_same(figures_of(sources_in(noisy)), figures_of(sources_in(quiet)))


def _between(content: bytes, noise: list[bytes], random: Random) -> bytes:
    """Put the lines behind the first one, each somewhere; into files of lines only."""
    lines = content.splitlines(keepends=True)
    if not all(line.startswith(b"{") and line.endswith(b"}\n") for line in lines):
        return content
    for line in noise:
        lines.insert(random.randint(1, len(lines)), line + b"\n")
    return b"".join(lines)


def _noise(name: str, random: Random) -> bytes:
    """Return a line that holds no record: bytes without a quote, a value that is no object, or half a record."""
    match random.randrange(4):
        case 0:
            return random.randbytes(random.randint(0, 60)).translate(None, b'"\n')
        case 1:
            return encode(random.choice(ODD_TEXTS), random).replace(b"{", b"")
        case 2:
            return b"[" * random.choice((1, 2000, 200_000))
    records = [line for content in text_folders()[name].values() for line in content.splitlines()]
    record = random.choice(records)
    return record[: random.randint(0, len(record) // 2)]


TARGET = Target("noise", generate, check)
