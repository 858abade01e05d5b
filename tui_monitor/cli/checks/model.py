"""Findings of the checks as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong, but something is missing that a person may want."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a subject, and what a person can do about it (empty: nothing)."""

    level: Level
    subject: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """The findings about one part of the program or its surroundings."""

    name: str
    findings: Sequence[Finding]


def ok(subject: str, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, subject, text)


def note(subject: str, text: str, remedy: str = "") -> Finding:
    """Return a finding that a person may want to act on."""
    return Finding(Level.NOTE, subject, text, remedy)


def problem(subject: str, text: str, remedy: str) -> Finding:
    """Return a finding that something does not work."""
    return Finding(Level.PROBLEM, subject, text, remedy)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 session``, ``1,204 sessions``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
