"""Links in messages: made with the message, found by their token, followed by a button.

Mail servers and virus scanners fetch every address in a mail. So a GET writes nothing and leads nowhere; only the button on the page
counts, once, and leads to the address that the playbook says and to no other.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import FollowUp, MessageLink
from huifang.app.services import audit
from huifang.app.services.survey_links import hash_of
from huifang.domain.spans import shift
from huifang.playbooks.schema import LinkRule


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a link stands: its row, and the playbook's rule; `open` until its last day is over, `used` where it has led on often enough."""

    row: MessageLink
    rule: LinkRule
    open: bool
    used: bool


def address_for(followup: FollowUp, key: str, rule: LinkRule, now: datetime) -> str:
    """The link of a follow-up to one page, made where it is missing; empty where the installation has no address for customers."""
    if not settings.HUIFANG.public_url:
        return ""
    made = new(followup, key, rule, now)
    defaults = {"token": made.token, "token_hash": made.token_hash, "until": made.until}
    row, _ = MessageLink.objects.get_or_create(followup=followup, link=key, defaults=defaults)
    return address_of(row)


def new(followup: FollowUp, key: str, rule: LinkRule, now: datetime) -> MessageLink:
    """A link that is not written yet."""
    token = secrets.token_urlsafe(24)
    return MessageLink(followup=followup, link=key, token=token, token_hash=hash_of(token), until=shift(business_day(now), rule.open_for))


def address_of(link: MessageLink) -> str:
    """The link as it is sent."""
    return f"{settings.HUIFANG.public_url}/l/{link.token}/"


def find(token: str, now: datetime) -> Standing | None:
    """The link of a token; None for one that was never made. Writes nothing. One query, and one where the version was not read before."""
    rows = MessageLink.objects.select_related("followup__customer", "followup__branch", "followup__playbook_version")
    row = rows.filter(token_hash=hash_of(token)).first()
    if row is None:
        return None
    rule = playbook_of(row.followup.playbook_version).links[row.link]
    return Standing(row, rule, row.until >= business_day(now), rule.uses is not None and row.used >= rule.uses)


def click(link: Standing, now: datetime) -> bool:
    """The customer pressed the button; whether the link leads on. The first time counts; said again, only what is left of its uses does.

    Of two presses at the same moment no more lead on than the rule says.
    """
    mine = MessageLink.objects.filter(pk=link.row.pk)
    with transaction.atomic():
        if link.rule.uses is not None and not mine.filter(used__lt=link.rule.uses).update(used=F("used") + 1):
            return False
        if mine.filter(clicked_at=None).update(clicked_at=now):
            audit.write(None, "link.clicked", f"followup:{link.row.followup_id}", link=link.row.link)
    return True
