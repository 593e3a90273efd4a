"""A playbook's rules as sentences a manager reads: when, to whom, how, how often, what follows. In Chinese and English."""

from __future__ import annotations

from huifang.domain.contact import CHANNEL_WORDS, PURPOSE_WORDS
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.playbooks.festivals import FESTIVALS
from huifang.playbooks.schema import (
    Adaptive,
    AfterEvent,
    Attempts,
    Becomes,
    BeforeDate,
    Cadence,
    CalendarRule,
    Festival,
    Lapse,
    Limit,
    Limits,
    Playbook,
    Programme,
    Reaction,
)
from huifang.playbooks.spoken_conditions import known, spoken

_DAYS = {
    "mon": Words("周一", "Mon"),
    "tue": Words("周二", "Tue"),
    "wed": Words("周三", "Wed"),
    "thu": Words("周四", "Thu"),
    "fri": Words("周五", "Fri"),
    "sat": Words("周六", "Sat"),
    "sun": Words("周日", "Sun"),
}
_TOLD = {
    "agent": Words("回访员", "the agent"),
    "supervisor": Words("主管", "the supervisor"),
    "reviewer": Words("质检员", "the quality reviewer"),
    "manager": Words("经理", "the manager"),
    "administrator": Words("管理员", "the administrator"),
    "event staff": Words("经办人", "whoever handled it"),
}
_OWNERS = {
    "customer owner": Words("由客户的负责人联络", "by the customer's owner"),
    "event staff": Words("由经办人联络", "by whoever handled it"),
    "anyone": Words("由门店任一回访员联络", "by any agent of the branch"),
}
_ENDS = {"ends": Words("到期", "ends"), "starts": Words("开始", "starts")}


def when(playbook: Playbook, programme: Programme) -> Words:
    """``维修结算后 1 天`` / ``1 day after a settled job``: what makes a programme due."""
    match programme.when:
        case AfterEvent() as trigger:
            return _after(playbook, trigger)
        case BeforeDate() as trigger:
            return _before(trigger.by, _date(playbook, trigger.before))
        case Lapse() as trigger:
            event, span = _event(playbook, trigger.lapse), trigger.exactly.in_words()
            return Words(f"距上次{event.zh}满 {span.zh}", f"{span.en} without: {event.en}")
        case Cadence() as trigger:
            return _cadence(playbook, trigger)
        case Festival() as trigger:
            return _festival(trigger)
        case Becomes() as trigger:
            wait = trigger.wait.in_words() if trigger.wait else None
            begins = spoken(trigger.becomes, known(playbook))
            zh, en = f"当条件开始成立：{begins.zh}", f"when this begins to hold: {begins.en}"
            return Words(f"{zh}，{wait.zh}后", f"{en}, {wait.en} later") if wait else Words(zh, en)
        case Adaptive() as trigger:
            return _adaptive(trigger)
        case trigger:
            span = trigger.wait.in_words()
            return Words(f"由回答或办结的工单发起，{span.zh}后", f"{span.en} after an answer or a closed case asks for it")


def who(playbook: Playbook, programme: Programme) -> Words:
    """Which customers, and until when it is still worth it."""
    named = {name: rule.title for name, rule in playbook.classes.items()}
    wanted, by = programme.for_, known(playbook)
    if wanted is None:
        base = Words("所有客户", "every customer")
    else:
        base = named.get(wanted) or Words("{x}的客户", "where {x}").fill({"x": spoken(wanted, by)})
    if programme.still is None:
        return base
    return Words("{base}；联络时仍须{x}", "{base}; still only if {x}").fill({"base": base, "x": spoken(programme.still, by)})


def how(programme: Programme) -> Words:
    """Channels in their order, who does it, how often it is tried."""
    channels = [CHANNEL_WORDS[channel] for channel in programme.through]
    ways = Words("，其次".join(one.zh for one in channels), ", else ".join(one.en for one in channels))
    if programme.choose == "cheapest":
        ways = Words(f"{ways.zh}（选最省的）", f"{ways.en} (the cheapest that reaches)")
    owner = _OWNERS[programme.owner]
    tried, instead = attempts(programme.attempts), fallback(programme)
    return Words(f"{ways.zh}；{owner.zh}；{tried.zh}{instead.zh}", f"{ways.en}; {owner.en}; {tried.en}{instead.en}")


