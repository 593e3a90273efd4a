"""Which column means what: guessed from headers in Chinese and English and from what stands in the column, or remembered.

A mapping is ``{"0": "customer.name", "3": "phone", …}``: column from 0 → target. Targets are those of `TARGETS`, ``attribute.<name>``
(of the customer, and of the event of the same row), ``event.attribute.<name>``, ``agreement.attribute.<name>``,
``agreement.<kind>.ends`` and ``.starts`` (an agreement kept with the customer's other data). A column without a target is not imported.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from huifang.app.services.imports.header_words import AGREEMENT, BRANCH, CUSTOMER, EVENT, STAFF
from huifang.app.services.imports.phones import phones
from huifang.app.services.imports.reading import Cell
from huifang.app.services.imports.values import text
from huifang.app.services.register.rows import Unreadable
from huifang.domain.words import Words

TARGETS: dict[str, Words] = {
    "customer.code": Words("客户编号", "Customer number"),
    "customer.name": Words("客户姓名", "Customer name"),
    "customer.kind": Words("客户类型", "Kind of customer"),
    "phone": Words("电话", "Phone"),
    "email": Words("邮箱", "E-mail"),
    "wecom": Words("企业微信", "WeCom"),
    "dingtalk": Words("钉钉", "DingTalk"),
    "feishu": Words("飞书", "Feishu"),
    "address": Words("地址", "Address"),
    "branch": Words("门店", "Branch"),
    "owner": Words("负责人", "Person in charge"),
    "time_zone": Words("时区", "Time zone"),
    "birthday": Words("生日", "Birthday"),
    "birthday_lunar": Words("农历生日", "Lunar birthday"),
    "first_seen": Words("建档日期", "First seen"),
    "language": Words("语言", "Language"),
    "notes": Words("备注", "Notes"),
    "event.kind": Words("业务类型", "Kind of event"),
    "event.code": Words("单号", "Number of the event"),
    "event.at": Words("业务日期", "Date of the event"),
    "event.amount": Words("金额", "Amount"),
    "event.staff": Words("经办人", "Handled by"),
    "agreement.kind": Words("合约类型", "Kind of agreement"),
    "agreement.code": Words("合约编号", "Number of the agreement"),
    "agreement.starts": Words("开始日期", "Starts"),
    "agreement.ends": Words("到期日期", "Ends"),
    "agreement.status": Words("合约状态", "State of the agreement"),
    "agreement.amount": Words("合约金额", "Amount of the agreement"),
    "staff.code": Words("工号", "Staff number"),
    "staff.name": Words("员工姓名", "Name of staff"),
    "staff.department": Words("部门", "Department"),
    "staff.capacity": Words("每日回访量", "Follow-ups a day"),
    "staff.hours": Words("班次", "Shift"),
    "staff.skills": Words("技能", "Skills"),
    "branch.code": Words("门店编号", "Branch number"),
    "branch.name": Words("门店名称", "Name of branch"),
    "branch.time_zone": Words("时区", "Time zone"),
}
ATTRIBUTE_TYPES = {"next_service": "date", "mileage": "number", "quantity": "number", "price": "number"}
"""Attributes that are not text."""

_BY_KIND = {
    "customers": (CUSTOMER,),
    "events": (EVENT, CUSTOMER),
    "agreements": (AGREEMENT, CUSTOMER),
    "staff": (STAFF,),
    "branches": (BRANCH,),
    "": (CUSTOMER, EVENT, AGREEMENT),
}
_WHOLE = frozenset(
    [
        "日期",
        "时间",
        "编号",
        "代码",
        "名称",
        "名字",
        "说明",
        "状态",
        "类型",
        "等级",
        "标签",
        "品牌",
        "项目",
        "产品",
        "商品",
        "客户",
        "姓名",
        "金额",
        "费用",
        "合计",
        "部门",
        "机构",
        "时区",
        "timezone",
        "amount",
        "price",
        "total",
        "product",
        "model",
        "state",
    ]
)
"""Words that mean something only when they are the whole header."""
_MANY = frozenset({"phone", "notes", "address"})
"""Targets that several columns may share."""
_EVENT_KINDS = (
    ("结算", "job.settled"),
    ("工单", "job.settled"),
    ("出院", "visit.discharged"),
    ("就诊", "visit.outpatient"),
    ("订单", "order"),
    ("下单", "order"),
)
_NAMED = re.compile(r"((event\.|agreement\.)?attribute\.[^\W\d]\w{0,59}|agreement\.[a-z][a-z0-9_.]{0,59}\.(starts|ends))")


def is_named(target: str) -> bool:
    """Whether a target is an attribute or the end of an agreement, under any name."""
    return bool(_NAMED.fullmatch(target))


def plain(header: str) -> str:
    """A header as it is compared: half width, lower case, without spaces, marks, brackets and what stands in them."""
    half = unicodedata.normalize("NFKC", header).lower()
    return re.sub(r"[\s*:_\-./()\[\]【】'\"]", "", re.sub(r"[(\[【].*?[)\]】]", "", half)) or re.sub(r"\s", "", half)


def known_words(kind: str) -> dict[str, str]:
    """Plain header → target for a kind of import; ``""`` for any kind."""
    words: dict[str, str] = {}
    for group in _BY_KIND[kind]:
        for target, said in group.items():
            for word in said.split():
                words.setdefault(plain(word), target)
    return words


def guess(names: Sequence[str], sample: Sequence[Sequence[Cell]], kind: str = "") -> dict[str, str]:
    """A mapping for headers `names` with some rows beneath them."""
    words = known_words(kind)
    found: dict[str, str] = {}
    for exact in (True, False):
        for number, name in enumerate(names):
            target = "" if str(number) in found else _match(plain(name), words, exact=exact)
            if target and (target in _MANY or target not in found.values()):
                found[str(number)] = target
    if "phone" not in found.values() and kind not in ("staff", "branches"):
        found.update({str(column): "phone" for column in range(len(names)) if str(column) not in found and _is_phones(sample, column)})
    return _named(found, dict(sorted(found.items(), key=lambda item: int(item[0]))))


def _named(found: Mapping[str, str], ordered: dict[str, str]) -> dict[str, str]:
    """A list of shops or companies without people's names: the organisation is the customer."""
    if "customer.name" not in found.values() and "staff.name" not in found.values():
        for column, target in ordered.items():
            if target == "attribute.organisation":
                ordered[column] = "customer.name"
                break
    return ordered


