"""One JSON text for one value, many times over: the encoder is set up once, which is most of what encoding a small object costs."""

from __future__ import annotations

from json.encoder import c_make_encoder, encode_basestring
from typing import Any


def _moment(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_pieces = c_make_encoder(None, _moment, encode_basestring, None, ": ", ", ", True, False, True)


def json_text(value: Any) -> str:
    """`value` as JSON, its keys in order: equal objects have equal texts. Dates and times are said by ISO 8601, other objects by `str`.

    >>> json_text({"b": [1, None], "a": "x"})
    '{"a": "x", "b": [1, null]}'
    """
    return "".join(_pieces(value, 0))
