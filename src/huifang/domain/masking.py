"""Masked forms of personal data: enough to recognise, too little to use."""

from __future__ import annotations

import re

_STAR = "*"
_NUMBER = re.compile(r"(?P<date>(?<!\d)(?:19|20)\d\d-\d{1,2}-\d{1,2}(?![\d-]))|\+?\d(?:[ -]?\d){6,}[Xx]?")
_CJK = re.compile(r"[㐀-鿿·•]+")


def mask_phone(phone: str) -> str:
    """The first three and last four digits: ``138****2046``; ``+86`` and separators go, short numbers keep their
    last two digits.

    >>> mask_phone("+86 138-1234-2046")
    '138****2046'
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 10:
        return f"{digits[:3]}{_STAR * (len(digits) - 7)}{digits[-4:]}"
    return _STAR * max(0, len(digits) - 2) + digits[-2:] if len(digits) > 4 else _STAR * len(digits)


def mask_name(name: str) -> str:
    """First and last character of a Chinese name of three and more, the first of two; of other names the initials.

    >>> mask_name("王小华"), mask_name("王华"), mask_name("John Smith")
    ('王*华', '王*', 'J*** S****')
    """
    name = name.strip()
    if _CJK.fullmatch(name):
        if len(name) == 1:
            return _STAR
        return name[0] + (_STAR if len(name) == 2 else _STAR * (len(name) - 2) + name[-1])
    return " ".join(word[0] + _STAR * (len(word) - 1) if len(word) > 1 else _STAR for word in name.split())


def mask_email(address: str) -> str:
    """First character and domain: ``w***@example.com``; what is no address is masked wholly."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local[0]}***@{domain}" if at and local else _STAR * len(address.strip())


def mask_plate(plate: str) -> str:
    """Province, letter and the last two: ``京A***45``; shorter ones are masked wholly."""
    plate = plate.strip().replace(" ", "")
    return plate[:2] + _STAR * (len(plate) - 4) + plate[-2:] if len(plate) >= 7 else _STAR * len(plate)


def mask_id(number: str) -> str:
    """First and last character of an identity number, passport, policy...: ``1****************X``; short ones are
    masked wholly.
    """
    number = number.strip()
    return number[0] + _STAR * (len(number) - 2) + number[-1] if len(number) >= 6 else _STAR * len(number)


def mask_text(text: str) -> str:
    """Free text with every run of seven and more digits (phone, card, identity numbers; single spaces or hyphens
    inside) masked; dates like ``2026-05-01`` stay.
    """
    return _NUMBER.sub(_mask_number, text)


def _mask_number(found: re.Match[str]) -> str:
    if found["date"]:
        return found[0]
    return mask_phone(found[0]) if len(re.sub(r"\D", "", found[0])) <= 13 else _STAR * 8
