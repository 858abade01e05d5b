"""The owner of events as text, to be handed to another process: W3C Trace Context and Baggage."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

TRACE_PARENT, BAGGAGE = "traceparent", "baggage"
VARIABLE = "TUI_MONITOR_CONTEXT"
"""The environment variable with the same text as the baggage, for a process that is started."""

_PREFIX = "tui-monitor."
_MAX_LENGTH = 16_384


def write_baggage(fields: Mapping[str, object]) -> str:
    """Return fields as entries of a ``baggage`` header."""
    from urllib.parse import quote

    return ",".join(f"{_PREFIX}{name}={quote(str(value), safe='')}" for name, value in fields.items())


def read_baggage(text: str) -> dict[str, str]:
    """Return the fields among the entries of a ``baggage`` header; none if it has none, or is malformed."""
    from urllib.parse import unquote

    fields: dict[str, str] = {}
    for entry in text[:_MAX_LENGTH].split(","):
        name, _, value = entry.partition(";")[0].strip().partition("=")
        if name.strip().startswith(_PREFIX):
            fields[name.strip().removeprefix(_PREFIX)] = unquote(value.strip())
    return {name: value for name, value in fields.items() if value and value.isprintable()}


def write_carrier(carrier: MutableMapping[str, str], fields: Mapping[str, object]) -> None:
    """Put fields into headers. A trace that they have already is kept, and so is foreign baggage."""
    if not any(name.lower() == TRACE_PARENT for name in carrier):
        carrier[TRACE_PARENT] = _trace_parent(fields)
    name = next((name for name in carrier if name.lower() == BAGGAGE), BAGGAGE)
    others = [
        entry for entry in carrier.get(name, "").split(",") if entry.strip() and not entry.strip().startswith(_PREFIX)
    ]
    carrier[name] = ",".join((*others, write_baggage(fields)))


def read_carrier(carrier: Mapping[str, str]) -> dict[str, str]:
    """Return the fields in headers, or in an environment; their names in any case."""
    for name, value in carrier.items():
        if name.lower() in (BAGGAGE, VARIABLE.lower()) and (fields := read_baggage(str(value))):
            return fields
    return {}


def _trace_parent(fields: Mapping[str, object]) -> str:
    """Return a ``traceparent`` header whose trace is the session, and whose span is the innermost of its parts."""
    span = fields.get("execution") or fields.get("agent_id") or fields.get("session_id")
    return f"00-{_digest(fields.get('session_id'), 16)}-{_digest(span, 8)}-01"


def _digest(value: object, size: int) -> str:
    from hashlib import blake2b

    return blake2b(str(value).encode(errors="replace"), digest_size=size).hexdigest()
