"""Taking what a dialler says of its calls: each row becomes the attempt's outcome with the same retry rules as any call, once.

What has happened is never lost: a call after the list's time, against a rule that holds by now, or of a row that was taken back is written
down all the same, and marked as made outside the rules. The first result of a row counts; another one is refused and said.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huifang.app.access import TELL_CALLS, customers_for, dialling_rows_for, require
from huifang.app.business_time import business_day
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Attempt, DiallingRow, FollowUp, Recording, Staff
from huifang.app.services import audit, gate, recordings
from huifang.app.services.after_contact import Contact
from huifang.app.services.contact_records import RecordForm, save_told
from huifang.app.services.dialling_lists import LIVE, dialler, missing, withdraw_idle
from huifang.app.services.followups import lock_customer
from huifang.app.services.notices import SUPERVISORS, people_of, tell_once
from huifang.channels.dialler import FILE_FIELDS, setup
from huifang.domain import dialler as rules
from huifang.domain.contact import Channel
from huifang.domain.dialler import Told
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.outcomes import Outcome
from huifang.domain.words import Words

State = Literal["taken", "known", "recording"]
_MOST_WORDS = 4000
_State = DiallingRow.State


@dataclass(frozen=True, slots=True)
class Judged:
    """What would become of a result: `taken`, `known` (the same came before), or `recording` (only its recording is new)."""

    state: State
    row: DiallingRow
    outcome: Outcome
    agent: Staff | None


def judge(by: Staff, told: Told, now: datetime) -> Judged:
    """What would become of a result, without writing anything.

    Raises `Invalid` for an unknown key, outcome or colleague and for what cannot be true; `Conflict` where another result was taken.
    """
    require(by, TELL_CALLS)
    row = _row(by, told.key)
    return _judged(row, told, now)


def take(by: Staff, told: Told, now: datetime) -> State:
    """Take a result; raises as `judge` does. The same again changes nothing."""
    require(by, TELL_CALLS)
    with transaction.atomic():
        customer = lock_customer(_row(by, told.key).followup_id)
        row = DiallingRow.objects.select_for_update(of=("self",), no_key=True).get(pk=_row(by, told.key).pk)
        judged = _judged(row, told, now)
        if judged.state == "known":
            return judged.state
        if judged.state == "taken":
            _write(by, replace(judged, row=row), told, CustomerRows(customer), now)
        if told.recording and row.attempt is not None:
            recordings.keep_link(by, row.attempt, told.recording, now)
        audit.write(by, "dialler.told", f"dialling-row:{row.pk}", outcome=judged.outcome.code, outside=row.outside)
    return judged.state


def found(rows: QuerySet[DiallingRow], key: str) -> DiallingRow:
    """The row with this key among `rows`; raises `Invalid` where there is none."""
    try:
        row = rows.filter(key=UUID(key.strip())).first()
    except ValueError:
        row = None
    if row is None:
        raise missing()
    return row


def _row(by: Staff, key: str) -> DiallingRow:
    return found(dialling_rows_for(by).select_related("list", "followup__customer", "attempt"), key)


def _judged(row: DiallingRow, told: Told, now: datetime) -> Judged:
    here = dialler()
    outcome = rules.outcome_of(told, here.setup.codes if here else setup(FILE_FIELDS, {}).codes)
    rules.check(told, outcome, row.list.made_at, now)
    if told.recording:
        recordings.check_link(told.recording)
    agent = _agent(row, told)
    if not row.digest:
        return Judged("taken", row, outcome, agent)
    if row.digest != digest(told):
        raise Conflict(
            Problem(
                "dialler.another",
                Words("这一行已经有另一个结果。", "Another result of this row was taken."),
                Words("先到的算数；请核对外呼系统为何拨了两次。", "The first counts; find out why the dialler called twice."),
            )
        )
    new = bool(told.recording) and all(link != told.recording for link in _links(row))
    return Judged("recording" if new else "known", row, outcome, agent)


def digest(told: Told) -> str:
    """Of what a result says of the call; its recording may come later."""
    callback = told.callback.astimezone(UTC).isoformat() if told.callback else ""
    said = [rules.loose(told.code), told.began.astimezone(UTC).isoformat(), told.seconds, told.agent, callback, told.words]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _links(row: DiallingRow) -> list[str]:
    return [each.link for each in Recording.objects.filter(attempt=row.attempt_id)]


def _agent(row: DiallingRow, told: Told) -> Staff | None:
    """The colleague who spoke; nobody where the dialler names nobody."""
    if not told.agent:
        return None
    found = Staff.objects.filter(code=told.agent, is_active=True).first()
    if found is None or not customers_for(found).filter(pk=row.followup.customer_id).exists():
        raise Invalid(
            Problem(
                "dialler.agent",
                Words(
                    f"没有工号“{told.agent[:40]}”的同事，或这位客户不归他。", f"No colleague “{told.agent[:40]}” looks after this customer."
                ),
                Words("请填写本系统里的工号，或留空。", "Give the code that the colleague has here, or leave it empty."),
            )
        )
    return found


def _write(by: Staff, judged: Judged, told: Told, rows: CustomerRows, now: datetime) -> None:
    row = judged.row
    followup = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("playbook_version").get(pk=row.followup_id)
    followup.customer = rows.customer
    held = row.state in LIVE and (followup.state, followup.claimed_by_id, followup.fence) == (FollowUp.State.CLAIMED, None, row.fence)
    row.outside = _outside(row, followup, told, held=held)
    attempt = _attempt(row, followup, rows, told, judged.agent)
    ended = min(told.began + timedelta(seconds=told.seconds), now)
    contact = Contact(
        judged.agent, rows, followup, behind(followup.pk), playbook_of(followup.playbook_version), attempt, judged.outcome, ended
    )  # fmt: skip
    form = RecordForm(judged.outcome.code, words=told.words[:_MOST_WORDS], callback_at=told.callback, seconds=told.seconds)
    record = save_told(by, contact, form, hashlib.sha256(f"dialler|{row.key}".encode()).hexdigest(), in_hand=held)
    if held:
        withdraw_idle(followup.pk)
    row.attempt, row.state, row.digest, row.taken_at, row.words = attempt, _State.DONE, digest(told), now, {}
    row.save(update_fields=["attempt", "state", "digest", "taken_at", "words", "outside"])
    if row.outside:
        audit.write(by, "contact.outside", f"record:{record.pk}", rule=row.outside, attempt=attempt.pk)
        said = Words("外呼系统在规则之外拨打了电话，请核实。", "The dialler made a call outside the rules: please look.")
        tell_once(people_of(row.followup.branch, SUPERVISORS), said, f"dialling-list:{row.list_id}", now)


def _outside(row: DiallingRow, followup: FollowUp, told: Told, *, held: bool) -> str:
    """The rule that the call broke, asked at the moment it was made; empty where it broke none."""
    if not held:
        return "dialler.taken-back"
    if told.began > row.until + rules.SLACK:
        return "dialler.late"
    refused = gate.refusal_of_call(followup, row.attempt, told.began)
    return refused.rule if refused is not None else ""


def _attempt(row: DiallingRow, followup: FollowUp, rows: CustomerRows, told: Told, agent: Staff | None) -> Attempt:
    """The attempt that was written at the hand-over, now at the moment of the call; a new one where it was taken back meanwhile."""
    attempt = row.attempt or Attempt(
        ticket=row.key, key=hashlib.sha256(f"dialler|{row.key}".encode()).hexdigest(), followup=followup, customer=rows.customer,
        channel=Channel.PHONE.value, purpose=followup.purpose, programme=followup.programme, branch_id=followup.branch_id,
    )  # fmt: skip
    attempt.staff, attempt.at, attempt.day = agent, told.began, business_day(told.began)
    attempt.save()
    return attempt
