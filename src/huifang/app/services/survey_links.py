"""Links to questionnaires: made, found by their token, closed. A token has 192 random bits; only its hash is looked up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from huifang.app.access import SEE_SURVEYS, WORK, branches_for, customers_for, links_for, require
from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.playbooks import InForce, in_force, playbook_of
from huifang.app.records.models import Customer, FollowUp, PlaybookVersion, Staff, Survey, SurveyInvitation
from huifang.app.services import audit
from huifang.app.services.survey_promises import survey_of
from huifang.domain.calendars import later
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Questionnaire

Kind = SurveyInvitation.Kind
_TABLET_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a link stands. `state`: open, answered, expired or closed; `version` None where no version asks it any more."""

    invitation: SurveyInvitation
    survey: Survey
    state: str
    version: PlaybookVersion | None
    playbook: Playbook | None

    @property
    def questionnaire(self) -> Questionnaire:
        """What is asked; only where there is a version."""
        assert self.playbook is not None  # noqa: S101 - asked only of an open link
        return self.playbook.questionnaires[self.survey.questionnaire]

    @property
    def nameless(self) -> bool:
        """Nothing that leads to a person is kept beside the answers."""
        return self.survey.anonymous or self.invitation.customer_id is None


@dataclass(frozen=True, slots=True)
class Terms:
    """What personal links have in common: the survey, and when they end."""

    survey: Survey
    expires_at: datetime


def hash_of(token: str) -> str:
    """What a token is found by."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def address_of(invitation: SurveyInvitation) -> str:
    """The link as it is sent or shown as a code; empty where the installation has no address for customers."""
    return f"{settings.HUIFANG.public_url}/s/{invitation.token}/" if settings.HUIFANG.public_url else ""


def find(token: str, now: datetime) -> Standing | None:
    """The link of a token, whatever its state; None for one that was never made. Three queries at most."""
    found = SurveyInvitation.objects.select_related("survey", "playbook_version").filter(token_hash=hash_of(token)).first()
    return standing(found, now) if found else None


def standing(invitation: SurveyInvitation, now: datetime, version: PlaybookVersion | None = None) -> Standing:
    """Where a link stands at `now`. A form that was begun under an earlier `version` goes on with it."""
    survey = invitation.survey
    used = version or invitation.playbook_version or _version_in_force(survey)
    playbook = playbook_of(used) if used else None
    if playbook is not None and survey.questionnaire not in playbook.questionnaires:
        used = playbook = None
    state = invitation.state
    if state == SurveyInvitation.State.OPEN:
        state = "expired" if invitation.expires_at <= now else "open" if survey.open and used else "closed"
    return Standing(invitation, survey, state, used, playbook)


def for_followup(followup: FollowUp, now: datetime) -> SurveyInvitation | None:
    """The personal link that a follow-up's message carries, made where it is missing; None where its programme asks nothing."""
    playbook = playbook_of(followup.playbook_version)
    key = playbook.programmes[followup.programme].ask
    if key is None:
        return None
    known = SurveyInvitation.objects.filter(Q(followup=followup) | Q(reminder=followup)).first()
    return known or _made(playbook, followup.playbook_version, key, followup.programme, followup.customer, now, followup=followup)


def terms_of(playbook: Playbook, key: str, now: datetime) -> Terms:
    """What all personal links to a questionnaire that are made at `now` have in common. Two queries."""
    questionnaire = playbook.questionnaires[key]
    return Terms(survey_of(playbook.playbook, key, questionnaire), _ends(questionnaire, playbook, now))


def new(followup: FollowUp, terms: Terms) -> SurveyInvitation:
    """The personal link of a follow-up's message, not written yet."""
    made = _personal(terms, followup.playbook_version, followup.programme, followup.customer)
    made.followup = followup
    return made


