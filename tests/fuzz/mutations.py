"""Changes that a crash, a bug or malice makes to files: to bytes, to lines, and to the values in a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

from tests.clean.sequences import EVIL
from tests.fuzz.target import Files
from tests.sources.hostile import broken, places

Lines: TypeAlias = list[bytes]

DEEP = "deeply nested"
"""Stands for lists in lists, which no encoder writes."""
_DEPTHS = (50, 900, 1100, 100_000)

ODD_NUMBERS: Sequence[Any] = (
    *(0, -1, -0.0, 0.5, 1e-9, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, 10**400, -(10**9)),
    *(1e18, 1e308, float("inf"), float("nan"), 10**9, 10**9 + 1, 10**12, 1_772_359_200_000, 253_402_300_800_000),
)
ODD_TEXTS: Sequence[str] = (
    *("", " ", "\0", "\n\n", "\ud800", "\udfff\ud800", "é", "e\u0301" * 50, "👩‍👩‍👧", "\ufeff", "\u2028", EVIL),
    *("[red]x[/red]", "../../etc/passwd", "/", "~", "x" * 70_000, "9" * 5000, "-1", "1e999", "NaN", "null", DEEP),
    *("0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+23:59", "2026-03-01T10:00:00"),
)
ODD_VALUES: Sequence[Any] = (*ODD_NUMBERS, *ODD_TEXTS, None, True, False, [], {}, [[]], [None], {"": None}, [{}] * 99)

_ODD_BYTES = (
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\n",
    b"\r\n",
    b"\r",
    b"}",
    b'{"',
    b'"',
    b"\\",
    b"\0" * 5000,
    b"[",
    b",",
)


def odd_value(random: Random, instead_of: Any = None) -> Any:
    """Return a value that nobody expects: mostly of the kind that it stands in for."""
    same_kind = ODD_NUMBERS if isinstance(instead_of, int | float) else ODD_TEXTS
    return random.choice(ODD_VALUES if instead_of is None or random.random() < 0.4 else same_kind)


def encode(record: object, random: Random) -> bytes:
    """Return a value as a line of JSON without its end, whatever is in it."""
    text = json.dumps(record, ensure_ascii=random.random() < 0.8).encode("utf-8", "surrogatepass")
    depth = random.choice(_DEPTHS)
    return text.replace(json.dumps(DEEP).encode(), b"[" * depth + b"]" * depth)


def mutate_value(record: Any, random: Random) -> Any:
    """Return a JSON value with one part replaced, removed, renamed, or exchanged with another."""
    ways = places(record)
    if not ways:
        return odd_value(random)
    way = random.choice(ways)
    other = _value_at(record, random.choice(ways))
    return random.choice((_replace, _replace, _replace, _nudge, _exchange, _remove, _wrap))(record, way, other, random)


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """Return bytes with one flipped, inserted, removed, or everything behind it cut off."""
    at = random.randrange(len(data) + 1)
    match random.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + random.choice(_ODD_BYTES) + data[at:]
        case 2:
            return data[:at] + data[at + random.randint(1, 30) :]
        case 3:
            return data[:at] + random.randbytes(random.randint(1, 8)) + data[at + 1 :]
    return data[:at] + bytes(byte ^ 1 << random.randrange(8) for byte in data[at : at + 1]) + data[at + 1 :]


def mutate_lines(lines: Lines, random: Random) -> Lines:
    """Return lines with one of them changed, or their order."""
    at, other = (random.randrange(len(lines)) for _ in range(2))
    copy = list(lines)
    match random.randrange(8):
        case 0:
            del copy[at]
        case 1:
            copy.insert(other, lines[at])
        case 2:
            copy[at], copy[other] = copy[other], copy[at]
        case 3:
            copy[at : at + 2] = [b"".join(lines[at : at + 2])]
        case 4:
            copy[at] = mutate_bytes(lines[at], random)
        case _:
            copy[at] = mutate_line(lines[at], random)
    return copy


def mutate_line(line: bytes, random: Random) -> bytes:
    """Return a line of JSON with a value changed; another line, or one nested too deeply, with a byte changed."""
    try:
        return encode(mutate_value(json.loads(line), random), random)
    except (ValueError, RecursionError):
        return mutate_bytes(line, random)


def mutate_file(data: bytes, random: Random) -> bytes:
    """Return a file of lines with some changes, rarely shuffled."""
    lines = data.split(b"\n")
    for _ in range(random.choice((1, 1, 2, 3, 10))):
        lines = mutate_lines(lines, random) if lines else [b""]
    if random.random() < 0.05:
        random.shuffle(lines)
    data = random.choices((b"\n", b"\r\n", b"\n\n"), (20, 1, 1))[0].join(lines)
    return mutate_bytes(data, random) if random.random() < 0.1 else data


def mutate_files(files: Files, random: Random, mutate: Callable[[bytes, Random], bytes] = mutate_file) -> Files:
    """Return the files with one or more of them changed."""
    changed = random.sample(sorted(files), random.randint(1, len(files)))
    return {name: mutate(data, random) if name in changed else data for name, data in files.items()}


def _replace(record: Any, way: tuple[Any, ...], other: Any, random: Random) -> Any:
    return broken(record, way, odd_value(random, _value_at(record, way)))


def _nudge(record: Any, way: tuple[Any, ...], other: Any, random: Random) -> Any:
    """Change a number a little, so that copies of a record contradict each other; replace anything else."""
    value = _value_at(record, way)
    return (
        broken(record, way, value + random.randint(-3, 300))
        if isinstance(value, int)
        else _replace(record, way, other, random)
    )


def _exchange(record: Any, way: tuple[Any, ...], other: Any, random: Random) -> Any:
    return broken(record, way, other)


def _wrap(record: Any, way: tuple[Any, ...], other: Any, random: Random) -> Any:
    inner = _value_at(record, way)
    return broken(record, way, random.choice(([inner], [inner] * 3, {"type": inner}, str(inner), json.dumps(inner))))


def _remove(record: Any, way: tuple[Any, ...], other: Any, random: Random) -> Any:
    *parents, key = way
    container = _value_at(record, tuple(parents))
    rest = (
        {name: value for name, value in container.items() if name != key}
        if isinstance(container, dict)
        else [value for at, value in enumerate(container) if at != key]
    )
    return broken(record, tuple(parents), rest) if parents else rest


def _value_at(record: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        record = record[key]
    return record
