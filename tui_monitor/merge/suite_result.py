"""The result of a test suite, as the output of its runner states it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_TAIL = 16 * 1024
"""Characters at the end of an output that are examined."""
_WORDS = ("pass", "test", "example", "runs", "FAIL", "ok", "Passed")
"""One of these stands in the summary of every runner: most outputs have none of them."""


class SuiteResult(NamedTuple):
    """Tests that passed and failed; of a runner that reports packages these are counted, as ``unit`` says."""

    passed: int
    failed: int
    unit: str = "tests"


class _Runner(NamedTuple):
    """How a runner ends its output: the lines that show it is this one, and the counts in the last of them, or with
    ``sums`` in all."""

    name: str
    summary: re.Pattern[str]
    read: Callable[[str], SuiteResult]
    sums: bool = False


def _count(word: str, text: str) -> int:
    match = re.search(rf"(\d{{1,9}}) {word}", text)
    return int(match[1]) if match else 0


def _after(word: str, text: str) -> int:
    match = re.search(rf"{word}\s{{0,9}}(\d{{1,9}})", text)
    return int(match[1]) if match else 0


def _of_total(total: int, failed: int) -> SuiteResult:
    return SuiteResult(max(0, total - failed), failed)


RUNNERS = (
    _Runner(
        "pytest",
        re.compile(r"^=*\s?(?=.*\d (?:passed|failed|error)).*\bin \d[\d.:,]*s?\b.*$", re.MULTILINE),
        lambda line: SuiteResult(_count("passed", line), _count("failed", line) + _count("errors?", line)),
    ),
    _Runner(
        "cargo test",
        re.compile(r"^test result: .*$", re.MULTILINE),
        lambda line: SuiteResult(_count("passed", line), _count("failed", line)),
        sums=True,
    ),
    _Runner(
        "vitest, jest",
        re.compile(r"^\s*Tests:?\s+(?=.*\d (?:passed|failed)).*$", re.MULTILINE),
        lambda line: SuiteResult(_count("passed", line), _count("failed", line)),
    ),
    _Runner(
        "mix, rspec, minitest",
        re.compile(r"^.*\b\d+ (?:tests?|examples?|runs)\b.*\b\d+ failures?.*$", re.MULTILINE),
        lambda line: _of_total(
            _count("(?:tests?|examples?|runs)", line), _count("failures?", line) + _count("errors?", line)
        ),
    ),
    _Runner(
        "gradle",
        re.compile(r"^\d+ tests? completed, \d+ failed.*$", re.MULTILINE),
        lambda line: _of_total(_count("tests? completed", line), _count("failed", line)),
    ),
    _Runner(
        "dotnet",
        re.compile(r"^(?:Passed|Failed)!\s+- Failed:.*$", re.MULTILINE),
        lambda line: SuiteResult(_after("Passed:", line), _after("- Failed:", line)),
        sums=True,
    ),
    _Runner(
        "unittest",
        re.compile(r"^Ran \d+ tests? in [^\n]*\n+(?:OK|FAILED)[^\n]*$", re.MULTILINE),
        lambda text: _of_total(_after("Ran", text), _after("failures=", text) + _after("errors=", text)),
    ),
    _Runner(
        "mocha",
        re.compile(r"^\s*\d+ passing\b.*(?:\n\s*\d+ pending)?(?:\n\s*\d+ failing)?", re.MULTILINE),
        lambda text: SuiteResult(_count("passing", text), _count("failing", text)),
    ),
    _Runner(
        "node",
        re.compile(r"^. pass \d+\n. fail \d+$", re.MULTILINE),
        lambda text: SuiteResult(_after("pass", text), _after("fail", text)),
    ),
    _Runner(
        "go test",
        re.compile(r"^(?:ok|FAIL)[ \t]+\S+[ \t]+(?:\d[\d.]*s|\(cached\)|\[build failed\]).*$", re.MULTILINE),
        lambda line: SuiteResult(int(line.startswith("ok")), int(line.startswith("FAIL")), "packages"),
        sums=True,
    ),
)
"""The runners that are recognised; the first that is there decides."""


def suite_result(output: str) -> SuiteResult | None:
    """Return what a command's output says of tests; None if it does not say anything of them."""
    tail = output[-_TAIL:]
    if not any(word in tail for word in _WORDS):
        return None
    for runner in RUNNERS:
        matches = [match[0] for match in runner.summary.finditer(tail)]
        if matches:
            results = [runner.read(match) for match in (matches if runner.sums else matches[-1:])]
            passed, failed = (sum(counts) for counts in zip(*(each[:2] for each in results), strict=True))
            return SuiteResult(passed, failed, results[0].unit)
    return None
