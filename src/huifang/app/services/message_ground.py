"""What the places of a message are filled from: the customer, the cause of the follow-up, the people, the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.conf import settings

from huifang.app.business_time import business_day
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_facts import Values
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.place_values import agreement_places, case_places, fact_places, prefixed, said_of
from huifang.app.records.models import Branch, Customer, FollowUp
from huifang.app.records.prepared import Row
from huifang.app.services import coupons, message_links, survey_links
from huifang.app.services.carried import Carried
from huifang.domain.contact import Channel
from huifang.domain.spans import shift
from huifang.domain.words import Words
from huifang.playbooks.schema import BeforeDate, LinkRule, Playbook

OPT_OUT = {
    Channel.SMS: Words(
        "退订回T", "Reply STOP to opt out",
        (("zh-Hant", "退訂回T"), ("ja", "停止はSTOPと返信"), ("ko", "수신거부는 STOP 회신"), ("es", "Responda STOP para no recibir más")),
    ),
    Channel.EMAIL: Words(
        "如不想再收到此类邮件，请回复“退订”。", "To receive no more of these, reply “unsubscribe”.",
        (
            ("zh-Hant", "如不想再收到此類郵件，請回覆「退訂」。"),
            ("ja", "今後の配信を希望されない場合は「unsubscribe」とご返信ください。"),
            ("ko", "더 이상 받지 않으려면 “unsubscribe”라고 회신해 주세요."), ("es", "Para no recibir más, responda «unsubscribe»."),
        ),
    ),
}  # fmt: skip
REFUSE = Words(
    "不想再收到请回复“退订”。", "Reply “stop” to receive no more.",
    (
        ("zh-Hant", "不想再收到請回覆「退訂」。"), ("ja", "今後の配信を希望されない場合は「STOP」とご返信ください。"),
        ("ko", "더 이상 받지 않으려면 “STOP”이라고 회신해 주세요."), ("es", "Responda «STOP» para no recibir más."),
    ),
)  # fmt: skip
COUPON_PLACES = frozenset({"coupon", "coupon.until"})
_LATER = {
    "survey": Words("（发送时生成的问卷链接）", "(survey link, made when it is sent)"),
    "link": Words("（发送时生成的专属链接）", "(the customer's own link, made when it is sent)"),
    "case": Words("（工单的处理结果）", "(what was done in the case)"),
    "coupon": Words("（发送时发放的券码）", "(code, given when it is sent)"),
}
"""What a preview says of things that are only made when a message is sent."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a follow-up is for: its day and, where it is an event, the event's row (``attributes``, ``day``, ``amount``, ``staff``)."""

    day: date
    event: Row | None = None


@dataclass(frozen=True)
class Ground:
    """One message to one customer. `followup` is None in a preview: then nothing is written, and `cause` stands for what would lead it.

    `known` and `behind` are the customer's rows and those behind the follow-up, where they have been read already; `carried` makes links
    and codes for several messages that are made ready together.
    """

    customer: Customer
    playbook: Playbook
    programme: str
    channel: Channel
    purpose: str
    deadline: date
    branch: Branch | None
    now: datetime
    followup: FollowUp | None = None
    cause: Cause | None = None
    known: CustomerRows | None = None
    behind: list[Row] | None = None
    carried: Carried | None = None

    @cached_property
    def language(self) -> str:
        """The customer's language, else the business's."""
        return self.customer.language or settings.LANGUAGE_CODE

    @cached_property
    def day(self) -> date:
        """The business's day."""
        return business_day(self.now)

    @cached_property
    def rows(self) -> CustomerRows:
        """The customer's rows."""
        return self.known or CustomerRows(self.customer)

    @cached_property
    def facts(self) -> Values:
        """What conditions can name."""
        return Values(self.playbook, self.rows, self.day)

    @cached_property
    def leading(self) -> Cause | None:
        """What the occurrence that leads the follow-up is about."""
        if self.followup is None:
            return self.cause
        rows = behind(self.followup.pk) if self.behind is None else self.behind
        row = min(rows, key=lambda row: row["programme"] != self.programme, default=None)
        if row is None or row["event__id"] is None:
            return Cause(row["cause_day"]) if row else None
        told = {"attributes": row["event__attributes"], "day": row["event__day"], "amount": row["event__amount"]}
        return Cause(row["cause_day"], told | {"staff": row["event__staff__name"]})


def of_followup(followup: FollowUp, customer: Customer, channel: Channel, playbook: Playbook, now: datetime) -> Ground:
    """The ground of a message that is to be sent."""
    return Ground(
        customer, playbook, followup.programme, channel, followup.purpose, followup.deadline, followup.branch, now, followup=followup
    )


def of_asked(asked: Asked, channel: Channel, playbook: Playbook, now: datetime, carried: Carried | None = None) -> Ground:
    """The same where the rows have been read already."""
    ground = of_followup(asked.followup, asked.rows.customer, channel, playbook, now)
    return replace(ground, known=asked.rows, behind=asked.occurrences, carried=carried)


