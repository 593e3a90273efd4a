"""Phone numbers as people write them, into E.164; several in a cell, notes in brackets, numbers that a spreadsheet has mangled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import phonenumbers

from huifang.app.services.imports.reading import Cell
from huifang.app.services.imports.values import narrow
from huifang.app.services.register.rows import Unreadable
from huifang.domain.words import Words

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
"""A Chinese mobile number."""
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_HOTLINE = re.compile(r"[48]00\d{7}")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?e\+?(\d{1,2})", re.IGNORECASE)
_SEPARATORS = re.compile(r"[、,;/|\n]+|\s{2,}|或|和")
_BRACKETS = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*(\d{1,6})$", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 (an extension as ``;ext=``), whether it takes text messages, and what was said about it."""

    value: str
    mobile: bool
    label: str = ""


def phones(cell: Cell, region: str = "CN", area_code: str = "") -> tuple[Phone, ...]:
    """The numbers of a cell, each once; `area_code` (``0759``) goes before local numbers. Raises `Unreadable` for what is no number.

    >>> [phone.value for phone in phones("0086 138 0000 2046、020-8888 7777")]
    ['+8613800002046', '+862088887777']
    """
    if region == "CN" and isinstance(cell, str) and MOBILE.fullmatch(cell):
        return (Phone(f"+86{cell}", mobile=True),)
    said = narrow(cell)
    if not said:
        return ()
    if region == "CN" and MOBILE.fullmatch(said):
        return (Phone(f"+86{said}", mobile=True),)
    said = said.removesuffix(".0")
    if "*" in said:
        raise Unreadable(
            "phone.masked", Words(f"“{said[:40]}”被遮盖，请提供完整号码。", f"“{said[:40]}” is masked; give the whole number.")
        )
    found: dict[str, Phone] = {}
    for part in _parts(said):
        phone = _phone(part, region, area_code, said)
        found.setdefault(phone.value, phone)
    if not found:
        raise _no_phone(said)
    return tuple(found.values())


def _parts(said: str) -> list[str]:
    whole = [part.strip() for part in _SEPARATORS.split(said) if part.strip()]
    parts: list[str] = []
    for part in whole:
        pieces = part.split()
        alone = len(pieces) > 1 and all(MOBILE.fullmatch(piece) or _LANDLINE.fullmatch(piece.replace("-", "")) for piece in pieces)
        parts.extend(pieces if alone else [part])
    return parts


def _phone(part: str, region: str, area_code: str, said: str) -> Phone:
    label = " ".join(found for found in _BRACKETS.findall(part) if _LABEL.search(found))
    bare = _BRACKETS.sub(lambda found: "" if _LABEL.search(found[1]) else found[1], part)
    if scientific := _SCIENTIFIC.fullmatch(bare.strip()):
        bare = _whole(scientific, said)
    extension = _EXTENSION.search(bare)
    if extension and extension.start() > 6:
        bare = bare[: extension.start()]
    else:
        extension = None
    label = " ".join(word for word in (label, *_LABEL.findall(bare)) if word).strip()[:60]
    digits = re.sub(r"[^\d+]", "", bare)
    value, mobile = _normal(digits, region, area_code, said)
    return Phone(f"{value};ext={extension[1]}" if extension else value, mobile and not extension, label)


def _whole(found: re.Match[str], said: str) -> str:
    """``1.3812345678E10`` → the number; one that has lost its last digits is not completed."""
    fraction, power = found[2] or "", int(found[3])
    if len(fraction.rstrip("0")) < power - 3:
        raise Unreadable(
            "phone.digits-lost",
            Words(
                f"“{said[:40]}”的末几位已被表格软件丢失，请补全。",
                f"“{said[:40]}” has lost its last digits in the spreadsheet; complete it.",
            ),
        )
    return str(int(Decimal(found[0])))


def _normal(digits: str, region: str, area_code: str, said: str) -> tuple[str, bool]:
    if region == "CN":
        national = re.sub(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))", "", digits)
        national = national[1:] if re.fullmatch(r"01[3-9]\d{9}", national) and not _LANDLINE.fullmatch(national) else national
        if MOBILE.fullmatch(national):
            return f"+86{national}", True
        if _LANDLINE.fullmatch(national):
            return f"+86{national[1:]}", False
        if _HOTLINE.fullmatch(national):
            return f"+86{national}", False
        if re.fullmatch(r"[2-9]\d{6,7}", national):
            if _LANDLINE.fullmatch(f"{area_code}{national}"):
                return f"+86{area_code[1:]}{national}", False
            raise Unreadable(
                "phone.area-code",
                Words(
                    f"“{said[:40]}”缺少区号，请写成 010-88887777，或在导入时填写本地区号。",
                    f"“{said[:40]}” lacks its area code; write 010-88887777, or give the area code for the whole import.",
                ),
            )
    return _foreign(digits, region, said)


def _foreign(digits: str, region: str, said: str) -> tuple[str, bool]:
    try:
        parsed = phonenumbers.parse(re.sub(r"^00", "+", digits), region)
    except phonenumbers.NumberParseException as error:
        raise _no_phone(said) from error
    if not phonenumbers.is_valid_number(parsed):
        raise _no_phone(said)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), phonenumbers.number_type(parsed) in kinds


def _no_phone(said: str) -> Unreadable:
    shown = said[:40]
    return Unreadable(
        "phone.unreadable",
        Words(f"“{shown}”不是电话号码，请核对位数。", f"“{shown}” is not a phone number; check its digits."),
    )
