"""What a column of a register can show."""

from __future__ import annotations

from collections.abc import Iterable

from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Programme, Register

COLUMNS: dict[str, Words] = {
    "seq": Words("序号", "No."),
    "customer.name": Words("客户姓名", "Customer"),
    "customer.phone": Words("联系电话", "Phone"),
    "customer.code": Words("客户编号", "Customer code"),
    "customer.address": Words("地址", "Address"),
    "customer.owner": Words("负责人", "Owner"),
    "customer.branch": Words("门店", "Branch"),
    "event.kind": Words("业务类型", "Event"),
    "event.day": Words("业务日期", "Date of event"),
    "event.amount": Words("金额", "Amount"),
    "event.staff": Words("经办人", "Handled by"),
    "event.branch": Words("业务门店", "Branch of event"),
    "agreement.kind": Words("合约类型", "Agreement"),
    "agreement.starts": Words("起始日期", "Starts"),
    "agreement.ends": Words("到期日期", "Ends"),
    "programme": Words("回访项目", "Programme"),
    "planned": Words("计划日期", "Planned for"),
    "agreed": Words("约定时间", "Time agreed"),
    "due": Words("应访日期", "Due"),
    "deadline": Words("截止日期", "Deadline"),
    "channel": Words("回访方式", "Channel"),
    "called": Words("拨打号码", "Number called"),
    "agent": Words("回访人", "By"),
    "attempted_at": Words("回访时间", "Time"),
    "attempts": Words("联络次数", "Attempts"),
    "outcome": Words("联络结果", "Outcome"),
    "reached": Words("是否接通", "Reached"),
    "duration": Words("通话时长", "Duration"),
    "questions": Words("回访问题", "What is asked"),
    "material": Words("所需资料", "Material"),
    "answers": Words("回答", "Answers"),
    "score": Words("评分", "Score"),
    "satisfied": Words("是否满意", "Satisfied"),
    "words": Words("客户原话", "Customer's words"),
    "attitude": Words("客户态度", "Attitude"),
    "asked": Words("客户问题", "Customer's question"),
    "replied": Words("答复内容", "How it was answered"),
    "feedback": Words("客户反馈", "Feedback"),
    "case": Words("工单", "Case"),
    "case.kind": Words("工单类型", "Kind of case"),
    "case.owner": Words("处理人", "Case owner"),
    "case.result": Words("处理结果", "Result"),
    "case.opened": Words("立案时间", "Opened"),
    "case.due": Words("处理期限", "To be solved by"),
    "case.closed": Words("结案时间", "Closed"),
    "next": Words("下次联系", "Next contact"),
    "reason_not_done": Words("未回访原因", "Why not done"),
    "remark": Words("备注", "Remark"),
}
"""Besides these: ``customer.<attribute>``, ``event.<attribute>``, ``agreement.<attribute>``, ``fact.<fact>``,
``class.<class or ladder>`` and ``answer.<question>``."""


def known_values(playbook: Playbook, register: Register) -> frozenset[str]:
    """Every value that a column of this register can show, given what the playbook declares."""
    programmes = [playbook.programmes[key] for key in register.programmes if key in playbook.programmes]
    values = set(COLUMNS)
    values |= {f"customer.{name}" for name in playbook.attributes} | {f"fact.{name}" for name in playbook.facts}
    values |= {f"class.{name}" for name in (*playbook.classes, *playbook.ladders)}
    values |= {f"event.{name}" for kind in playbook.events.values() for name in kind.attributes}
    values |= {f"agreement.{name}" for kind in playbook.agreements.values() for name in kind.attributes}
    return frozenset(values | _answers(playbook, programmes or playbook.programmes.values()))


def _answers(playbook: Playbook, programmes: Iterable[Programme]) -> set[str]:
    asked = {programme.ask for programme in programmes if programme.ask}
    questionnaires = [one for key, one in playbook.questionnaires.items() if key in asked]
    return {f"answer.{question.key}" for one in questionnaires for question in one.questions}