def fallback(programme: Programme) -> Words:
    """``；3 次未联系上（分在 2 个时段），改发短信``; empty without one."""
    rule = programme.fallback
    if rule is None:
        return Words("", "")
    then = [CHANNEL_WORDS[channel] for channel in rule.then]
    parts = Words(f"（分在 {rule.day_parts} 个时段）", f" in {rule.day_parts} parts of the day") if rule.day_parts > 1 else Words("", "")
    return Words(
        f"；{rule.not_reached} 次未联系上{parts.zh}，改发{'，其次'.join(one.zh for one in then)}",
        f"; not reached in {rule.not_reached} tries{parts.en}: {', else '.join(one.en for one in then)}",
    )


def attempts(rule: Attempts) -> Words:
    """``最多尝试 3 次，分在 2 个时段；占线 1 小时后再试``."""
    times = "time" if rule.at_most == 1 else "times"
    zh, en = [f"最多尝试 {rule.at_most} 次"], [f"tried at most {rule.at_most} {times}"]
    if rule.day_parts > 1:
        zh.append(f"分在一天的 {rule.day_parts} 个时段")
        en.append(f"in {rule.day_parts} parts of the day")
    for outcome, span in rule.retry.items():
        named, later = OUTCOMES[outcome].words if outcome in OUTCOMES else Words(outcome, outcome), span.in_words()
        zh.append(f"{named.zh} {later.zh}后再试")
        en.append(f"{named.en.lower()}: again after {later.en}")
    return Words("，".join(zh), ", ".join(en))


def until(programme: Programme) -> Words:
    """Window and expiry."""
    within, last = programme.within.in_words(), (programme.expires or programme.within).in_words()
    if programme.expires is None:
        return Words(f"{within.zh}内完成，逾期不再联络", f"done within {within.en}, given up after that")
    return Words(f"{within.zh}内完成，{last.zh}后不再联络", f"done within {within.en}, given up after {last.en}")


def purpose(programme: Programme) -> Words:
    """``服务`` / ``Service``."""
    return PURPOSE_WORDS[programme.purpose]


def reaction(playbook: Playbook, rule: Reaction) -> Words:
    """What an answer leads to."""
    zh, en = [], []
    if rule.open_case is not None:
        title = playbook.cases[rule.open_case].title if rule.open_case in playbook.cases else Words(rule.open_case, rule.open_case)
        zh.append(f"立工单“{title.zh}”")
        en.append(f"open a case “{title.en}”")
    if rule.follow_up is not None:
        named = playbook.programmes.get(rule.follow_up)
        title = named.title if named else Words(rule.follow_up, rule.follow_up)
        zh.append(f"安排“{title.zh}”")
        en.append(f"ask for “{title.en}”")
    if rule.call_back is not None:
        span = rule.call_back.in_words()
        zh.append(f"{span.zh}后再联络")
        en.append(f"contact again after {span.en}")
    if rule.tell:
        zh.append("通知" + "、".join(_TOLD[role].zh for role in rule.tell))
        en.append("tell " + ", ".join(_TOLD[role].en for role in rule.tell))
    given = spoken(rule.if_, known(playbook))
    return Words(f"若{given.zh}：{'，'.join(zh)}", f"if {given.en}: {', '.join(en)}")


def calendar(rule: CalendarRule) -> Words:
    """On which days and at which hours of the customer's local time."""
    hours = "、".join(rule.hours).replace("-", "–")
    if rule.days == "working":
        days = Words("工作日", "on working days")
    elif rule.days == "every":
        days = Words("每天", "every day")
    else:
        days = Words("、".join(_DAYS[day].zh for day in rule.days), "on " + ", ".join(_DAYS[day].en for day in rule.days))
    return Words(f"{days.zh} {hours}（客户当地时间）", f"{days.en} {hours.replace('、', ', ')} (the customer's local time)")


def caps(limits: Limits) -> tuple[Words, ...]:
    """One sentence for each cap, then the gap."""
    said = [_cap(cap) for cap in limits.caps]
    if limits.gap is not None:
        span, names = limits.gap.in_words(), [PURPOSE_WORDS[one] for one in limits.gap_purposes]
        zh, en = "、".join(one.zh for one in names), " and ".join(one.en.lower() for one in names)
        said.append(Words(f"两次{zh}联络之间至少相隔 {span.zh}", f"at least {span.en} between contacts of {en}"))
    return tuple(said)


