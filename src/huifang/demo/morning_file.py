"""The file that a repair shop exports from its own system each morning: made for printing, not for programs.

A title merged over the columns, a line with who printed it and when, the header below; telephone numbers now as
text, now as numbers, with
blanks, dashes or a country code; dates in several forms; amounts with ￥ and commas; a sum at the end; here and
there a field left empty.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from huifang.demo.business import Business, Customer, Event
from huifang.demo.workdays import is_working
from huifang.domain.spans import add_months

Cell = str | int | float
SETTLED = (
    "序号",
    "工单号",
    "客户名称",
    "联系电话",
    "车牌号",
    "车型",
    "进厂日期",
    "结算日期",
    "行驶里程",
    "维修项目",
    "结算金额",
    "服务顾问",
    "主修技师",
    "下次保养",
    "门店",
    "备注",
)
LOST = ("序号", "客户名称", "联系电话", "车牌号", "车型", "最后结算日期", "最后工单号", "累计来厂次数", "门店")
DUE = ("序号", "客户名称", "联系电话", "车牌号", "车型", "到期项目", "到期日期", "门店")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it is printed: name, title, the line below, header, rows, sum line (may be empty)."""

    name: str
    title: str
    printed: str
    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    total: tuple[Cell, ...] = ()


def first_new_day(morning: date) -> date:
    """The first day whose jobs are on the file of `morning`: the last working day before it."""
    day = morning - timedelta(days=1)
    while not is_working(day):
        day -= timedelta(days=1)
    return day


def before_import(business: Business) -> Business:
    """The business without what the morning's file brings: jobs settled since the last working day and customers
    known only by them. Customers' own attributes (next service, mileage) stay as the file will leave them.
    """
    start = first_new_day(business.as_of)
    fresh = {event.code[1:] for event in business.events if event.kind == "job.settled" and event.at.date() >= start}
    events = [event for event in business.events if event.code[1:] not in fresh]
    known = {event.customer for event in events} | {contact.customer for contact in business.contacts}
    customers = [customer for customer in business.customers if customer.code in known]
    agreements = [one for one in business.agreements if one.customer in known and str(one.attributes.get("order", "-"))[1:] not in fresh]
    consents = [consent for consent in business.consents if consent.customer in known]
    return replace(business, events=events, customers=customers, agreements=agreements, consents=consents)


def sheets(business: Business) -> tuple[Sheet, Sheet, Sheet]:
    """The three sheets of the morning of `business.as_of`: settled jobs, customers lost for exactly six months, what
    falls due.
    """
    rng = Random(f"morning {business.seed} {business.as_of}")  # noqa: S311 - a story, not a secret
    people = {customer.code: customer for customer in business.customers}
    branches = {branch.code: branch.name for branch in business.branches}
    printed = f"导出时间：{business.as_of:%Y-%m-%d} 08:0{rng.randrange(10)}    制表：客服部"
    return (
        _settled(rng, business, people, branches, printed),
        _lost(rng, business, people, branches, printed),
        _due(rng, business, people, branches, printed),
    )


def _settled(rng: Random, business: Business, people: dict[str, Customer], branches: dict[str, str], printed: str) -> Sheet:
    start = first_new_day(business.as_of)
    arrivals = {event.code[1:]: event.at for event in business.events[-4000:] if event.kind == "job.received"}
    rows: list[tuple[Cell, ...]] = []
    total = 0.0
    for event in business.events:
        if event.kind != "job.settled" or event.at.date() < start:
            continue
        facts, amount = event.attributes, event.amount or 0.0
        total += amount
        next_service = facts["next_service"]
        rows.append((
            len(rows) + 1, event.code, _name(rng, people[event.customer]), _phone(rng, people[event.customer]),
            _plate(rng, str(facts["plate"])),
            str(facts["vehicle"]), _day(rng, arrivals.get(event.code[1:], event.at).date()),
            f"{event.at:%Y-%m-%d %H:%M}", _mileage(rng, facts["mileage"]),
            str(facts["work"]), _money(rng, amount), str(facts["adviser"]), str(facts["technician"]),
            _day(rng, next_service) if isinstance(next_service, date) else "", branches[event.branch],
            rng.choice(("", "", "", "", "老客户", "等待中", "代步车", "会员")),
        ))  # fmt: skip
    span = f"{start:%Y年%m月%d日}" + (
        "" if start == business.as_of - timedelta(days=1) else f"至{business.as_of - timedelta(days=1):%m月%d日}"
    )
    blank: tuple[Cell, ...] = ("合计", f"共{len(rows)}台次", *[""] * 8, f"{total:,.2f}", *[""] * 5)
    return Sheet("结算明细", f"{business.name}结算单明细表（{span}）", printed, SETTLED, rows, blank)


