"""What several messages carry that is made for each of them: links, questionnaires' links, coupon codes.

For messages that are made ready together. What is there already is read once for all of them, what is missing is written once, by `write`.
The caller has their follow-ups in hand and their customers locked: nobody else makes the same meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Q

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Coupon, CouponPool, FollowUp, MessageLink, SurveyInvitation
from huifang.app.services import coupons, message_links, survey_links
from huifang.playbooks.schema import CouponRule, LinkRule


class Carried:
    """Of these follow-ups, at the moment `now`."""

    def __init__(self, followups: Sequence[FollowUp], now: datetime) -> None:
        self._followups, self._now = [each.pk for each in followups], now
        self._customers = [each.customer_id for each in followups]
        self._pools: dict[tuple[str, str], CouponPool] = {}
        self._terms: dict[tuple[int, str], survey_links.Terms] = {}
        self._new_links: list[MessageLink] = []
        self._new_invitations: list[SurveyInvitation] = []
        self._new_codes: list[Coupon] = []

    def write(self) -> None:
        """Keep what was made. A query for each kind of which something was."""
        MessageLink.objects.bulk_create(self._new_links)
        SurveyInvitation.objects.bulk_create(self._new_invitations)
        Coupon.objects.bulk_create(self._new_codes)

    def address(self, followup: FollowUp, key: str, rule: LinkRule) -> str:
        """As `message_links.address_for`."""
        if not settings.HUIFANG.public_url:
            return ""
        row = self._links.get((followup.pk, key))
        if row is None:
            row = self._links[followup.pk, key] = message_links.new(followup, key, rule, self._now)
            self._new_links.append(row)
        return message_links.address_of(row)

    def invitation(self, followup: FollowUp) -> SurveyInvitation | None:
        """As `survey_links.for_followup`."""
        version = followup.playbook_version
        key = playbook_of(version).programmes[followup.programme].ask
        if key is None:
            return None
        row = self._invitations.get(followup.pk)
        if row is None:
            if (version.pk, key) not in self._terms:
                self._terms[version.pk, key] = survey_links.terms_of(playbook_of(version), key, self._now)
            row = self._invitations[followup.pk] = survey_links.new(followup, self._terms[version.pk, key])
            self._new_invitations.append(row)
        return row

    def coupon(self, playbook: str, key: str, rule: CouponRule, followup: FollowUp) -> Coupon:
        """As `coupons.give`. Codes that are made are written together, those that were brought in taken one by one. Raises `NoneLeft`."""
        if (playbook, key) not in self._pools:
            self._pools[playbook, key] = coupons.pool_of(playbook, key)
        pool = self._pools[playbook, key]
        given = self._codes.get((pool.pk, followup.pk))
        if given is not None:
            return given
        if (pool.pk, followup.customer_id) in self._waiting:
            return coupons.give(playbook, key, rule, followup, followup.customer, self._now)
        if rule.codes != "made":
            return coupons.fresh(pool, rule, followup, followup.customer, self._now)
        made = coupons.made(pool, rule, followup, self._now)
        self._new_codes.append(made)
        return made

    @cached_property
    def _links(self) -> dict[tuple[int, str], MessageLink]:
        return {(row.followup_id, row.link): row for row in MessageLink.objects.filter(followup__in=self._followups)}

    @cached_property
    def _invitations(self) -> dict[int | None, SurveyInvitation]:
        mine = Q(followup__in=self._followups) | Q(reminder__in=self._followups)
        rows = list(SurveyInvitation.objects.filter(mine).order_by("-pk"))
        return {row.followup_id: row for row in rows} | {row.reminder_id: row for row in rows}

    @cached_property
    def _codes(self) -> dict[tuple[int, int | None], Coupon]:
        return {(row.pool_id, row.followup_id): row for row in Coupon.objects.filter(followup__in=self._followups)}

    @cached_property
    def _waiting(self) -> set[tuple[int, int | None]]:
        """Pools and customers where a code waits whose message was never tried."""
        return set(coupons.never_tried().filter(customer__in=self._customers).values_list("pool", "customer"))