def _cap(cap: Limit) -> Words:
    span = cap.per.in_words()
    zh, en = "", ""
    if len(cap.purposes) < len(PURPOSE_WORDS):
        zh = "、".join(PURPOSE_WORDS[one].zh for one in cap.purposes)
        en = " or ".join(PURPOSE_WORDS[one].en.lower() for one in cap.purposes) + " "
    through_zh, through_en = "", ""
    if len(cap.channels) < len(CHANNEL_WORDS):
        through_zh = "通过" + "、".join(CHANNEL_WORDS[one].zh for one in cap.channels)
        through_en = " by " + " or ".join(CHANNEL_WORDS[one].en for one in cap.channels)
    times = "contact" if cap.at_most == 1 else "contacts"
    return Words(
        f"同一客户 {span.zh}内{through_zh}最多 {cap.at_most} 次{zh}联络",
        f"at most {cap.at_most} {en}{times}{through_en} with one customer in {span.en}",
    )


def _event(playbook: Playbook, kind: str) -> Words:
    return playbook.events[kind].title if kind in playbook.events else Words(kind, kind)


def _if(playbook: Playbook, words: Words, where: str | None) -> Words:
    if where is None:
        return words
    return Words("{words}（{x}）", "{words} ({x})").fill({"words": words, "x": spoken(where, known(playbook))})


def _before(by: Span, what: Words) -> Words:
    span = by.in_words()
    return (
        Words(f"{what.zh}前 {span.zh}", f"{span.en} before {what.en}") if by.amount else Words(f"{what.zh}当天", f"on the day: {what.en}")
    )


def _date(playbook: Playbook, named: str) -> Words:
    if named == "birthday":
        return Words("生日", "the birthday")
    head, _, rest = named.partition(".")
    owner, _, last = rest.rpartition(".")
    if head == "agreement":
        kind = playbook.agreements[owner].title if owner in playbook.agreements else Words(owner, owner)
        return Words(f"{kind.zh}{_ENDS[last].zh}", f"{kind.en} {_ENDS[last].en}")
    attributes = playbook.events[owner].attributes if owner in playbook.events else playbook.attributes
    return attributes[last].title if last in attributes else Words(last, last)


def _cadence(playbook: Playbook, trigger: Cadence) -> Words:
    span = trigger.every.in_words()
    zh, en = f"每 {span.zh}一次", f"every {span.en}"
    if trigger.since is not None:
        event = _event(playbook, trigger.since)
        zh, en = f"自{event.zh}起{zh}", f"{en} from: {event.en}"
    if trigger.wait is not None:
        first = trigger.wait.in_words()
        zh, en = f"{zh}，首次在 {first.zh}后", f"{en}, first after {first.en}"
    if trigger.times is not None:
        zh, en = f"{zh}，共 {trigger.times} 次", f"{en}, {trigger.times} in all"
    return Words(zh, en)


def _after(playbook: Playbook, trigger: AfterEvent) -> Words:
    event, span = _event(playbook, trigger.after), trigger.wait.in_words()
    if not trigger.wait.amount:
        return _if(playbook, Words(f"{event.zh}当天", f"on the day of: {event.en}"), trigger.where)
    return _if(playbook, Words(f"{event.zh}后 {span.zh}", f"{span.en} after: {event.en}"), trigger.where)


def _adaptive(trigger: Adaptive) -> Words:
    soonest = trigger.no_sooner_than.in_words()
    share, explored = f"{100 * trigger.adaptive:g} %", f"{100 * trigger.explore:g} %"
    zh = f"按学到的联络价值，每天至多选 {share} 的客户（其中 {explored} 随机试探），两次至少相隔 {soonest.zh}"
    en = f"by the learned worth of a contact, at most {share} of the customers a day ({explored} of them drawn at random), "
    en += f"at least {soonest.en} apart"
    if trigger.no_later_than is None:
        return Words(zh, en)
    latest = trigger.no_later_than.in_words()
    return Words(f"{zh}，最迟 {latest.zh}一次", f"{en}, {latest.en} at the most")


def _festival(trigger: Festival) -> Words:
    name = FESTIVALS.get(trigger.festival, Words(trigger.festival, trigger.festival))
    if trigger.before is not None:
        return _before(trigger.before, name)
    if trigger.after is not None:
        span = trigger.after.in_words()
        return Words(f"{name.zh}后 {span.zh}", f"{span.en} after {name.en}")
    return Words(f"{name.zh}当天", f"on {name.en}")
