"""What a dialler's setting says: its words for outcomes, how long a list holds, and which columns its file has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import phonenumbers

from huifang.channels.fields import Field, filled, pairs
from huifang.domain.dialler import codes
from huifang.domain.errors import Invalid, Problem
from huifang.domain.outcomes import Outcome
from huifang.domain.words import Words

COLUMNS = ("customer", "number", "key", "call_from", "call_until", "script", "agent")
"""Columns of a list that is handed over, in their order."""
RESULTS = ("key", "outcome", "began", "seconds", "recording", "agent", "callback", "words")
"""Columns of a file of results; the first three are needed."""
NUMBERS = (
    ("national", Words("13800138000、075526000000（国内拨法，固话带 0）", "13800138000, 075526000000 (at home; landlines with 0)")),
    ("bare", Words("13800138000、75526000000（只去掉 +86）", "13800138000, 75526000000 (+86 left out, no 0)")),
    ("e164", Words("+8613800138000、+8675526000000（国际写法 E.164）", "+8613800138000, +8675526000000 (international, E.164)")),
)
"""How a list may write numbers, each with a mobile and a landline number as an example."""
_CODES = "ANSWERED = completed\nNO ANSWER = no_answer\nBUSY = busy\nFAILED = unreachable\nCALLBACK = callback\nDNC = never_again"
_KNOWN = ", ".join(dict.fromkeys(outcome.code for outcome in codes({}).values()))
_SHARED = (
    Field(
        "codes", Words("结果对照", "Outcomes"),
        Words(f"每行：外呼系统的结果 = 我们的结果代码。可用：{_KNOWN}。",
              f"One a line: the dialler's word = our outcome code. Of {_KNOWN}."),
        default=_CODES, required=False, long=True,
    ),
    Field(
        "minutes", Words("名单有效（分钟）", "A list holds for (minutes)"),
        Words("过时不得再拨打。", "After that nobody on it may be called."), default="120",
    ),
    Field(
        "number", Words("号码写法", "Numbers as"),
        Words("照外呼系统要求的写法；国外号码总带 + 和国家码。", "As the dialler wants them; a foreign number always begins with +."),
        default="national", choices=NUMBERS,
    ),
)  # fmt: skip
FILE_FIELDS = (
    *_SHARED,
    Field(
        "columns", Words("名单列名", "Columns of the list"),
        Words(f"每行：我们的列 = 列名。可用：{'、'.join(COLUMNS)}。留空为全部。",
              f"One a line: ours = heading. Of {', '.join(COLUMNS)}; empty: all."),
        required=False, long=True,
    ),
    Field(
        "results", Words("结果文件列名", "Columns of the results"),
        Words(f"每行：我们的列 = 列名。可用：{'、'.join(RESULTS)}。", f"One a line: ours = heading. Of {', '.join(RESULTS)}."),
        required=False, long=True,
    ),
)  # fmt: skip
HTTP_FIELDS = (
    Field(
        "address", Words("推送地址", "Address to push to"),
        Words("https:// 开头，公网；内网地址由运维写进 HUIFANG_WEBHOOK_HOSTS。",
              "Public and https://; an internal host is named in HUIFANG_WEBHOOK_HOSTS."),
    ),
    Field("secret", Words("签名密钥", "Secret for signing"), secret=True),
    *_SHARED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """A dialler's setting, read. `numbers` is one of `NUMBERS`; `columns` and `results`: our name → heading."""

    codes: Mapping[str, Outcome]
    holds: timedelta
    numbers: str
    columns: Mapping[str, str]
    results: Mapping[str, str]

    def number(self, e164: str) -> str:
        """A number as this dialler takes it."""
        if self.numbers == "e164" or not e164.startswith("+86"):
            return e164
        if self.numbers == "bare":
            return e164.removeprefix("+86")
        national = phonenumbers.format_number(phonenumbers.parse(e164, "CN"), phonenumbers.PhoneNumberFormat.NATIONAL)
        return "".join(filter(str.isdigit, national))


def setup(fields: tuple[Field, ...], given: Mapping[str, str]) -> Setup:
    """Read a setting. Raises `Invalid` naming what cannot be read."""
    values = filled(fields, given)
    minutes = values["minutes"]
    if not minutes.isdecimal() or not 5 <= int(minutes[:6]) <= 720:
        raise _wrong("minutes", Words("名单有效时间须为 5 到 720 分钟。", "A list holds for 5 to 720 minutes."))
    columns = _named(values.get("columns", ""), COLUMNS) or {name: name for name in COLUMNS}
    if not {"number", "key"} <= set(columns):
        raise _wrong("columns", Words("名单必须有 number 和 key 两列。", "A list needs the columns number and key."))
    results = {name: name for name in RESULTS} | _named(values.get("results", ""), RESULTS)
    return Setup(codes(pairs(values["codes"])), timedelta(minutes=int(minutes)), values["number"], columns, results)


def _named(text: str, known: tuple[str, ...]) -> dict[str, str]:
    named = {name: heading for name, heading in pairs(text).items() if heading}
    unknown = sorted(set(named) - set(known))
    if unknown:
        said = Words(f"没有“{unknown[0][:40]}”这一列。", f"There is no column “{unknown[0][:40]}”.")
        raise _wrong("columns", said)
    return named


def _wrong(code: str, what: Words) -> Invalid:
    return Invalid(Problem(f"dialler.{code}", what, Words("请改正后再保存。", "Mend it and save again.")))
