"""Moments of interactive sessions: what is done, what the pane shows then, what the agent's files say, and what the
monitor must say.

Starting an agent takes longest, so the moments of one subject are an episode: one session that goes through them in
their order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import pytest
from _pytest.mark.structures import ParameterSet

from tests.agents.interactive import InteractiveSession
from tests.agents.model import ScriptedModel
from tests.agents.script import Conversation
from tests.agents.terminal import wait_until
from tests.agents.workplace import Workplace

SETTLE_S = 10.0
"""Longest time from what the pane shows to what the files say."""

Action = Callable[[InteractiveSession], None]


def say(prompt: str) -> Action:
    """Return the action that enters a prompt or a command."""
    return lambda session: session.terminal.submit(prompt)


def press(*keys: str) -> Action:
    """Return the action that presses keys."""
    return lambda session: session.terminal.press(*keys)


def answer(question: str, key: str = "Enter") -> Action:
    """Return the action that waits for a question and presses a key until it is gone: an agent ignores keys that come
    at once."""

    def press_until_gone(session: InteractiveSession) -> None:
        terminal = session.terminal
        terminal.wait_for(question)
        while question in terminal.text():
            terminal.press(key)
            time.sleep(0.5)

    return press_until_gone


def release(*turns: str) -> Action:
    """Return the action that lets the model answer."""
    return lambda session: session.model.release(*turns)


def wait_for(*texts: str) -> Action:
    """Return the action that waits for texts on the pane."""
    return lambda session: session.terminal.wait_for(*texts)


def create(name: str) -> Action:
    """Return the action that makes a file in the project, which a command waits for."""
    return lambda session: session.workplace.project.joinpath(name).touch()


def restart(*options: str) -> Action:
    """Return the action that starts the program anew."""
    return lambda session: session.restart(*options)


def kill(number: int) -> Action:
    """Return the action that ends the program by a signal."""
    return lambda session: session.terminal.kill(number)


def wait_for_exit(session: InteractiveSession) -> None:
    """Wait until the program has ended."""
    session.terminal.wait_for_exit()


@dataclass(frozen=True)
class Moment:
    """What is done, the texts that are on the pane then (and those that are not), the ``status`` that the agent's
    files have then, and the ``word`` of the monitor; ``gap`` says why the monitor does not say it yet."""

    name: str
    actions: tuple[Action, ...]
    status: str
    word: str
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    gap: str = ""


@dataclass(frozen=True)
class Episode:
    """A session that goes through moments; the turns in ``held`` wait until a moment releases them."""

    name: str
    conversations: tuple[Conversation, ...]
    moments: tuple[Moment, ...]
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observation:
    """What was there at a moment: the status in the agent's files, the word of the monitor and its evidence."""

    status: str
    word: str
    evidence: str


class EpisodeRun:
    """Observations of an episode that has been run; a moment after the failure of an earlier one has none."""

    def __init__(self, episode: Episode, start: Callable[[ScriptedModel], InteractiveSession]) -> None:
        self._observations: dict[str, Observation] = {}
        self._failure: Exception | None = None
        conversations = tuple(reversed(episode.conversations))  # each request contains the earlier prompts
        with ScriptedModel(conversations, hold=True) as model:
            model.release_all_but(*episode.held)
            try:
                with closing(start(model)) as session:
                    for moment in episode.moments:
                        self._observations[moment.name] = observe(session, moment)
            except OSError as failure:  # a TimeoutError, too
                self._failure = failure

    def observation_of(self, moment: Moment) -> Observation:
        """Return what was there at a moment.

        Raises:
            RuntimeError: the episode did not get there.
        """
        if moment.name not in self._observations:
            raise RuntimeError(f"the episode did not come to this moment: {self._failure}") from self._failure
        return self._observations[moment.name]


def observe(session: InteractiveSession, moment: Moment) -> Observation:
    """Bring a session to a moment and return what is there."""
    for action in moment.actions:
        action(session)
    session.terminal.wait_for(*moment.shows, without=moment.hides)
    status = settled_status(session, moment.status)
    state = session.workplace.state()
    if state["word"] != moment.word:  # the agent may write which session it runs now after its screen shows that
        state = session.workplace.state()
    return Observation(status, state["word"], state["evidence"])


def settled_status(session: InteractiveSession, expected: str) -> str:
    """Return the status in the agent's files as soon as it is the expected one, or what it is after `SETTLE_S`."""
    try:
        wait_until(lambda: session.status() == expected, lambda: expected, SETTLE_S)
    except TimeoutError:
        return session.status()
    return expected


class EpisodeRuns:
    """Runs each episode once, when the first of its moments is asked for."""

    def __init__(
        self,
        episodes: Sequence[Episode],
        workplaces: Callable[[str], Workplace],
        start: Callable[[Workplace, ScriptedModel], InteractiveSession],
    ) -> None:
        self._episodes = {moment.name: episode for episode in episodes for moment in episode.moments}
        self._workplaces = workplaces
        self._start = start
        self._runs: dict[str, EpisodeRun] = {}

    def observation_of(self, moment: Moment) -> Observation:
        """Return what was there at a moment."""
        episode = self._episodes[moment.name]
        if episode.name not in self._runs:
            workplace = self._workplaces(episode.name)
            self._runs[episode.name] = EpisodeRun(episode, lambda model: self._start(workplace, model))
        return self._runs[episode.name].observation_of(moment)


def parameters(episodes: Sequence[Episode], *, of_monitor: bool) -> Iterator[ParameterSet]:
    """Yield each moment as the parameter of a test; with ``of_monitor``, gaps are expected to fail."""
    for episode in episodes:
        for moment in episode.moments:
            is_gap = of_monitor and moment.gap
            marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=moment.gap)] if is_gap else []
            yield pytest.param(moment, id=f"{episode.name}: {moment.name}", marks=marks)
