"""What a driver must be told before it can send: the fields of its settings, as the settings page asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_NOTHING = Words("", "")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. A `secret` is sealed and never shown again; `hint` says where it is found."""

    name: str
    title: Words
    hint: Words = _NOTHING
    secret: bool = False
    required: bool = True
    default: str = ""
    long: bool = False
    """Several lines."""
    choices: tuple[tuple[str, Words], ...] = ()
    """What it may be, each with its words; empty: anything."""


def filled(fields: tuple[Field, ...], given: Mapping[str, str]) -> dict[str, str]:
    """Every field with its value or default, without spaces around.

    Raises `Invalid` naming each required one that is empty, and each that is none of its choices.
    """
    values = {field.name: given.get(field.name, "").strip() or field.default for field in fields}
    odd = [field for field in fields if field.choices and values[field.name] not in dict(field.choices)]
    if odd:
        raise Invalid(*(_odd(field, values[field.name]) for field in odd))
    missing = [field for field in fields if field.required and not values[field.name]]
    if missing:
        raise Invalid(
            *(
                Problem(
                    "channel.field-missing",
                    Words(f"请填写“{field.title.zh}”。", f"“{field.title.en}” is missing."),
                    field.hint,
                )
                for field in missing
            )
        )
    return values


def _odd(field: Field, value: str) -> Problem:
    known = [key for key, _words in field.choices]
    return Problem(
        "channel.field-choice",
        Words(f"“{field.title.zh}”不能是“{value[:40]}”。", f"“{field.title.en}” cannot be “{value[:40]}”."),
        Words(f"可用：{'、'.join(known)}。", f"There are {', '.join(known)}."),
    )


def address(url: str) -> str:
    """A provider's address without a slash at its end: https, or http on this machine only. Raises `Invalid` otherwise."""
    parts = urlsplit(url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        return url.rstrip("/")
    raise Invalid(
        Problem(
            "channel.address",
            Words("服务商地址须以 https:// 开头。", "The provider's address must begin with https://."),
            Words("http:// 只能用于本机。", "http:// is for this machine only."),
        )
    )


def pairs(text: str) -> dict[str, str]:
    r"""Lines of ``name = value``.

    >>> pairs("thanks = SMS_1234\n\ninsurance=SMS_5678")
    {'thanks': 'SMS_1234', 'insurance': 'SMS_5678'}
    """
    rows = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in rows}
