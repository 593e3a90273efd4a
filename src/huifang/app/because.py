"""The reason line of a follow-up: why this customer, today, in words a person would use."""

from __future__ import annotations

from datetime import date

from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.playbooks.schema import Adaptive, AfterEvent, Becomes, BeforeDate, Cadence, Festival, Lapse, OnAnswer, Playbook, Programme

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def because(playbook: Playbook, programme: Programme, cause_day: date, *, promised: bool = False, bundled: int = 1) -> Words:
    """``11月20日结算后 1 天：满意度回访`` and its English form; how many more reasons are bundled, and whether it was promised."""
    why = _why(playbook, programme, cause_day)
    zh, en = f"{why.zh}：{programme.title.zh}", f"{why.en}: {programme.title.en}"
    if promised:
        zh, en = f"已与客户约定；{zh}", f"Promised; {en[0].lower()}{en[1:]}" if not en[0].isdigit() else f"Promised; {en}"
    if bundled > 1:
        more = bundled - 1
        zh, en = f"{zh}（合并另外 {more} 项）", f"{en} (with {more} more)"
    return Words(zh, en)


def _why(playbook: Playbook, programme: Programme, cause_day: date) -> Words:
    day, trigger = day_words(cause_day), programme.when
    match trigger:
        case AfterEvent():
            why = _after(_event(playbook, trigger.after), day, trigger.wait)
        case Lapse():
            title, span = _event(playbook, trigger.lapse), trigger.exactly.in_words()
            why = Words(f"{day.zh}{title.zh}后已 {span.zh}未再来", f"No visit for {span.en} since {title.en.lower()} on {day.en}")
        case BeforeDate():
            title = _date_title(playbook, trigger.before)
            why = Words(f"{title.zh} {day.zh}", f"{title.en} on {day.en}")
        case Cadence():
            every = trigger.every.in_words()
            why = Words(f"每 {every.zh}一次，{day.zh}到期", f"Every {every.en}, due {day.en}")
        case Festival():
            why = Words(f"节日 {day.zh}", f"Festival on {day.en}")
        case Becomes():
            why = Words(f"{day.zh}起符合条件", f"Conditions met since {day.en}")
        case Adaptive():
            why = Words(f"{day.zh}按联络价值选中", f"Chosen on {day.en} by what a contact is worth")
        case OnAnswer():
            why = Words(f"{day.zh}的回访或工单要求", f"Asked for on {day.en}")
    return why


def _after(title: Words, day: Words, wait: Span) -> Words:
    words = wait.in_words()
    if not wait.amount:
        return Words(f"{day.zh}{title.zh}", f"{title.en} on {day.en}")
    return Words(f"{day.zh}{title.zh}后 {words.zh}", f"{words.en} after {title.en.lower()} on {day.en}")


def _event(playbook: Playbook, kind: str) -> Words:
    declared = playbook.events.get(kind)
    return declared.title if declared else Words(kind, kind)


def _date_title(playbook: Playbook, what: str) -> Words:
    if what == "birthday":
        return Words("生日", "Birthday")
    head, _, rest = what.partition(".")
    if head == "agreement":
        kind, _, end = rest.rpartition(".")
        title = playbook.agreements[kind].title if kind in playbook.agreements else Words(kind, kind)
        return Words(f"{title.zh}到期日" if end == "ends" else f"{title.zh}开始日", f"{title.en} {end}")
    kind, _, name = rest.rpartition(".")
    attributes = playbook.events[kind].attributes if kind in playbook.events else playbook.attributes
    return attributes[name].title if name in attributes else Words(name, name)


def day_words(day: date) -> Words:
    """``11月20日`` / ``20 Nov``."""
    return Words(f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]}")
