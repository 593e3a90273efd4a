"""One JSON text for one value, many times over: the encoder is set up once, which is most of what encoding a small object costs."""

from __future__ import annotations

from json import JSONEncoder
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined] # the stubs leave out what the C part gives
from typing import Any


def _said(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_pieces = c_make_encoder(None, JSONEncoder().default, encode_basestring, None, ": ", ", ", False, False, True)
_pieces_in_order = c_make_encoder(None, _said, encode_basestring, None, ": ", ", ", True, False, True)


def json_text(value: Any) -> str:
    """`value` as JSON. Raises `TypeError` for what JSON does not know.

    >>> json_text({"b": [1, None], "a": "x"})
    '{"b": [1, null], "a": "x"}'
    """
    return "".join(_pieces(value, 0))


def json_text_in_order(value: Any) -> str:
    """`value` as JSON with its keys in order: equal objects have equal texts. Dates and times are said by ISO 8601, the rest by `str`.

    >>> json_text_in_order({"b": [1, None], "a": "x"})
    '{"a": "x", "b": [1, null]}'
    """
    return "".join(_pieces_in_order(value, 0))
