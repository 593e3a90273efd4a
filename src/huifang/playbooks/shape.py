"""The shape of the format, looked up by path: which keys a part of the file can have."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from huifang.playbooks.schema import Part, Playbook


def keys_at(location: tuple[str | int, ...]) -> frozenset[str]:
    """The keys known at a location as pydantic tells it (with the class name of a union's member in it); empty for free keys."""
    found: set[str] = set()
    for part in _parts_at(Playbook, list(location)):
        found |= {str(field.alias) for field in part.model_fields.values()}
    return frozenset(found)


def _parts_at(shape: Any, location: list[str | int]) -> Iterator[type[Part]]:
    origin = get_origin(shape)
    if origin is Annotated:
        yield from _parts_at(get_args(shape)[0], location)
    elif origin in {Union, types.UnionType}:
        wanted = [one for one in get_args(shape) if location and _class_name(one) == location[0]]
        for one in wanted or get_args(shape):
            yield from _parts_at(one, location[1:] if wanted else location)
    elif isinstance(shape, type) and issubclass(shape, Part):
        if not location:
            yield shape
            return
        fields = {str(field.alias): field for field in shape.model_fields.values()}
        if location[0] in fields:
            yield from _parts_at(fields[str(location[0])].annotation, location[1:])
    elif origin in {dict, tuple} and location:
        yield from _parts_at(get_args(shape)[1 if origin is dict else 0], location[1:])


def _class_name(shape: Any) -> str | None:
    return _class_name(get_args(shape)[0]) if get_origin(shape) is Annotated else getattr(shape, "__name__", None)
