"""The store of a command that reads once: a damaged one is set aside, and without a usable one the files answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from tui_monitor.cli.output import write_error
from tui_monitor.cli.run_context import RunContext
from tui_monitor.store import DamagedStoreError, Store, StoreError, private_store, set_aside

T = TypeVar("T")


def answer_privately(read: Callable[[Store], T], *, bodies: bool = False) -> T:
    """Return what ``read`` returns for a private store, with ``bodies`` if they are needed."""
    with closing(private_store(bodies=bodies)) as store:
        return read(store)


def answer(
    context: RunContext, choice: str, read: Callable[[Store], T], *, paths: Sequence[str] = (), bodies: bool = False
) -> tuple[T, str]:
    """Return what ``read`` returns for the chosen store, which it fills first, and the fault of that store.

    A damaged store is set aside, which is said on standard error, and ``read`` is called with a new one; with a private
    one if there can be none: see `report_fault`. The ``paths`` that it reads may have pipes, which are not read twice.

    Raises:
        StoreError: the private store fails, too, or the chosen one after a pipe was read.
    """
    try:
        store = open_or_replace(context, choice)
    except StoreError as error:
        return answer_privately(read, bodies=bodies), str(error)
    try:
        with closing(store):
            return read(store), ""
    except StoreError as error:
        if any(map(_is_pipe, paths)):
            raise
        fault = error
    try:
        if isinstance(fault, DamagedStoreError):
            write_error(set_aside(fault))
            with closing(context.open_store(choice)) as store:
                return read(store), ""
    except StoreError as error:
        fault = error
    return answer_privately(read, bodies=bodies), str(fault)


def open_or_replace(context: RunContext, choice: str) -> Store:
    """Open the chosen store; set it aside if it is damaged, say so, and open a new one.

    Raises:
        StoreError: that is not possible.
    """
    try:
        return context.open_store(choice)
    except DamagedStoreError as error:
        write_error(set_aside(error))
    return context.open_store(choice)


def report_fault(fault: str) -> None:
    """Say on standard error that the answer is not from the store, if that has a fault."""
    if fault:
        write_error(f"{fault} The answer is from the agents' files alone.")


def _is_pipe(word: str) -> bool:
    return word == "-" or Path(word).is_fifo()
