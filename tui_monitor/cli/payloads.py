"""Payloads that an agent gives to a hook or to its status line: one JSON object on standard input, kept as a line where
the monitor finds it. It imports little: the agent waits for it."""

from __future__ import annotations

import json
import os
import sys
import time

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_BYTES = 8 << 20
"""Bytes of a payload; a larger one is not kept."""
MAX_SESSION = 128
"""Characters of the id of a session, which names the file."""
INTO = "--into"


def plain_folder(words: Sequence[str]) -> str | None:
    """Return the folder if the words are a command with nothing but ``--into FOLDER``, empty without it; None where
    they need the command line."""
    rest = "=".join(words[1:])
    if not rest:
        return ""
    name, _, folder = rest.partition("=")
    return folder if name == INTO and len(words) <= 3 else None


def read_payload() -> dict[str, object]:
    """Return the object on standard input.

    Raises:
        ValueError: there is none; the text says why.
    """
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"the payload is larger than {MAX_BYTES >> 20} MB")
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError("standard input is no JSON") from None
    if not isinstance(payload, dict):
        raise ValueError("standard input is no JSON object")
    return payload


def keep_payload(payload: Mapping[str, object], folder: str) -> None:
    """Append a payload, with the time, to the file of its session in ``folder``, for this user alone.

    Raises:
        ValueError: it does not say of which session it is.
        OSError: it cannot be written.
    """
    from tui_monitor.regular_files import open_descriptor

    session = payload.get("session_id")
    if not isinstance(session, str) or not _is_file_name(session):
        raise ValueError("the payload has no valid session_id")
    line = json.dumps({"timestamp": _now(), **payload}, separators=(",", ":")).encode() + b"\n"
    os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103  # pathlib costs 5 ms to import
    path = os.path.join(folder, f"{session}.jsonl")  # noqa: PTH118
    descriptor = open_descriptor(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, line)  # at once: several hooks may run at the same time
    finally:
        os.close(descriptor)


def _is_file_name(session: str) -> bool:
    is_short = 0 < len(session) <= MAX_SESSION
    return is_short and all(character.isascii() and (character.isalnum() or character in "-_") for character in session)


def _now() -> str:
    seconds, ms = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{ms:03}Z"


def default_folder() -> str:
    """Return the folder of the agent whose hooks and status line give such payloads, in the data folder."""
    from tui_monitor.config import current_folder, data_folder
    from tui_monitor.sources.discovery.recorded_runs import recordings_folder
    from tui_monitor.sources.discovery.settings import PAYLOADS

    return str(recordings_folder(data_folder(os.environ, current_folder(os.environ)), PAYLOADS))
