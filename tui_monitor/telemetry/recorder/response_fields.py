"""Fields of provider responses: decoded JSON, objects of an SDK, or JSON text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeGuard

_COUNT_LIMIT = 2**53
_MAX_COST = 1e6
_USUAL_REGIONS = ("", "not_available", "global")
_MAX_TEXT = 64 << 20
_NO_FIELDS = (str, bytes, int, float, list, tuple)


def field(owner: object, name: str) -> object:
    """Return an object's key or attribute of this name, None if it has neither."""
    if isinstance(owner, dict):
        return owner.get(name)
    if owner is None or isinstance(owner, _NO_FIELDS):
        return None
    try:
        if isinstance(owner, Mapping) or not hasattr(owner, name):
            get = getattr(owner, "get", None)
            return get(name) if callable(get) else None
        return getattr(owner, name, None)
    except Exception:  # the object's own code runs here
        return None


def path(owner: object, *names: str) -> object:
    """Return a nested field, None if it or a field on the way is missing."""
    for name in names:
        owner = field(owner, name)
    return owner


def first_field(owner: object, *names: str) -> object:
    """Return the first of these fields that is there."""
    return next((value for name in names if (value := field(owner, name)) is not None), None)


def has_field(owner: object, name: str) -> bool:
    """Return True if there is a field of this name, whatever its value."""
    return name in owner if isinstance(owner, Mapping) else field(owner, name) is not None or hasattr(owner, name)


def first_count(owner: object, *names: str) -> int | None:
    """Return the first of these fields that holds a count."""
    values = (field(owner, name) for name in names)
    return next((value for value in values if _is_count(value)), None)


def count(owner: object, *names: str) -> int:
    """Return the largest count in these fields, 0 if none holds one."""
    return max((value for name in names if _is_count(value := field(owner, name))), default=0)


def dollars(value: object) -> float | None:
    """Return a positive amount of money; None for anything else: a price of 0 often means that it is unknown."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < _MAX_COST else None  # type: ignore[arg-type,operator]


def text(owner: object, name: str) -> str:
    """Return a text field, empty if there is none. A member of an enumeration of texts is its value."""
    value = field(owner, name)
    return str.__str__(value) if isinstance(value, str) else ""


def price_region(counts: object) -> str:
    """Return the region that a request to Claude was bound to, empty where that costs nothing."""
    region = text(counts, "inference_geo")
    return "" if region in _USUAL_REGIONS else region


def items(value: object) -> list[object]:
    """Return the items of a list; none if it is not one."""
    return list(value) if isinstance(value, list | tuple) else []


def decoded(response: object) -> object:
    """Return a response that may be JSON text as its value: JSON, JSON lines, or server-sent events as a list."""
    if not isinstance(response, str | bytes | bytearray) or len(response) > _MAX_TEXT:
        return response
    import orjson

    try:
        return orjson.loads(response)
    except ValueError:
        return list(decoded_lines(response))


def decoded_lines(response: str | bytes | bytearray) -> Iterator[object]:
    """Yield the values of JSON lines or of the data of server-sent events."""
    import orjson

    raw = response.encode(errors="replace") if isinstance(response, str) else bytes(response)
    for line in raw.splitlines():
        line = line.strip().removeprefix(b"data:").strip()
        if line[:1] in (b"{", b"["):
            try:
                yield orjson.loads(line)
            except ValueError:
                continue


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT_LIMIT
