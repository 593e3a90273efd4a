"""What an answer leads to, as the programme says: a case, another programme, a callback, somebody told."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, MutableMapping

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.asking_together import own_scores, programmes_of
from huifang.app.queries.contact_facts import calendar_name, clock_of
from huifang.app.queries.customer_facts import Values
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Record, Request
from huifang.app.services import case_revisits, cases
from huifang.app.services.after_contact import Contact, promise
from huifang.app.services.answers import Answered
from huifang.app.services.notices import people_of, tell
from huifang.domain.calendars import later
from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.playbooks.answering import reactions
from huifang.playbooks.schema import EVENT_STAFF, Programme, Reaction


def run(
    contact: Contact,
    record: Record,
    answers: Answered | None,
    attitude: str,
    feedback: str | None,
    done: Collection[str] | None = None,
    *,
    changed: bool = True,
) -> tuple[str, ...]:
    """Carry out every reaction of the programmes whose condition holds over the record; numbers of the cases opened.

    Of a record that is corrected: but those that are `done`, and no second case of a kind; `changed`: whether what a case asks about again
    has another answer now.
    """
    holds = holding(contact, record, answers, attitude, feedback)
    fresh = [reaction for key, reaction in holds.items() if key not in (done or ())]
    for reaction in fresh:
        if reaction.follow_up:
            request(contact, record, reaction.follow_up)
        if reaction.call_back:
            _call_back(contact, record, reaction.call_back)
        if reaction.tell:
            _tell(contact, record, reaction)
    again = _asked_again(contact, record, {each.open_case for each in holds.values() if each.open_case}) if changed else ()
    kinds = dict.fromkeys(reaction.open_case for reaction in fresh if reaction.open_case)
    there = set(record.cases.values_list("kind", flat=True)) if done is not None else set()
    return (*again, *(_open_case(contact, record, kind) for kind in kinds if not again and kind not in there))


def holding(contact: Contact, record: Record, answers: Answered | None, attitude: str, feedback: str | None) -> dict[str, Reaction]:
    """The reactions whose condition holds over a record, each once, by programme and place in it (``day-after:0``).

    The scores that a bundled programme's conditions speak of are those of its own questions.
    """
    values = {
        **(answers.values if answers else {}), "min_score": record.min_score, "mean_score": record.mean_score,
        "satisfied": record.satisfied, "feedback": feedback, "attitude": attitude or None, "outcome": contact.outcome.code,
    }  # fmt: skip
    day = business_day(contact.now)
    found: dict[str, Reaction] = {}
    for key in programmes_of(contact.followup, contact.playbook, contact.behind):
        programme = contact.playbook.programmes[key]
        known = ChainMap(_scores(contact, programme, answers), values, _known_beside(contact))
        for each in reactions(programme, known, day):
            if each not in found.values():
                found[f"{key}:{programme.on_answer.index(each)}"] = each
    return found


def _asked_again(contact: Contact, record: Record, kinds: set[str]) -> tuple[str, ...]:
    """The number of the case this contact asked about again, where its answer has reopened it; no second case is opened then."""
    asking = {kind.revisit for kind in contact.playbook.cases.values()} & set(
        programmes_of(contact.followup, contact.playbook, contact.behind)
    )
    case = case_revisits.case_behind(contact.followup) if contact.outcome.reached and asking else None
    if case is None:
        return ()
    unhappy = record.satisfied is False or bool(kinds)
    return (case.number,) if case_revisits.heard(contact.by, case, record, contact.now, unhappy=unhappy) else ()


def _scores(contact: Contact, programme: Programme, answers: Answered | None) -> dict[str, object]:
    if answers is None or not programme.ask or programme.ask == contact.programme.ask:
        return {}
    own = own_scores(contact.playbook.questionnaires[programme.ask], answers.given, business_day(contact.now))
    return {"min_score": own.min_score, "mean_score": own.mean_score, "satisfied": own.satisfied}


def _known_beside(contact: Contact) -> MutableMapping[str, object]:
    """The event's attributes and the customer's facts as they are now, for a condition that names what the record itself does not say."""
    leading = next((row for row in contact.behind if row["programme"] == contact.followup.programme), None)
    now = CustomerRows(contact.customer)
    facts = Values(contact.playbook, now, business_day(contact.now))
    return ChainMap((leading and leading["event__attributes"]) or {}, facts)  # type: ignore[arg-type]  # nothing is written to it


def request(contact: Contact, record: Record, programme: str) -> None:
    """Ask another programme of the playbook for this customer; once a record."""
    Request.objects.get_or_create(
        customer=contact.customer, programme=programme, source=f"record:{record.pk}",
        defaults={"playbook": contact.playbook.playbook, "day": business_day(contact.now)},
    )  # fmt: skip


def _call_back(contact: Contact, record: Record, wait: Span) -> None:
    calendar = working_calendar(calendar_name(contact.customer, contact.playbook), business_day(contact.now))
    zone = clock_of(contact.customer, contact.playbook)
    record.next_at = later(contact.now, wait, zone, calendar)
    record.save(update_fields=["next_at"])
    promise(record.staff, contact.followup, record.next_at, contact.now)


def _open_case(contact: Contact, record: Record, kind: str) -> str:
    title = record.words.strip()[:200] or contact.playbook.cases[kind].title.zh
    version = record.playbook_version
    return cases.open_case(contact.by, contact.customer, kind, title, contact.now, record=record, version=version).number


def _tell(contact: Contact, record: Record, reaction: Reaction) -> None:
    title = contact.programme.title
    words = Words(f"“{title.zh}”的一次回访需要您留意。", f"A follow-up of “{title.en}” needs your attention.")
    people = people_of(contact.followup.branch, [role for role in reaction.tell if role != EVENT_STAFF])
    if EVENT_STAFF in reaction.tell and record.handler is not None:
        people.append(record.handler)
    tell(people, words, f"record:{record.pk}", contact.now)