def _match(header: str, words: Mapping[str, str], *, exact: bool) -> str:
    if exact or len(header) < 3:
        return words.get(header, "")
    inside = [word for word in words if word not in _WHOLE and len(word) >= (5 if word.isascii() else 2) and header.endswith(word)]
    return words[max(inside, key=len)] if inside else ""


def _is_phones(sample: Sequence[Sequence[Cell]], column: int) -> bool:
    cells = [row[column] for row in sample if column < len(row) and text(row[column])]
    good = 0
    for cell in cells:
        try:
            good += any(phone.mobile for phone in phones(cell))
        except Unreadable:
            continue
    return bool(cells) and good * 5 >= len(cells) * 4


def guess_kind(mapping: Mapping[str, str], names: Sequence[str]) -> tuple[str, str]:
    """Kind of import and, for events, kind of event that a mapping made for any kind speaks of."""
    targets = set(mapping.values())
    if targets & {"event.at", "event.code"}:
        headers = "".join(names)
        return "events", next((kind for word, kind in _EVENT_KINDS if word in headers), "order")
    return ("agreements", "") if "agreement.code" in targets else ("customers", "")


REASONS = (Words("【原行号】", "[line]"), Words("【问题列】", "[column]"), Words("【原因】", "[reason]"))
"""Headers of the columns that a file of rejected rows has besides its own."""


def is_reason(name: str) -> bool:
    """Whether a column was added to tell why a row was rejected."""
    return any(name in (words.zh, words.en) for words in REASONS)


def header_hash(names: Sequence[str]) -> str:
    """What a remembered mapping is found by; the same for a file of rejected rows."""
    return hashlib.sha256("\x1f".join(plain(name) for name in names if not is_reason(name)).encode()).hexdigest()
