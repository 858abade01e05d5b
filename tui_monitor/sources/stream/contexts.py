"""The contexts of the agents of a stream: those that it states, with the model that it names elsewhere; of agents that
state none, the size of their last request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tui_monitor.events import AgentUpdate, ContextUpdate, Event, Usage
from tui_monitor.sources.shared.fields import put_bounded
from tui_monitor.sources.stream.origin import MAX_ENTRIES


@dataclass(slots=True)
class _Agent:
    """What is known of one agent: its model, whether it states its context, and one that it stated before its model."""

    model: str = ""
    states_context: bool = False
    unnamed: int | None = None


@dataclass(slots=True)
class StreamContexts:
    """Completes the events of one stream, in the order of its lines."""

    agents: dict[str, _Agent] = field(default_factory=dict)

    @classmethod
    def restored(cls, saved: dict[str, dict[str, Any]]) -> StreamContexts:
        """Return the tracker of an earlier `state`."""
        return cls({key: _Agent(**values) for key, values in saved.items()})

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the tracker as JSON values."""
        return {key: asdict(agent) for key, agent in self.agents.items()}

    def completed(self, event: Event) -> Iterator[Event]:
        """Yield an event with what is known of its agent's context."""
        match event:
            case AgentUpdate() if event.model:
                agent = self._agent(event)
                agent.model = agent.model or event.model
                yield event
            case ContextUpdate():
                yield self._stated(event)
            case Usage():
                yield event
                yield from self._of_request(event)
            case _:
                yield event

    def _stated(self, event: ContextUpdate) -> ContextUpdate:
        agent = self._agent(event)
        agent.states_context = True
        agent.model = event.model or agent.model
        agent.unnamed = None if agent.model or event.limit else event.tokens
        return replace(event, model=agent.model)

    def _of_request(self, usage: Usage) -> Iterator[ContextUpdate]:
        """Yield the context after a request of the conversation itself: its prompt, or what the agent stated before its
        model was known."""
        if usage.operation or not usage.model or not (usage.tokens.prompt and usage.tokens.output):
            return
        agent = self._agent(usage)
        agent.model = usage.model
        tokens, agent.unnamed = agent.unnamed if agent.states_context else usage.tokens.prompt, None
        if tokens is not None:
            yield ContextUpdate(session=usage.session, agent=usage.agent, at=usage.at, tokens=tokens, model=usage.model)

    def _agent(self, event: Event) -> _Agent:
        key = f"{event.session.id}\n{event.agent}"
        if key not in self.agents:
            put_bounded(self.agents, key, _Agent(), MAX_ENTRIES)
        return self.agents[key]
