"""Waiting without a screen: for news, for a signal, for the end of whoever reads the output."""

from __future__ import annotations

import select
import socket
from contextlib import suppress


class _Bell:
    """A descriptor that can be waited for until any thread, or the handler of a signal, rings."""

    def __init__(self) -> None:
        self.listener, self._ringer = socket.socketpair()
        self.listener.setblocking(False)
        self._ringer.setblocking(False)

    def ring(self) -> None:
        with suppress(OSError):  # it rings already, or is closed
            self._ringer.send(b"\0")

    def silence(self) -> None:
        with suppress(OSError):
            self.listener.recv(4096)

    def close(self) -> None:
        self.listener.close()
        self._ringer.close()


class WakeUp:
    """Ends a pause when there are news, when it is interrupted, or when nobody reads ``output`` any more.

    ``output`` is a descriptor; None if there is none to look at.
    """

    def __init__(self, output: int | None) -> None:
        self._news, self._interruption = _Bell(), _Bell()
        self._output = output if hasattr(select, "poll") else None
        self.has_reader = True
        """False once nobody reads the output."""

    def notify(self) -> None:
        """Say that there are news: ends the present pause for news, or the next one. Never blocks."""
        self._news.ring()

    def interrupt(self) -> None:
        """End all pauses, the present one and those to come. Never blocks."""
        self._interruption.ring()

    def pause(self, seconds: float, *, for_news: bool = True) -> None:
        """Wait at most ``seconds``; news end it only ``for_news``."""
        bells = (self._interruption, self._news) if for_news else (self._interruption,)
        listeners = [bell.listener for bell in bells]
        if self._output is None:
            select.select(listeners, [], [], seconds)
        else:
            self._poll(listeners, self._output, seconds)
        if for_news:
            self._news.silence()

    def close(self) -> None:
        """Give up the descriptors."""
        self._news.close()
        self._interruption.close()

    def _poll(self, listeners: list[socket.socket], output: int, seconds: float) -> None:
        poll = select.poll()
        for listener in listeners:
            poll.register(listener, select.POLLIN)
        poll.register(output, 0)  # errors and hang-ups are always reported
        for descriptor, event in poll.poll(seconds * 1000):
            if descriptor == output and event & (select.POLLERR | select.POLLHUP):
                self.has_reader = False
            elif descriptor == output:  # it cannot be looked at
                self._output = None
