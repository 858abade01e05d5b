"""What is played while somebody looks: a wish, from the first look-up to the commit."""

from __future__ import annotations

from tui_monitor.demo.program import compact, end_turn, overloaded
from tui_monitor.demo.worker import Worker

_PLAN = (
    ("Sort the list by days left", "Sorting the list by days left"),
    ("Take --within DAYS", "Adding --within DAYS"),
    ("Decide about items without a date", "Deciding about items without a date"),
    ("Check types and style", "Checking types and style"),
    ("Tell of it in the README", "Telling of it in the README"),
)

_TESTS = '''\
"""The list says first what must be eaten first."""

from datetime import date

from larder.cli import _listing
from larder.pantry import Item, Pantry

TODAY = date(2026, 3, 14)
MILK = Item("milk", "1 l", date(2026, 3, 16))
RICE = Item("rice", "2 kg", date(2027, 11, 30))
SALT = Item("salt", "500 g")


def test_what_is_due_first_comes_first() -> None:
    lines = _listing(Pantry([SALT, RICE, MILK]), TODAY).splitlines()
    assert [line.split()[0] for line in lines] == ["milk", "rice", "salt"]


def test_only_what_is_due_within_a_week() -> None:
    assert _listing(Pantry([RICE, MILK]), TODAY, within=7) == "milk  1 l  2 days"
'''

_SUMMARY = (
    "The person keeps a pantry with `larder`. The list is now sorted by days left and takes --within DAYS; items "
    "without a date come last, and are left out with --within. Tests, types and style are well. Left to do: the README "
    "and the commit."
)


def story(worker: Worker) -> None:
    """The session from the moment when somebody looks."""
    chain, began = worker.chain, worker.chain.stage.at
    chain.prompt("`larder list` should say first what must be eaten first. And add --within DAYS for what is due soon.")
    _look(worker)
    _sort(worker)
    _take_days(worker)
    _decide(worker)
    _check(worker)
    compact(chain, _SUMMARY, 14)
    _finish(worker)
    chain.conclude("Done. `larder list` begins with what is due first, and --within 7 shows a week. All 9 tests pass.")
    end_turn(chain, began)


def _look(worker: Worker) -> None:
    words = "I'll look at how the list is made."
    worker.read("larder/cli.py", "larder/pantry.py", "larder/table.py", words=words, fills=3_900, after=1.4)
    worker.grep("_listing", after=1.0)
    worker.plan(_PLAN, done=0)


def _sort(worker: Worker) -> None:
    worker.edit(
        "larder/pantry.py",
        "    def spoilt(self",
        "    def by_urgency(self) -> list[Item]:\n"
        '        """What must be eaten first comes first."""\n'
        "        return sorted(self, key=lambda item: item.best_before)\n\n"
        "    def spoilt(self",
        "The pantry should know the order; the list only shows it.",
    )
    worker.edit(
        "larder/cli.py",
        "_left(item, today)) for item in pantry])",
        "_left(item, today)) for item in pantry.by_urgency()])",
    )
    worker.write("tests/test_cli.py", _TESTS, "Now the tests, also for what comes next.")
    worker.shell(
        "uv run pytest -q 2>&1 | tail -15",
        "Run the tests",
        "E   TypeError: '<' not supported between instances of 'NoneType' and 'datetime.date'\n"
        "larder/pantry.py:40: TypeError\nFAILED tests/test_cli.py::test_what_is_due_first_comes_first\n"
        "FAILED tests/test_cli.py::test_only_what_is_due_within_a_week\n2 failed, 7 passed in 0.42s",
        4.6,
        status=1,
        fills=2_400,
    )
    worker.edit(
        "larder/pantry.py",
        "key=lambda item: item.best_before)",
        "key=lambda item: item.best_before or date.max)",
        "Salt has no date, and None cannot be compared: what never spoils belongs at the end.",
    )
    worker.plan(_PLAN, done=1)


