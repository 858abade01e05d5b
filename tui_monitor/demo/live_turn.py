"""The turn of the demo session that is played live, from the first look at the code to the commit."""

from __future__ import annotations

from tui_monitor.demo.demo_agent import DemoAgent

_PLAN = (
    ("Sort the list by days left", "Sorting the list by days left"),
    ("Add --within DAYS", "Adding --within DAYS"),
    ("Decide about items without a date", "Deciding about items without a date"),
    ("Check types and style", "Checking types and style"),
    ("Document it in the README", "Documenting it in the README"),
)

_TESTS = '''\
"""The list is sorted by urgency."""

from datetime import date

from larder.cli import _listing
from larder.pantry import Item, Pantry

TODAY = date(2026, 3, 14)
MILK = Item("milk", "1 l", date(2026, 3, 16))
RICE = Item("rice", "2 kg", date(2027, 11, 30))
SALT = Item("salt", "500 g")


def test_most_urgent_item_comes_first() -> None:
    lines = _listing(Pantry([SALT, RICE, MILK]), TODAY).splitlines()
    assert [line.split()[0] for line in lines] == ["milk", "rice", "salt"]


def test_only_items_due_within_a_week() -> None:
    assert _listing(Pantry([RICE, MILK]), TODAY, within=7) == "milk  1 l  2 days"
'''

_SUMMARY = (
    "The user keeps a pantry with `larder`. The list is now sorted by days left and accepts --within DAYS; items "
    "without a date come last, and are left out with --within. Tests, types and style are fine. Left to do: the README "
    "and the commit."
)


def play_live_turn(agent: DemoAgent) -> None:
    """Play the session from the moment it is watched."""
    conversation, started = agent.conversation, agent.conversation.state.at
    conversation.prompt(
        "`larder list` should show what to eat first at the top. And add --within DAYS for what is due."
    )
    _look(agent)
    _sort(agent)
    _add_days(agent)
    _decide(agent)
    _check(agent)
    conversation.compact(_SUMMARY, 14)
    _finish(agent)
    conversation.conclude("Done. `larder list` starts with what is due first; --within 7 shows a week. 9 tests pass.")
    conversation.end_turn(started)


def _look(agent: DemoAgent) -> None:
    text = "I'll look at how the list is built."
    agent.read("larder/cli.py", "larder/pantry.py", "larder/table.py", text=text, tokens=3_900, delay=1.4)
    agent.grep("_listing", delay=1.0)
    agent.plan(_PLAN, completed=0)


def _sort(agent: DemoAgent) -> None:
    agent.edit(
        "larder/pantry.py",
        "    def expired(self",
        "    def by_urgency(self) -> list[Item]:\n"
        '        """Return the items, those to eat first at the top."""\n'
        "        return sorted(self, key=lambda item: item.best_before)\n\n"
        "    def expired(self",
        "The pantry should know the order; the list only shows it.",
    )
    agent.edit(
        "larder/cli.py",
        "_left(item, today)) for item in pantry])",
        "_left(item, today)) for item in pantry.by_urgency()])",
    )
    agent.write("tests/test_cli.py", _TESTS, "Now the tests, including those for the next step.")
    agent.shell(
        "uv run pytest -q 2>&1 | tail -15",
        "Run the tests",
        "E   TypeError: '<' not supported between instances of 'NoneType' and 'datetime.date'\n"
        "larder/pantry.py:40: TypeError\nFAILED tests/test_cli.py::test_most_urgent_item_comes_first\n"
        "FAILED tests/test_cli.py::test_only_items_due_within_a_week\n2 failed, 7 passed in 0.42s",
        4.6,
        status=1,
        tokens=2_400,
    )
    agent.edit(
        "larder/pantry.py",
        "key=lambda item: item.best_before)",
        "key=lambda item: item.best_before or date.max)",
        "Salt has no date, and None cannot be compared: items that never expire belong at the end.",
    )
    agent.plan(_PLAN, completed=1)


