"""Mutations change what they are given, whatever that is, and depend on the seed alone."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.mutations import mutate_file, mutate_line

RECORD = b'{"type": "user", "counts": {"input": 5, "cached": [1, 2]}, "text": "go"}'


@pytest.mark.parametrize("line", [b"", b"{", b"null", b"[[]]", b"\xff", b"[" * 5000 + b"]" * 5000, RECORD])
def test_any_line_can_be_changed(line: bytes) -> None:
    assert len({mutate_line(line, Random(seed)) for seed in range(20)}) > 1


def test_most_lines_of_a_file_stay_as_they_are() -> None:
    lines = [RECORD.replace(b"go", b"%d" % number) for number in range(50)]
    kept = [set(lines) & set(mutate_file(b"\n".join(lines), Random(seed)).split(b"\n")) for seed in range(40)]
    assert sum(len(some) >= 40 for some in kept) > 20
