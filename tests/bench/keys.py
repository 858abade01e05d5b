"""Keys: from a key to its effect, in a session of 100,000 calls, quiet and while 1,000 lines a second come.

Reading such a session takes a minute or two, so it runs only when it is named: ``make bench ARGS=keys``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.bench.figure import Figure
from tests.bench.flood import growing
from tests.bench.idle import cpu_seconds
from tests.bench.invented import claude_transcript, lines_of, rewrite_file, write
from tests.bench.terminal import Running, running

SECONDS = 240.0
"""About so long it takes, which keeps it out of the quick benches."""
TURNS = 33_400
"""Three calls each."""
LINES_PER_S = 1000
REWRITTEN = 5000
ROUNDS = 30
GAP_S = 0.08
"""Between two presses, and a little more each time, so that they fall on all moments of a frame."""
REST_S, REST_SHARE = 2.0, 0.1
"""So long at most this share of a core is used by a monitor that has read everything."""

PAUSE, FOLLOW, OPEN = b" ", b"G", b"\r"
ESCAPE = b"\x1b[27u"
"""As terminals with the newer keyboard protocol send it: after the old one a program has to wait for what follows."""
KEYS = (
    *((key, b"berth") for key in (b"k", b"k", b"j", b"\x1b[5~")),  # rows that are painted with the cursor elsewhere
    (b"?", b"Keys here"),
    (ESCAPE, b"berth"),
    (b"f", b"Files changed"),
    (ESCAPE, b"berth"),
    (b"/", b"Keep"),
    (b"\xc3\xa6", b"\xc3\xa6"),
    (ESCAPE, b"berth"),
    (b"i", b"Why this state"),
    (ESCAPE, b"berth"),
)
"""What is pressed while the log is paused, and a text that comes by it alone."""


def bench() -> Iterator[Figure]:
    """Yield milliseconds, compared with the 50 within which a key is to be answered, and 150 for a long diff."""
    with TemporaryDirectory() as name:
        transcript = claude_transcript(TURNS)
        rewrite_file(transcript, REWRITTEN)
        path = write(Path(name) / "session.jsonl", lines_of(transcript.records))
        del transcript
        with running("-m", "tui_monitor", str(path), TUI_MONITOR_DATA_DIR=name) as program:
            program.wait_for(b"berth")
            _wait_until_read(program)
            yield Figure(f"diff of {REWRITTEN:,} lines opens", _diff_ms(program), "ms", 150, "wanted")
            with growing([path], 20):
                yield from _figures(program, "quiet")
            with growing([path], LINES_PER_S):
                program.read_for(REST_S)
                yield from _figures(program, f"{LINES_PER_S:,} lines/s")


def _wait_until_read(program: Running) -> None:
    used = cpu_seconds(program.process.pid)
    while True:
        program.read_for(REST_S)
        before, used = used, cpu_seconds(program.process.pid)
        if used - before < REST_SHARE * REST_S:
            return


def _diff_ms(program: Running) -> float:
    ms = _press(program, OPEN, b"depth")
    program.read_for(REST_S)
    program.press(ESCAPE)
    program.read_for(REST_S)
    return ms


def _figures(program: Running, name: str) -> Iterator[Figure]:
    """Yield the percentiles of all keys, pressed again and again."""
    times: list[float] = []
    for _ in range(ROUNDS):
        _press(program, PAUSE, b"paused")
        for number, (key, text) in enumerate(KEYS):
            program.read_for(GAP_S + (len(times) * 37 % 100) / 1000)
            times.append(_press(program, key, text))
            if number == len(KEYS) - 1:
                program.press(FOLLOW)
                program.read_for(GAP_S)
    times.sort()
    for title, share in (("p50", 0.5), ("p99", 0.99), ("slowest", 1.0)):
        value = times[min(len(times) - 1, int(len(times) * share))]
        yield Figure(f"key to paint, {name}, {title}", value, "ms", 50, "wanted at p99")


def _press(program: Running, key: bytes, text: bytes) -> float:
    """Return the milliseconds from a key to a text."""
    began = perf_counter()
    program.press(key)
    program.wait_for(text)
    return 1000 * (perf_counter() - began)