def _add_days(agent: DemoAgent) -> None:
    agent.delegate(
        "Explore",
        "How do other commands name this option?",
        "Look up how well-known command-line tools name an option for “due within N days”. Answer in one sentence.",
        _search_for_options,
        "Most use --within DAYS or --days N; --within reads best beside a list, and none of them includes items "
        "without a date.",
    )
    agent.edit(
        "larder/cli.py",
        '    commands.add_parser("list", help="show what is there")\n',
        '    listing = commands.add_parser("list", help="show what is there, the most urgent first")\n'
        '    listing.add_argument("--within", type=int, metavar="DAYS", help="only what is due by then")\n',
        "--within it is.",
    )
    agent.edit(
        "larder/cli.py",
        "        print(_listing(pantry, date.today()))\n",
        "        print(_listing(pantry, date.today(), options.within))\n",
    )
    agent.conversation.retry(4)
    agent.edit(
        "larder/cli.py",
        "def _listing(pantry: Pantry, today: date) -> str:\n    return",
        "def _listing(pantry: Pantry, today: date, within: int | None = None) -> str:\n"
        "    until = date.max if within is None else today + timedelta(days=within)\n    return",
    )
    agent.plan(_PLAN, completed=2)


def _search_for_options(agent: DemoAgent) -> None:
    question = "Is there an option for items that are due within a number of days?"
    agent.glob("**/*.md", ".md")
    agent.grep("add_argument")
    agent.read("larder/cli.py")
    agent.fetch("https://taskwarrior.org/docs/dates/", question, "due.before:7d", 2.6, tokens=6_200)
    agent.fetch("https://todoman.readthedocs.io/en/stable/man.html", question, "--due HOURS", 2.1, tokens=5_100)


def _decide(agent: DemoAgent) -> None:
    agent.ask(
        "What should --within do with items that have no date?",
        [("Leave them out", "Only what is really due"), ("Show them last", "Like the list without --within")],
        "Leave them out",
        12,
    )
    agent.edit(
        "larder/cli.py",
        "for item in pantry.by_urgency()])",
        "for item in pantry.by_urgency() if _is_due(item, until)])",
        "Then --within leaves them out.",
    )
    agent.edit(
        "larder/cli.py",
        "def _left(item",
        "def _is_due(item: Item, until: date) -> bool:\n"
        "    return until == date.max or (item.best_before is not None and item.best_before <= until)\n\n\n"
        "def _left(item",
    )
    agent.shell(
        "uv run pytest -q 2>&1 | tail -15",
        "Run the tests",
        "E   NameError: name 'timedelta' is not defined. Did you forget to import 'datetime.timedelta'?\n"
        "larder/cli.py:28: NameError\n2 failed, 7 passed in 0.40s",
        3.4,
        status=1,
        tokens=2_700,
    )
    agent.edit(
        "larder/cli.py",
        "from datetime import date\n",
        "from datetime import date, timedelta\n",
        "Only an import is missing.",
    )
    output = ".........                [100%]\n9 passed in 0.39s"
    agent.shell("uv run pytest -q 2>&1 | tail -15", "Run the tests", output, 3.2, tokens=900)
    agent.plan(_PLAN, completed=3)


def _check(agent: DemoAgent) -> None:
    agent.shell(
        "uv run ruff check .",
        "Check the style",
        "larder/cli.py:29:101: E501 Line too long (120 > 100)\nFound 1 error.",
        1.2,
        status=1,
        tokens=2_900,
    )
    agent.read("larder/cli.py", "larder/table.py", "larder/shelf.py", tokens=6_400)
    agent.edit(
        "larder/cli.py",
        "    return table([(item.name, item.amount, _left(item, today)) for item in pantry.by_urgency() "
        "if _is_due(item, until)])\n",
        "    due = [item for item in pantry.by_urgency() if _is_due(item, until)]\n"
        "    return table([(item.name, item.amount, _left(item, today)) for item in due])\n",
        "Split in two it fits, and reads better too.",
    )
    agent.shell("uv run ruff check .", "Check the style", "All checks passed!", 1.1)
    output = "Success: no issues found in 9 source files"
    agent.shell("uv run mypy --strict larder tests", "Check the types", output, 5.4, tokens=900)
    agent.plan(_PLAN, completed=4)


def _finish(agent: DemoAgent) -> None:
    agent.read("README.md", text="Only the README is left.", tokens=900)
    agent.edit(
        "README.md",
        "    larder list\n",
        "    larder list               # the most urgent first\n"
        "    larder list --within 7    # what is due in a week\n",
    )
    output = ".........                [100%]\n9 passed in 0.41s"
    agent.shell("uv run pytest -q", "Run all tests", output, 3.1)
    agent.shell(
        'git add -A && git commit -m "List by urgency, and add --within DAYS"',
        "Commit",
        "[within 2ab94d1] List by urgency, and add --within DAYS\n 4 files changed, 49 insertions(+), 4 deletions(-)",
        1.4,
    )
    agent.plan(_PLAN, completed=5)
