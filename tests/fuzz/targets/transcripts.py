"""Session files of every format, changed anywhere: read whole or in pieces, in any order, counted, and drawn."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.fuzz.corpus import text_folders, write_folder
from tests.fuzz.figures import check_figures, sources_in
from tests.fuzz.mutations import mutate_files
from tests.fuzz.program import run_program
from tests.fuzz.reading import read_events, read_in_pieces, without_file_times
from tests.fuzz.target import Files, Target, choices_for, must
from tests.sources.hostile import check as check_types
from tests.sources.support import append

MAX_PIECES = 4
DRAWN_SHARE = 0.2
"""Share of the inputs of which a frame is drawn."""


def generate(random: Random) -> Files:
    """Return the files of a folder, some of them changed."""
    return mutate_files(random.choice(list(text_folders().values())), random)


@without_file_times()
def check(files: Files, folder: Path) -> None:
    """Check that nothing escapes, that pieces make the whole, and that no order makes a difference."""
    random = choices_for(files)
    write_folder(folder, files)
    sources = sources_in(folder)
    check_figures(sources)
    if random.random() < DRAWN_SHARE:
        with must("everything that is read can be drawn"):
            run_program(["watch", "--once", str(folder)], folder / ".home", folder).check()
    for path, adapter in sources:
        if path.suffix == ".jsonl":
            append(path, b"\n")  # whether a whole object at the end waits for more depends on when it is read
        with must("an event has the types that it declares"):
            events = read_events(path, adapter)
            for event in events:
                check_types(event)
        if path.suffix == ".jsonl":
            with must("a file read in pieces by several processes gives the events of the whole"):
                assert list(read_in_pieces(path, adapter, _sizes(path, random))) == events


def _sizes(path: Path, random: Random) -> list[int]:
    """Return sizes that a file may have had while it grew."""
    size = path.stat().st_size
    return sorted(random.randint(0, size) for _ in range(random.randint(1, MAX_PIECES - 1)))


TARGET = Target("transcripts", generate, check)