def values(ground: Ground, wanted: set[str], coupon: str = "") -> dict[str, str]:
    """Each wanted place with what stands there, as text on one line; empty where it is not known of this customer.

    A code of `coupon` is given only where everything else is known. Raises `NoneLeft` where there is none.
    """
    known: dict[str, object] = {}
    for source in _SOURCES:
        if wanted - known.keys():
            known |= source(ground, wanted)
    if coupon and all(said_of(known.get(name), ground.language) for name in wanted - COUPON_PLACES):
        known |= _coupon(ground, coupon, wanted)
    return {name: said_of(known.get(name), ground.language) for name in wanted}


def _people(ground: Ground, _: set[str]) -> dict[str, object]:
    customer, branch = ground.customer, ground.branch.name if ground.branch else ""
    organisation = branch or ground.playbook.title.say(ground.language)
    owner = customer.owner.name if customer.owner else ""
    return {
        "customer": customer.name, "salutation": customer.name, "branch": branch, "organisation": organisation, "owner": owner,
        "agent": owner or organisation, "phone": settings.HUIFANG.phone, "opt_out": OPT_OUT.get(ground.channel, REFUSE),
        "coupon": customer.attributes.get("coupon"),
    }  # fmt: skip


def _days(ground: Ground, wanted: set[str]) -> dict[str, object]:
    if not wanted & {"today", "due"}:
        return {}
    leading, trigger = ground.leading, ground.playbook.programmes[ground.programme].when
    meant = leading.day if leading and isinstance(trigger, BeforeDate) else ground.deadline
    return {"today": ground.day, "due": meant}


def _event(ground: Ground, wanted: set[str]) -> dict[str, object]:
    leading = ground.leading if _asks(wanted, "event.") else None
    event = leading.event if leading else None
    if event is None:
        return {}
    return prefixed("event", event["attributes"]) | prefixed("event", {name: event[name] for name in ("day", "amount", "staff")})


def _agreement(ground: Ground, wanted: set[str]) -> dict[str, object]:
    """The agreement whose end is the cause, else the one that ends next."""
    if not _asks(wanted, "agreement."):
        return {}
    return agreement_places(ground.rows, ground.playbook, ground.leading.day if ground.leading else None, ground.day)


def _case(ground: Ground, wanted: set[str]) -> dict[str, object]:
    """What was done in the case that is asked about again."""
    if "case.result" not in wanted:
        return {}
    if ground.followup is None:
        return {"case.result": _LATER["case"]}
    rows = behind(ground.followup.pk) if ground.behind is None else ground.behind
    return case_places(ground.playbook, rows, ground.customer.pk)


def _customer(ground: Ground, _: set[str]) -> dict[str, object]:
    return prefixed("customer", ground.customer.attributes)


def _facts(ground: Ground, wanted: set[str]) -> dict[str, object]:
    return fact_places(ground.facts, wanted)


def _survey(ground: Ground, wanted: set[str]) -> dict[str, object]:
    """The customer's own link; made here, so that a message that is written again carries the same one."""
    if "survey" not in wanted:
        return {}
    if ground.followup is None:
        return {"survey": _LATER["survey"]}
    made = ground.carried
    invitation = made.invitation(ground.followup) if made else survey_links.for_followup(ground.followup, ground.now)
    return {"survey": survey_links.address_of(invitation)} if invitation else {}


def _links(ground: Ground, wanted: set[str]) -> dict[str, object]:
    """The customer's own link to each page, the same for a message that is written again."""
    known = {f"link.{key}": (key, rule) for key, rule in ground.playbook.links.items()}
    asked = {name: known[name] for name in wanted & known.keys()}
    if ground.followup is None:
        return dict.fromkeys(asked, _LATER["link"])
    return {name: _address(ground, ground.followup, key, rule) for name, (key, rule) in asked.items()}


def _address(ground: Ground, followup: FollowUp, key: str, rule: LinkRule) -> str:
    made = ground.carried
    return made.address(followup, key, rule) if made else message_links.address_for(followup, key, rule, ground.now)


def _coupon(ground: Ground, key: str, wanted: set[str]) -> dict[str, object]:
    """A code of the content's coupon, the same for a message that is written again."""
    rule = ground.playbook.coupons.get(key)
    if rule is None or not wanted & COUPON_PLACES:
        return {}
    if ground.followup is None:
        return {"coupon": _LATER["coupon"], "coupon.until": shift(ground.day, rule.valid)}
    made, playbook = ground.carried, ground.playbook.playbook
    if made is None:
        given = coupons.give(playbook, key, rule, ground.followup, ground.customer, ground.now)
    else:
        given = made.coupon(playbook, key, rule, ground.followup)
    return {"coupon": given.code, "coupon.until": given.until}


_SOURCES: tuple[Callable[[Ground, set[str]], dict[str, object]], ...] = (
    _people,
    _days,
    _event,
    _agreement,
    _case,
    _customer,
    _facts,
    _survey,
    _links,
)


def _asks(wanted: set[str], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in wanted)