def _take_days(worker: Worker) -> None:
    worker.delegate(
        "Explore",
        "How do other commands name such an option?",
        "Look how well-known command-line tools name an option for “due within so many days”. Answer in one sentence.",
        _look_around,
        "Most say --within DAYS or --days N; --within reads best beside a list, and none of them counts items without "
        "a date.",
    )
    worker.edit(
        "larder/cli.py",
        '    commands.add_parser("list", help="say what is there")\n',
        '    listing = commands.add_parser("list", help="say what is there, the most urgent first")\n'
        '    listing.add_argument("--within", type=int, metavar="DAYS", help="only what is due by then")\n',
        "--within it is.",
    )
    worker.edit(
        "larder/cli.py",
        "        print(_listing(pantry, date.today()))\n",
        "        print(_listing(pantry, date.today(), given.within))\n",
    )
    overloaded(worker.chain, 4)
    worker.edit(
        "larder/cli.py",
        "def _listing(pantry: Pantry, today: date) -> str:\n    return",
        "def _listing(pantry: Pantry, today: date, within: int | None = None) -> str:\n"
        "    until = date.max if within is None else today + timedelta(days=within)\n    return",
    )
    worker.plan(_PLAN, done=2)


def _look_around(helper: Worker) -> None:
    question = "Is there an option for what is due within so many days?"
    helper.glob("**/*.md", ".md")
    helper.grep("add_argument")
    helper.read("larder/cli.py")
    helper.fetch("https://taskwarrior.org/docs/dates/", question, "due.before:7d", 2.6, fills=6_200)
    helper.fetch("https://todoman.readthedocs.io/en/stable/man.html", question, "--due HOURS", 2.1, fills=5_100)


def _decide(worker: Worker) -> None:
    worker.ask(
        "What should --within do with items that have no date?",
        [("Leave them out", "Only what is really due"), ("Show them last", "As the list does without --within")],
        "Leave them out",
        12,
    )
    worker.edit(
        "larder/cli.py",
        "for item in pantry.by_urgency()])",
        "for item in pantry.by_urgency() if _is_due(item, until)])",
        "Then --within leaves them out.",
    )
    worker.edit(
        "larder/cli.py",
        "def _left(item",
        "def _is_due(item: Item, until: date) -> bool:\n"
        "    return until == date.max or (item.best_before is not None and item.best_before <= until)\n\n\n"
        "def _left(item",
    )
    worker.shell(
        "uv run pytest -q 2>&1 | tail -15",
        "Run the tests",
        "E   NameError: name 'timedelta' is not defined. Did you forget to import 'datetime.timedelta'?\n"
        "larder/cli.py:28: NameError\n2 failed, 7 passed in 0.40s",
        3.4,
        status=1,
        fills=2_700,
    )
    worker.edit(
        "larder/cli.py",
        "from datetime import date\n",
        "from datetime import date, timedelta\n",
        "Only an import is missing.",
    )
    passed = ".........                [100%]\n9 passed in 0.39s"
    worker.shell("uv run pytest -q 2>&1 | tail -15", "Run the tests", passed, 3.2, fills=900)
    worker.plan(_PLAN, done=3)


def _check(worker: Worker) -> None:
    worker.shell(
        "uv run ruff check .",
        "Check the style",
        "larder/cli.py:29:101: E501 Line too long (120 > 100)\nFound 1 error.",
        1.2,
        status=1,
        fills=2_900,
    )
    worker.read("larder/cli.py", "larder/table.py", "larder/shelf.py", fills=6_400)
    worker.edit(
        "larder/cli.py",
        "    return table([(item.name, item.amount, _left(item, today)) for item in pantry.by_urgency() "
        "if _is_due(item, until)])\n",
        "    due = [item for item in pantry.by_urgency() if _is_due(item, until)]\n"
        "    return table([(item.name, item.amount, _left(item, today)) for item in due])\n",
        "In two steps it fits, and reads better, too.",
    )
    worker.shell("uv run ruff check .", "Check the style", "All checks passed!", 1.1)
    passed = "Success: no issues found in 9 source files"
    worker.shell("uv run mypy --strict larder tests", "Check the types", passed, 5.4, fills=900)
    worker.plan(_PLAN, done=4)


def _finish(worker: Worker) -> None:
    worker.read("README.md", words="What is left is the README.", fills=900)
    worker.edit(
        "README.md",
        "    larder list\n",
        "    larder list               # the most urgent first\n"
        "    larder list --within 7    # what is due in a week\n",
    )
    passed = ".........                [100%]\n9 passed in 0.41s"
    worker.shell("uv run pytest -q", "Run all tests", passed, 3.1)
    worker.shell(
        'git add -A && git commit -m "List what must be eaten first, and what is due within days"',
        "Commit",
        "[within 2ab94d1] List what must be eaten first, and what is due within days\n"
        " 4 files changed, 49 insertions(+), 4 deletions(-)",
        1.4,
    )
    worker.plan(_PLAN, done=5)
