"""Presets of the law and of carriers' rules, as data.

Each preset names its source and the day its figures were entered here, and says that it is not legal advice. Presets may be
combined; the strictest of all holds. `contact_rules` applies what can be checked at the moment of contact; `duties`
says what remains with the firm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from huifang.domain.caps import Cap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import WHOLE_DAY, Hours
from huifang.domain.words import Words

NOT_ADVICE = Words("仅供参考，不构成法律意见。", "Not legal advice.")
SUNDAY = 6
_CALLS = frozenset({Channel.PHONE, Channel.SMS})
_AT_ONCE = Span(1, Unit.DAY)
_MARKETING = frozenset({Purpose.MARKETING})
STOP_WORDS = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""Words that end consent in the United States, whatever the channel."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of one region; `sunday` where Sunday differs."""

    hours: Hours
    sunday: Hours | None = None

    def on(self, weekday: int) -> Hours:
        """The hours on a weekday (Monday 0)."""
        return self.sunday if self.sunday is not None and weekday == SUNDAY else self.hours


@dataclass(frozen=True, slots=True)
class Law:
    """One preset. Hours hold on `channels`, by the wall clock of `zone` (None: the customer's own)."""

    key: str
    title: Words
    source: Words
    entered: date
    channels: frozenset[Channel]
    hours: DayHours | None = None
    regions: Mapping[str, DayHours] = field(default_factory=dict)
    zone: str | None = None
    zones: tuple[str, ...] = ()
    """The zones of a country that has several. Where somebody's own is not known, a contact must be allowed in all of them."""
    consent_for: frozenset[Purpose] = _MARKETING
    """Purposes for which consent must be on record: named, and with its proof. Unknown is as good as refused."""
    link_shown_for: frozenset[Purpose] = frozenset()
    """Purposes of which a mail shows the address to unsubscribe in its words, beside the header that mail programs read."""
    caps: tuple[Cap, ...] = ()
    conversation_gap: Span | None = None
    """No further contact on `channels` for so long after a conversation."""
    undelivered_count: bool = False
    opt_out_within: Span = _AT_ONCE
    """The longest the law lets an opt-out take; here it works at once."""
    stop_words: tuple[str, ...] = ()
    duties: tuple[Words, ...] = ()
    notice: Words = NOT_ADVICE

    def hours_on(self, weekday: int, region: str | None) -> Hours:
        """The hours of a weekday in a region; an unknown region (None) gets the hours common to all."""
        if self.hours is None:
            return WHOLE_DAY
        if region is not None:
            return self.regions.get(region.upper(), self.hours).on(weekday)
        all_hours = [self.hours.on(weekday), *(each.on(weekday) for each in self.regions.values())]
        return Hours(max(each.start for each in all_hours), min(each.end for each in all_hours))


_US_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu",
)  # fmt: skip
"""Of the states; the territories beyond would leave no hour of the day."""
_DAY = DayHours(Hours(8 * 60, 21 * 60))
_UNTIL_EIGHT = DayHours(Hours(8 * 60, 20 * 60))
_ENTERED = date(2026, 11, 22)

