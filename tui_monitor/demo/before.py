"""What the session did before somebody looks: two wishes, carried out."""

from __future__ import annotations

from tui_monitor.demo.program import end_turn, tell_window
from tui_monitor.demo.worker import Worker


def earlier(worker: Worker) -> None:
    """The session until a few minutes ago."""
    chain = worker.chain
    began = chain.stage.at
    chain.prompt(
        "`larder list` calls the milk spoilt on the very day that is printed on it. Find out why, and mend it."
    )
    _find_out(worker)
    tell_window(chain)
    _mend(worker)
    _ask_around(worker)
    chain.conclude("The last day counted as one too many. It is mended, and a test says so.")
    end_turn(chain, began)

    chain.stage.at += 145
    began = chain.stage.at
    chain.prompt("Good. And what says only “Nov 2027” should keep until the end of that month.")
    _keep_to_the_end_of_the_month(worker)
    _check(worker)
    chain.conclude("Done: a month without a day keeps until its last day. Committed on branch within.")
    end_turn(chain, began)


def _find_out(worker: Worker) -> None:
    worker.glob("**/*.py", ".py", "I'll look for where days are counted.")
    worker.read("larder/cli.py", "larder/pantry.py", "larder/dates.py", fills=5_200)
    worker.shell(
        "uv run pytest -q", "Run the tests", "......                   [100%]\n6 passed in 0.31s", 2.6, fills=900
    )
    worker.grep("days_left")
    worker.shell(
        "git log --oneline -8 -- larder/dates.py",
        "See how it came to be",
        "4be2f0c Read dates with the month in letters\n91d6a3e Count days in one place\n07c55aa Begin",
        0.4,
        fills=5_900,
    )


def _mend(worker: Worker) -> None:
    worker.edit(
        "tests/test_dates.py",
        "    assert days_left(date(2026, 3, 17), TODAY) > 0\n",
        "    assert days_left(date(2026, 3, 17), TODAY) > 0\n    assert days_left(TODAY, TODAY) == 0\n",
        "The tests never look at the last day itself. First a test that does.",
    )
    worker.shell(
        "uv run pytest -q tests/test_dates.py",
        "See it fail",
        "E       assert -1 == 0\nFAILED test_dates.py::test_it_keeps_until_the_last_day\n1 failed, 3 passed in 0.28s",
        2.4,
        status=1,
        fills=3_300,
    )
    worker.edit(
        "larder/dates.py",
        "    return (best_before - today).days - 1\n",
        "    return (best_before - today).days\n",
        "As expected: `days_left` takes one day too many away.",
    )
    worker.shell(
        "uv run pytest -q", "Run the tests", "......                   [100%]\n6 passed in 0.30s", 2.5, fills=900
    )


def _ask_around(worker: Worker) -> None:
    worker.delegate(
        "Explore",
        "Who else counts days by hand?",
        "Find every place in this project that counts days without calling days_left, and list them with their lines.",
        _look_for_days,
        "Nobody does: larder/cli.py and larder/pantry.py both call days_left.",
    )
    worker.fetch(
        "https://docs.python.org/3/library/datetime.html",
        "How does the difference of two dates count?",
        "Subtracting two dates gives a timedelta; its days are negative when the first date is the earlier one.",
        3.4,
        fills=15_800,
    )
    worker.refused("git push --force origin within", "Publish the branch", 14)
    worker.shell(
        'git commit -am "Let food keep on its last day"',
        "Commit",
        "[within 6f1d2b9] Let food keep on its last day\n 2 files changed, 2 insertions(+), 1 deletion(-)",
        1.2,
    )


def _look_for_days(helper: Worker) -> None:
    helper.grep("days_left")
    helper.grep("timedelta")
    helper.read("larder/cli.py", "larder/pantry.py")


def _keep_to_the_end_of_the_month(worker: Worker) -> None:
    worker.read(
        "larder/dates.py", "tests/test_dates.py", words="`parse` takes the first of the month so far.", fills=6_400
    )
    worker.edit(
        "larder/dates.py",
        "            return datetime.strptime(text, pattern).date()\n        except ValueError:\n",
        "            found = datetime.strptime(text, pattern).date()\n        except ValueError:\n",
    )
    worker.edit(
        "larder/dates.py",
        "            continue\n",
        '            continue\n        return found if "%d" in pattern else _end_of_month(found)\n',
    )
    worker.edit(
        "larder/dates.py",
        "    return (best_before - today).days\n",
        "    return (best_before - today).days\n\n\n"
        "def _end_of_month(day: date) -> date:\n    return day.replace(day=31)\n",
    )
    worker.edit(
        "tests/test_dates.py",
        "def test_it_keeps_until",
        "def test_a_month_without_a_day_ends_with_its_last() -> None:\n"
        '    assert parse("Nov 2027") == date(2027, 11, 30)\n\n\ndef test_it_keeps_until',
    )
    worker.shell(
        "uv run pytest -q",
        "Run the tests",
        "E       ValueError: day is out of range for month\ndates.py:28: ValueError\n1 failed, 6 passed in 0.36s",
        2.7,
        status=1,
        fills=5_900,
    )
    worker.edit(
        "larder/dates.py",
        "    return day.replace(day=31)\n",
        "    return day.replace(day=monthrange(day.year, day.month)[1])\n",
        "Not every month has 31 days; the calendar knows.",
    )
    worker.edit("larder/dates.py", "from datetime import", "from calendar import monthrange\nfrom datetime import")
    worker.shell(
        "uv run pytest -q", "Run the tests", ".......                  [100%]\n7 passed in 0.33s", 2.6, fills=1_100
    )


def _check(worker: Worker) -> None:
    worker.shell(
        "make check 2>&1 | tail -2",
        "Lint and types",
        "FAIL: 1 file would be reformatted: tests/test_dates.py",
        3.8,
        fills=7_900,
    )
    worker.shell("uv run ruff format .", "Format it", "1 file reformatted, 7 files left unchanged", 0.9, fills=2_200)
    worker.shell(
        "make check 2>&1 | tail -2", "Once more", "Success: no issues found in 8 source files", 4.1, fills=2_900
    )
    worker.edit(
        "README.md",
        '    larder add rice "2 kg" "Nov 2027"\n',
        '    larder add rice "2 kg" "Nov 2027"    # keeps until the end of the month\n',
    )
    worker.shell(
        'git commit -am "Let a month end with its last day"',
        "Commit",
        "[within c03e7f4] Let a month end with its last day\n 3 files changed, 14 insertions(+), 3 deletions(-)",
        1.3,
    )