def hand_out(
    by: Staff, playbook_key: str, key: str, kind: str, now: datetime, *, customer_code: str = "", branch_id: int | None = None
) -> SurveyInvitation:
    """A link that a member of staff gives away: for one customer (by code), for anybody, or for a device that is handed over.

    A device's link ends after twelve hours. Raises `Invalid` where there is no such questionnaire or customer.
    """
    require(by, WORK)
    require(by, SEE_SURVEYS)
    active = _asking(playbook_key, key)
    customer = customers_for(by).filter(code=customer_code).first() if customer_code else None
    if customer_code and customer is None:
        raise Invalid(
            Problem(
                "survey.customer",
                Words("没有这个客户编号。", "There is no customer of this code."),
                Words("请核对编号。", "Check the code."),
            )
        )
    branch = branches_for(by).filter(pk=branch_id).first() if branch_id else by.branch
    if branch_id and branch is None:
        raise NotAllowed(
            Problem("survey.branch", Words("没有这家门店。", "There is no such branch."), Words("请重新选择。", "Choose another."))
        )
    programme = next((name for name, one in active.playbook.programmes.items() if one.ask == key), "")
    with transaction.atomic():
        if kind == Kind.PERSONAL and customer is not None and programme:
            made = _made(active.playbook, active.version, key, programme, customer, now, by=by)
        else:
            made = _anybody(active, key, Kind.TABLET if kind == Kind.TABLET else Kind.OPEN, by, now)
            made.branch = branch
            made.save(update_fields=["branch"])
        audit.write(by, "survey.link-made", f"survey:{made.survey_id}", kind=made.kind, link=made.pk)
    return made


def close(by: Staff, invitation_id: int, now: datetime) -> None:  # noqa: ARG001
    """Close an open link; what is half answered can no longer be sent off."""
    require(by, WORK)
    with transaction.atomic():
        held = links_for(by).filter(pk=invitation_id, state=SurveyInvitation.State.OPEN)
        if not held.update(state=SurveyInvitation.State.CLOSED):
            raise NotAllowed(
                Problem(
                    "survey.link", Words("没有这个可用的链接。", "There is no such open link."), Words("请刷新页面。", "Reload the page.")
                )
            )
        audit.write(by, "survey.link-closed", f"link:{invitation_id}")


def _asking(playbook_key: str, key: str) -> InForce:
    for active in in_force():
        if active.version.playbook == playbook_key and key in active.playbook.questionnaires:
            return active
    raise Invalid(
        Problem(
            "survey.unknown",
            Words("在用的方案里没有这份问卷。", "No playbook in force has this questionnaire."),
            Words("请从列表里选择。", "Choose one from the list."),
        )
    )


def _version_in_force(survey: Survey) -> PlaybookVersion | None:
    return PlaybookVersion.objects.filter(playbook=survey.playbook, state=PlaybookVersion.State.ACTIVE).first()


def _made(
    playbook: Playbook, version: PlaybookVersion, key: str, programme: str, customer: Customer, now: datetime,
    *, followup: FollowUp | None = None, by: Staff | None = None,
) -> SurveyInvitation:  # fmt: skip
    made = _personal(terms_of(playbook, key, now), version, programme, customer)
    made.followup, made.made_by = followup, by
    made.save()
    return made


def _personal(terms: Terms, version: PlaybookVersion, programme: str, customer: Customer) -> SurveyInvitation:
    token = secrets.token_urlsafe(24)
    return SurveyInvitation(
        survey=terms.survey, kind=Kind.PERSONAL, token=token, token_hash=hash_of(token), playbook_version=version, programme=programme,
        customer=customer, branch_id=customer.branch_id, expires_at=terms.expires_at,
    )  # fmt: skip


def _anybody(active: InForce, key: str, kind: str, by: Staff, now: datetime) -> SurveyInvitation:
    questionnaire, token = active.playbook.questionnaires[key], secrets.token_urlsafe(24)
    ends = now + _TABLET_FOR if kind == Kind.TABLET else _ends(questionnaire, active.playbook, now)
    return SurveyInvitation.objects.create(
        survey=survey_of(active.version.playbook, key, questionnaire),
        kind=kind,
        token=token,
        token_hash=hash_of(token),
        expires_at=ends,
        made_by=by,
    )


def _ends(questionnaire: Questionnaire, playbook: Playbook, now: datetime) -> datetime:
    calendar = working_calendar(playbook.calendar.country, business_day(now))
    return later(now, questionnaire.open_for, ZoneInfo(playbook.time_zone), calendar)
