"""The past of the demo session: two finished turns."""

from __future__ import annotations

from tui_monitor.demo.demo_agent import DemoAgent


def play_past_turns(agent: DemoAgent) -> None:
    """Play the session until a few minutes before it is watched."""
    conversation = agent.conversation
    started = conversation.state.at
    conversation.prompt(
        "`larder list` says the milk is expired on the very day printed on the bottle. Find out why and fix it."
    )
    _investigate(agent)
    conversation.report_context()
    _fix(agent)
    _check_other_code(agent)
    conversation.conclude("The last day was counted one too many. It is fixed and covered by a test.")
    conversation.end_turn(started)

    conversation.state.at += 145
    started = conversation.state.at
    conversation.prompt("Great. Also, something that only says “Nov 2027” should keep until the end of that month.")
    _keep_to_the_end_of_the_month(agent)
    _check(agent)
    conversation.conclude("Done: a month without a day keeps until its last day. Committed on branch within.")
    conversation.end_turn(started)


def _investigate(agent: DemoAgent) -> None:
    agent.glob("**/*.py", ".py", "I'll look for the place where days are counted.")
    agent.read("larder/cli.py", "larder/pantry.py", "larder/dates.py", tokens=5_200)
    agent.shell(
        "uv run pytest -q", "Run the tests", "......                   [100%]\n6 passed in 0.31s", 2.6, tokens=900
    )
    agent.grep("days_left")
    agent.shell(
        "git log --oneline -8 -- larder/dates.py",
        "Show recent changes",
        "4be2f0c Parse dates with month names\n91d6a3e Count days in one place\n07c55aa Initial commit",
        0.4,
        tokens=5_900,
    )


def _fix(agent: DemoAgent) -> None:
    agent.edit(
        "tests/test_dates.py",
        "    assert days_left(date(2026, 3, 17), TODAY) > 0\n",
        "    assert days_left(date(2026, 3, 17), TODAY) > 0\n    assert days_left(TODAY, TODAY) == 0\n",
        "The tests never cover the last day itself. First, a test that does.",
    )
    agent.shell(
        "uv run pytest -q tests/test_dates.py",
        "Watch it fail",
        "E       assert -1 == 0\nFAILED test_dates.py::test_last_day_counts\n1 failed, 3 passed in 0.28s",
        2.4,
        status=1,
        tokens=3_300,
    )
    agent.edit(
        "larder/dates.py",
        "    return (best_before - today).days - 1\n",
        "    return (best_before - today).days\n",
        "As expected: `days_left` subtracts one day too many.",
    )
    agent.shell(
        "uv run pytest -q", "Run the tests", "......                   [100%]\n6 passed in 0.30s", 2.5, tokens=900
    )


def _check_other_code(agent: DemoAgent) -> None:
    agent.delegate(
        "Explore",
        "Does other code count days itself?",
        "Find every place in this project that counts days without calling days_left, and list them with their lines.",
        _search_for_days,
        "No: larder/cli.py and larder/pantry.py both call days_left.",
    )
    agent.fetch(
        "https://docs.python.org/3/library/datetime.html",
        "How is the difference of two dates counted?",
        "Subtracting two dates gives a timedelta; its days are negative when the first date is the earlier one.",
        3.4,
        tokens=15_800,
    )
    agent.shell_rejected("git push --force origin within", "Publish the branch", 14)
    agent.shell(
        'git commit -am "Count the last day"',
        "Commit",
        "[within 6f1d2b9] Count the last day\n 2 files changed, 2 insertions(+), 1 deletion(-)",
        1.2,
    )


def _search_for_days(agent: DemoAgent) -> None:
    agent.grep("days_left")
    agent.grep("timedelta")
    agent.read("larder/cli.py", "larder/pantry.py")


def _keep_to_the_end_of_the_month(agent: DemoAgent) -> None:
    agent.read(
        "larder/dates.py",
        "tests/test_dates.py",
        text="So far, `parse` takes the first day of the month.",
        tokens=6_400,
    )
    agent.edit(
        "larder/dates.py",
        "            return datetime.strptime(text, pattern).date()\n        except ValueError:\n",
        "            day = datetime.strptime(text, pattern).date()\n        except ValueError:\n",
    )
    agent.edit(
        "larder/dates.py",
        "            continue\n",
        '            continue\n        return day if "%d" in pattern else _end_of_month(day)\n',
    )
    agent.edit(
        "larder/dates.py",
        "    return (best_before - today).days\n",
        "    return (best_before - today).days\n\n\n"
        "def _end_of_month(day: date) -> date:\n    return day.replace(day=31)\n",
    )
    agent.edit(
        "tests/test_dates.py",
        "def test_last_day_counts",
        "def test_month_without_a_day_ends_with_its_last_day() -> None:\n"
        '    assert parse("Nov 2027") == date(2027, 11, 30)\n\n\ndef test_last_day_counts',
    )
    agent.shell(
        "uv run pytest -q",
        "Run the tests",
        "E       ValueError: day is out of range for month\ndates.py:28: ValueError\n1 failed, 6 passed in 0.36s",
        2.7,
        status=1,
        tokens=5_900,
    )
    agent.edit(
        "larder/dates.py",
        "    return day.replace(day=31)\n",
        "    return day.replace(day=monthrange(day.year, day.month)[1])\n",
        "Not every month has 31 days; the calendar knows.",
    )
    agent.edit("larder/dates.py", "from datetime import", "from calendar import monthrange\nfrom datetime import")
    agent.shell(
        "uv run pytest -q", "Run the tests", ".......                  [100%]\n7 passed in 0.33s", 2.6, tokens=1_100
    )


def _check(agent: DemoAgent) -> None:
    agent.shell(
        "make check 2>&1 | tail -2",
        "Lint and type-check",
        "FAIL: 1 file would be reformatted: tests/test_dates.py",
        3.8,
        tokens=7_900,
    )
    agent.shell(
        "uv run ruff format .", "Format the code", "1 file reformatted, 7 files left unchanged", 0.9, tokens=2_200
    )
    agent.shell(
        "make check 2>&1 | tail -2", "Check again", "Success: no issues found in 8 source files", 4.1, tokens=2_900
    )
    agent.edit(
        "README.md",
        '    larder add rice "2 kg" "Nov 2027"\n',
        '    larder add rice "2 kg" "Nov 2027"    # keeps until the end of the month\n',
    )
    agent.shell(
        'git commit -am "Let a month end with its last day"',
        "Commit",
        "[within c03e7f4] Let a month end with its last day\n 3 files changed, 14 insertions(+), 3 deletions(-)",
        1.3,
    )