CN = Law(
    key="cn",
    title=Words("中国大陆", "Mainland China"),
    source=Words(
        "消费者权益保护法第二十九条；广告法第四十三条；通信短信息服务管理规定；工信部 2020 年呼叫中心业务通知；"
        "个人信息保护法第二十八、二十九、三十一、四十七条；运营商外呼规则",
        "Consumer Rights Protection Law 29; Advertising Law 43; Provisions on Short Message Services; MIIT 2020 notice on call centres; "
        "PIPL 28, 29, 31, 47; carriers' rules for outbound calls",
    ),
    entered=_ENTERED,
    channels=_CALLS,
    hours=_DAY,
    zone="Asia/Shanghai",
    caps=(Cap(5, Span(24, Unit.HOUR), channels=frozenset({Channel.PHONE})),),
    duties=(
        Words(
            "商业性信息须事先取得同意；每条信息须写明退订方式。",
            "Commercial messages need consent; every message says how to refuse more.",
        ),
        Words(
            "回访电话应征得同意，并避开休息时间；录音、号码、时间和同意凭证至少保存 30 日。",
            "Follow-up calls go by consent and avoid rest time; recording, numbers, time and proof of consent are kept 30 days at least.",
        ),
        Words(
            "健康信息和不满十四周岁未成年人的信息须取得单独同意。",
            "Health data and data of children under 14 need separate consent.",
        ),
        Words(
            "应要求停止处理或删除个人信息；委托处理的记录至少保存 3 年。",
            "Processing stops or data are deleted on request; records of entrusted processing are kept 3 years at least.",
        ),
        Words(
            "法律未规定具体钟点，8:00–21:00 为运营商通行做法，可修改。",
            "No clock hour is in the law; 8:00–21:00 is carriers' practice and can be changed.",
        ),
    ),
)
US_CALLS = Law(
    key="us-calls",
    title=Words("美国电话与短信营销", "United States, calls and texts"),
    source=Words("47 CFR 64.1200；各州电话营销法", "47 CFR 64.1200; telephone solicitation acts of the states"),
    entered=_ENTERED,
    channels=_CALLS,
    hours=_DAY,
    regions={
        **dict.fromkeys(("FL", "OK", "MD", "WA", "WY"), _UNTIL_EIGHT),
        "KY": DayHours(Hours(10 * 60, 21 * 60)),
        "TX": DayHours(Hours(8 * 60, 21 * 60), sunday=Hours(12 * 60, 21 * 60)),
    },
    zones=_US_ZONES,
    opt_out_within=Span(10, Unit.WORKING_DAY),
    stop_words=STOP_WORDS,
    duties=(Words("客户可用任何合理方式撤回同意。", "Consent may be revoked in any reasonable way."),),
)
US_DEBT = Law(
    key="us-debt",
    title=Words("美国催收电话", "United States, debt collection calls"),
    source=Words("12 CFR 1006.14(b)", "12 CFR 1006.14(b)"),
    entered=_ENTERED,
    channels=frozenset({Channel.PHONE}),
    hours=_DAY,
    caps=(Cap(7, Span(7, Unit.DAY), channels=frozenset({Channel.PHONE})),),
    conversation_gap=Span(7, Unit.DAY),
    undelivered_count=True,
    duties=(
        Words(
            "次数按人、按每笔债务分别计算；这里按人合计，未接通的也计入，比规定更严。",
            "Calls are counted per person and debt; here all debts count together and so do calls that did not connect, which is stricter.",
        ),
    ),
)
UK_EU = Law(
    key="uk-eu",
    title=Words("英国与欧盟", "United Kingdom and European Union"),
    source=Words("GDPR 第二十一条；各国电子隐私规定", "GDPR 21; national e-privacy rules"),
    entered=_ENTERED,
    channels=frozenset(Channel),
    undelivered_count=True,
    duties=(Words("客户反对营销即须永久停止。", "An objection to marketing is absolute."),),
)
BULK_MAIL = Law(
    key="bulk-mail",
    title=Words("批量邮件", "Bulk mail"),
    source=Words("RFC 8058；大型邮箱服务商的发信要求", "RFC 8058; senders' requirements of large mailbox providers"),
    entered=_ENTERED,
    channels=frozenset({Channel.EMAIL}),
    link_shown_for=frozenset({Purpose.MARKETING, Purpose.RELATIONSHIP}),
    duties=(
        Words(
            "邮件须支持一键退订，且只接受 POST：链接扫描程序会打开链接。",
            "One-click unsubscribe by POST only: link scanners follow GET.",
        ),
    ),
)

PRESETS: Mapping[str, Law] = {law.key: law for law in (CN, US_CALLS, US_DEBT, UK_EU, BULK_MAIL)}
_OF_COUNTRY = {"CN": (CN, BULK_MAIL), "US": (US_CALLS, BULK_MAIL)}


def in_force(country: str, more: Iterable[str] = ()) -> tuple[Law, ...]:
    """The presets that hold for a country (two letters; the strictest known where it has none of its own), and `more` by their keys.

    >>> [law.key for law in in_force("US", ["us-debt"])]
    ['us-calls', 'bulk-mail', 'us-debt']
    """
    own = _OF_COUNTRY.get(country, (UK_EU, BULK_MAIL))
    return (*own, *(law for key in dict.fromkeys(more) if (law := PRESETS[key]) not in own))
