"""Every name that a programme, case, register or report speaks of is there."""

from __future__ import annotations

from huifang.domain.contact import Channel
from huifang.domain.words import Words
from huifang.playbooks.festivals import FESTIVALS
from huifang.playbooks.findings import Findings
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.register_columns import known_values
from huifang.playbooks.schema import (
    AfterEvent,
    BeforeDate,
    Cadence,
    Festival,
    Lapse,
    OnAnswer,
    Playbook,
    Programme,
    Trigger,
    ValueReport,
)
from huifang.playbooks.yaml_tree import Path

PROGRAMME = Words("回访项目", "programme")
_EVENT = Words("已声明的业务事件", "declared event")


def check_names(playbook: Playbook, findings: Findings) -> None:
    """Scripts, questionnaires, content, cases, registers, programmes, events, agreements, festivals."""
    for key, programme in playbook.programmes.items():
        _programme(playbook, findings, ("programmes", key), programme)
        _trigger(playbook, findings, ("programmes", key, "when"), programme.when)
    for key, case in playbook.cases.items():
        _asked(playbook, findings, ("cases", key, "revisit"), case.revisit)
    for key, register in playbook.registers.items():
        for index, name in enumerate(register.programmes):
            findings.known(("registers", key, "programmes", index), name, playbook.programmes, PROGRAMME)
        values = known_values(playbook, register)
        for index, column in enumerate(register.columns):
            place: Path = ("registers", key, "columns", index, "value")
            findings.known(place, column.value, values, Words("登记表栏目", "register column"))
    _messages(playbook, findings)
    for key, report in playbook.reports.items():
        for index, name in enumerate(report.programmes):
            findings.known(("reports", key, "programmes", index), name, playbook.programmes, PROGRAMME)
    for key, target in playbook.targets.items():
        findings.known(("targets", key, "programme"), target.programme, playbook.programmes, PROGRAMME)


def _programme(playbook: Playbook, findings: Findings, at: Path, programme: Programme) -> None:
    findings.known((*at, "script"), programme.script, playbook.scripts, Words("话术", "script"))
    findings.known((*at, "ask"), programme.ask, playbook.questionnaires, Words("问卷", "questionnaire"))
    for index, name in enumerate(programme.send):
        findings.known((*at, "send", index), name, playbook.content, Words("内容模板", "content"))
    for index, name in enumerate(programme.registers):
        findings.known((*at, "registers", index), name, playbook.registers, Words("登记表", "register"))
    for index, reaction in enumerate(programme.on_answer):
        here = (*at, "on answer", index)
        findings.known((*here, "open case"), reaction.open_case, playbook.cases, Words("工单类型", "case kind"))
        _asked(playbook, findings, (*here, "follow up"), reaction.follow_up)


def _messages(playbook: Playbook, findings: Findings) -> None:
    """Coupons and value reports of messages."""
    for key, content in playbook.content.items():
        findings.known(("content", key, "coupon"), content.coupon, playbook.coupons, Words("优惠券", "coupon"))
        findings.known(("content", key, "attach"), content.attach, playbook.value_reports, Words("价值报告", "value report"))
        if content.attach and content.channel is not Channel.EMAIL:
            what = Words("只有邮件可以带附件。", "Only a mail can have an attachment.")
            findings.error(("content", key, "attach"), "check.attach", what, Words("请去掉 attach。", "Take attach out."))
    for key, value_report in playbook.value_reports.items():
        _value_report(playbook, findings, ("value reports", key), value_report)


def _value_report(playbook: Playbook, findings: Findings, at: Path, report: ValueReport) -> None:
    """Its figures are facts, its charts show events, and what they add up is a number."""
    for index, name in enumerate(report.figures):
        findings.known((*at, "figures", index), name, playbook.facts, Words("客户事实", "fact"))
    for index, chart in enumerate(report.charts):
        findings.known((*at, "charts", index, "event"), chart.event, playbook.events, _EVENT)
        kind = playbook.events.get(chart.event)
        numbers = {name for name, one in kind.attributes.items() if one.type == "number"} if kind else set()
        findings.known((*at, "charts", index, "sum"), chart.sum, numbers | {"amount"}, Words("业务的数字", "number of the event"))


def _asked(playbook: Playbook, findings: Findings, at: Path, name: str | None) -> None:
    """A programme that is asked for must exist and be made to be asked for."""
    findings.known(at, name, playbook.programmes, PROGRAMME)
    asked = playbook.programmes.get(name) if name else None
    if asked is not None and not isinstance(asked.when, OnAnswer):
        findings.error(
            at,
            "check.not-on-request",
            Words(f"回访项目“{name}”不是按需触发的。", f"The programme “{name}” does not fall due on request."),
            Words("请把它的 when 写成 {on: request, wait: …}。", "Write its when as {on: request, wait: …}."),
        )


def _trigger(playbook: Playbook, findings: Findings, at: Path, trigger: Trigger) -> None:
    match trigger:
        case AfterEvent():
            findings.known((*at, "after"), trigger.after, playbook.events, _EVENT)
        case Lapse():
            findings.known((*at, "lapse"), trigger.lapse, playbook.events, _EVENT)
        case Cadence():
            findings.known((*at, "since"), trigger.since, playbook.events, _EVENT)
        case Festival():
            findings.known((*at, "festival"), trigger.festival, FESTIVALS, Words("节日", "festival"))
        case BeforeDate():
            _date(playbook, findings, (*at, "before"), trigger.before)
        case _:
            pass


def date_sources(playbook: Playbook) -> frozenset[str]:
    """Every date that a programme can fall due before."""
    found = {"birthday"} | {f"attribute.{name}" for name, one in playbook.attributes.items() if one.type == "date"}
    for kind, event in playbook.events.items():
        found |= {f"attribute.{kind}.{name}" for name, one in event.attributes.items() if one.type == "date"}
    return frozenset(found | {f"agreement.{kind}.{side}" for kind in playbook.agreements for side in ("starts", "ends")})


def _date(playbook: Playbook, findings: Findings, at: Path, source: str) -> None:
    known = date_sources(playbook)
    if source not in known:
        what = Words(f"没有日期“{source}”。", f"There is no date “{source}”.")
        findings.error(at, "check.unknown-date", what, suggestion(source, known))
