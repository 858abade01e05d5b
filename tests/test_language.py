"""The code speaks the terms of the glossary in AGENTS.md, and not the words that these replaced."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "tui_monitor"
BARE_PARTICIPLES = frozenset(
    {
        "asked",
        "brought",
        "concerned",
        "found",
        "given",
        "gone",
        "heard",
        "held",
        "kept",
        "known",
        "learned",
        "left",
        "looked",
        "made",
        "meant",
        "met",
        "moved",
        "named",
        "paid",
        "placed",
        "remembered",
        "retold",
        "said",
        "seen",
        "sent",
        "shown",
        "spoken",
        "stirred",
        "summed",
        "taken",
        "told",
        "wanted",
        "written",
    }
)
"""As the name of a value they say that one has it, not what it is."""
MOST_PARTICIPLES = 0.01
RIDDLES = re.compile(r"\b(tells?|told|telling|tellers?)\b")


def glossary() -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row of the glossary."""
    text = (TOP / "AGENTS.md").read_text(encoding="utf-8").partition("## Glossary")[2]
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| term |")):
            yield tuple(cell.strip() for cell in line.strip("|").split("|"))


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield each module of the package with its syntax tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(TOP), ast.parse(path.read_text(encoding="utf-8"))


def bound_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module gives to values, parameters, functions and classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


def test_words_that_the_glossary_replaced_do_not_come_back() -> None:
    replaced = {word for row in glossary() for word in re.findall(r"`(\w+)`", row[-1])}
    assert len(replaced) > 10
    assert [(path, name) for path, tree in modules() for name in bound_names(tree) if name.strip("_") in replaced] == []


def test_bare_participles_are_rare_as_names() -> None:
    names = Counter(name.strip("_") for _, tree in modules() for name in bound_names(tree))
    participles = {name: count for name, count in names.items() if name in BARE_PARTICIPLES}
    assert sum(participles.values()) < MOST_PARTICIPLES * names.total(), participles


def test_docstrings_report_instead_of_telling() -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = ((path, node) for path, tree in modules() for node in ast.walk(tree) if isinstance(node, kinds))
    assert [path for path, node in documented if RIDDLES.search(ast.get_docstring(node) or "")] == []


def test_public_class_name_occurs_once() -> None:
    names = [
        node.name
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