def _lost(rng: Random, business: Business, people: dict[str, Customer], branches: dict[str, str], printed: str) -> Sheet:
    last: dict[str, Event] = {}
    visits: dict[str, int] = {}
    for event in business.events:
        if event.kind == "job.settled":
            last[event.customer] = event
            visits[event.customer] = visits.get(event.customer, 0) + 1
    rows: list[tuple[Cell, ...]] = []
    for code, event in last.items():
        customer = people[code]
        if add_months(event.at.date(), 6) == business.as_of and customer.status == "active":
            rows.append((
                len(rows) + 1, _name(rng, customer), _phone(rng, customer), _plate(rng,
                str(event.attributes["plate"])), str(event.attributes["vehicle"]),
                _day(rng, event.at.date()), event.code, visits[code], branches[customer.branch],
            ))  # fmt: skip
    return Sheet("流失客户", f"六个月未来厂客户名单（{business.as_of:%Y年%m月%d日}）", printed, LOST, rows)


def _due(rng: Random, business: Business, people: dict[str, Customer], branches: dict[str, str], printed: str) -> Sheet:
    soon = business.as_of + timedelta(days=7)
    found: list[tuple[date, str, Customer, str, str]] = [
        (soon, "定期保养", customer, str(customer.attributes["plate"]), str(customer.attributes["vehicle"]))
        for customer in business.customers
        if customer.status == "active" and customer.attributes.get("next_service") == soon
    ]
    for agreement in business.agreements:
        if agreement.kind == "insurance" and agreement.ends == business.as_of + timedelta(days=30) and agreement.status == "active":
            facts = agreement.attributes
            found.append(
                (
                    agreement.ends,
                    f"保险（{facts['insurer']}）",
                    people[agreement.customer],
                    str(facts["plate"]),
                    str(facts["vehicle"]),
                )
            )
    rows: list[tuple[Cell, ...]] = [
        (
            number,
            _name(rng, customer),
            _phone(rng, customer),
            _plate(rng, plate),
            vehicle,
            what,
            _day(rng, day),
            branches[customer.branch],
        )
        for number, (day, what, customer, plate, vehicle) in enumerate(found, 1)
    ]
    return Sheet("到期提醒", f"保养、保险到期客户名单（{business.as_of:%Y年%m月%d日}）", printed, DUE, rows)


def _name(rng: Random, customer: Customer) -> str:
    chance = rng.random()
    return customer.name + " " if chance < 0.03 else ("　" + customer.name if chance < 0.04 else customer.name)


def _phone(rng: Random, customer: Customer) -> Cell:
    number = customer.phones[0].number
    chance = rng.random()
    if chance < 0.02:
        return ""
    forms: tuple[Cell, ...] = (
        int(number), f"{number[:3]}-{number[3:7]}-{number[7:]}", f"{number[:3]} {number[3:7]} {number[7:]}",
        f"+86{number}", f"{number}（{customer.phones[0].whose or '本人'}）",
        number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
    )  # fmt: skip
    return rng.choices(forms, (60, 14, 10, 8, 5, 3))[0] if chance < 0.45 else number


def _plate(rng: Random, plate: str) -> str:
    chance = rng.random()
    return f"{plate[:2]}·{plate[2:]}" if chance < 0.12 else (plate.lower() if chance < 0.15 else plate)


def _day(rng: Random, day: date) -> str:
    return rng.choices(
        (
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day:%Y.%m.%d}",
            f"{day.year}年{day.month}月{day.day}日",
        ),
        (70, 18, 7, 5),
    )[0]


def _mileage(rng: Random, mileage: object) -> Cell:
    kilometres = int(str(mileage))
    return f"{kilometres}km" if rng.random() < 0.1 else ("" if rng.random() < 0.02 else kilometres)


def _money(rng: Random, amount: float) -> Cell:
    chance = rng.random()
    return f"￥{amount:,.2f}" if chance < 0.08 else (f"{amount:,.2f}" if chance < 0.16 else amount)


def write_xlsx(business: Business, path: Path) -> None:
    """The three sheets as a workbook; the same bytes for the same business."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "晨间回访数据", "author": "客服部", "created": datetime.combine(business.as_of, time(8))})
        title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        head = book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "align": "center"})
        cell = book.add_format({"border": 1})
        for sheet in sheets(business):
            page = book.add_worksheet(sheet.name)
            width = len(sheet.header) - 1
            page.merge_range(0, 0, 0, width, sheet.title, title)
            page.merge_range(1, 0, 1, width, sheet.printed)
            page.write_row(2, 0, sheet.header, head)
            for row, values in enumerate(sheet.rows, 3):
                page.write_row(row, 0, values, cell)
            if sheet.total:
                page.write_row(3 + len(sheet.rows), 0, sheet.total, head)
            page.set_column(1, width, 16)
            page.freeze_panes(3, 0)


def write_csv(business: Business, path: Path) -> None:
    """The settled jobs as the older system writes them: GBK, CRLF, title and print line on top."""
    sheet = sheets(business)[0]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[sheet.title], [sheet.printed], sheet.header, *sheet.rows, sheet.total])
    path.write_bytes(text.getvalue().encode("gbk", errors="replace"))
