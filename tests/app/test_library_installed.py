"""Every playbook of the library, put in force in an empty installation: its work is planned, shown, done and printed.

The people are those of `tests/engine/test_library_businesses` who meet a programme that somebody carries out; here they are entered as
customers with their events, agreements and requests. Nobody is drawn to be left alone for comparison: no story could tell the draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from huifang.app import business_clock
from huifang.app.business_time import business_day, business_moment
from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.queries.register_line import Period
from huifang.app.queries.registers import Sheet, period_of, sheet
from huifang.app.records.models import (
    Agreement,
    Answer,
    Attempt,
    Branch,
    Case,
    Consent,
    ContactPoint,
    Customer,
    Event,
    FollowUp,
    Occurrence,
    Promise,
    Record,
    Request,
    Staff,
)
from huifang.app.services import audit, gate
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.contact import Channel
from huifang.domain.contact_facts import SENSITIVE
from huifang.playbooks import library
from huifang.playbooks.answering import bounds
from huifang.playbooks.loader import loads
from huifang.playbooks.schema import Playbook, Question, Questionnaire, Register
from tests.app.messages import EVERYBODY
from tests.engine.test_library_businesses import BUSINESSES, Row, Somebody

PEOPLE = frozenset({Channel.PHONE, Channel.VISIT})
ENTERED = frozenset({"customers", "events", "agreements", "requests"})
"""What a story may tell to be entered here; the others need contacts that were made before, or leave out some ways."""
LONG_AGO = date(2020, 1, 1)
WORDS = "师傅讲得很清楚"


def of_a_day(name: str, book: Playbook) -> tuple[date, list[Somebody]]:
    """The first story of each programme that people carry out, all of the day on which the first of them is."""
    found: dict[str, Somebody] = {}
    for one in BUSINESSES[name]:
        by_people = all(set(book.programmes[key].through[:1]) <= PEOPLE for key in one.gets)
        if one.gets and not one.missed and by_people and {table for table, _ in one.rows} <= ENTERED:
            found.setdefault(one.gets[0], one)
    day = next(iter(found.values())).day
    return date.fromisoformat(day), [one for one in found.values() if one.day == day]


def enter(book: Playbook, people: Iterable[Somebody], branch: Branch, agent: Staff) -> None:
    """The customers of these stories, whom the agent looks after; they take everything there is."""
    for number, somebody in enumerate(people, 1):
        own = _own(somebody.rows)
        about = {name: own.pop(name) for name in ("kind", "status", "birthday", "first_seen") if name in own}
        kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in own.items()}
        name = f"客户{number:02}"
        who = Customer.objects.create(
            code=f"K{number:02}", name=name, name_index=name_index(name), branch=branch, owner=agent,
            attributes=kept, **{"kind": book.subjects[0], **about},
        )  # fmt: skip
        phone, mail = f"+86138000000{number:02}", f"k{number}@example.com"
        values = {"phone": phone, "email": mail, "wecom": f"wx{number}", "address": f"桂园路{number}号"}
        for kind, value in values.items():
            ContactPoint.objects.create(
                customer=who, kind=kind, value=value, value_index=value_index(value), tail_index=tail_index(value), primary=True,
                mobile=kind == "phone",
            )  # fmt: skip
        for purpose in ("marketing", SENSITIVE):
            Consent.objects.create(
                customer=who, purpose=purpose, allowed=True, at=business_moment(LONG_AGO, time(9)), road="agent", proof="签字的同意书"
            )  # fmt: skip
        for place, (table, row) in enumerate(somebody.rows):
            _enter_row(book, who, agent, f"{number}-{place}", table, row)


def _own(rows: Iterable[Row]) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for table, row in rows:
        own |= row if table == "customers" else {}
    return own


def _enter_row(book: Playbook, who: Customer, agent: Staff, code: str, table: str, row: dict[str, Any]) -> None:
    match table:
        case "events":
            more = {name: value for name, value in row.items() if name not in ("kind", "day", "amount", "at")}
            said = {name: f"{one.title.zh}一" for name, one in book.events[row["kind"]].attributes.items() if one.type == "text"}
            at = datetime.fromisoformat(f"{row['at'].isoformat()}+00:00") if row["at"] else business_moment(row["day"], time(8))
            kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in {**said, **more}.items()}
            Event.objects.create(
                customer=who, kind=row["kind"], code=code, at=at, day=row["day"], amount=row["amount"], branch=who.branch, staff=agent,
                attributes=kept,
            )  # fmt: skip
        case "agreements":
            starts = row["ends"] - timedelta(days=365)
            Agreement.objects.create(customer=who, kind=row["kind"], code=code, starts=starts, ends=row["ends"], status=row["status"])
        case "requests":
            Request.objects.create(customer=who, playbook=book.playbook, programme=row["programme"], day=row["day"], source="test")
        case _:
            pass


def good(questionnaire: Questionnaire, day: date) -> dict[str, object]:
    """An answer to every question, the best there is; what needs a pen or a file is left out."""
    return {one.key: _best(one, day) for one in questionnaire.questions if one.type not in ("signature", "file")}


def _best(question: Question, day: date) -> object:
    match question.type:
        case "single":
            return max(question.options, key=lambda key: question.scores.get(key, 0.0))
        case "multiple":
            return [next(iter(question.options))]
        case "yes-no":
            return True
        case "number":
            return 3
        case "date":
            return day + timedelta(days=30)
        case "text":
            return "都很好"
        case "matrix":
            return {key: bounds(question)[1] for key in question.rows}
        case _:
            return bounds(question)[1]


def shown(client: Client, staff: Staff, followup: FollowUp, book: Playbook, language: str) -> None:
    """The page has the programme's script, filled in, and its questions, in the person's language."""
    Staff.objects.filter(pk=staff.pk).update(language=language)
    page = client.get(f"/today/{followup.pk}/")
    text, work = page.content.decode(), page.context["work"]
    programme = book.programmes[followup.programme]
    script = book.scripts[programme.script or ""]
    assert [step.title for step in work.steps] == [step.title.say(language) for step in script.steps]
    said = [each.say for step in work.steps for each in (step, *step.branches) if each.say]
    assert said
    assert [one for one in said if "{" in one or escape(one) not in text] == []
    if programme.ask:
        asked = book.questionnaires[programme.ask].questions
        always = [escape(question.ask.say(language)) for question in asked if question.if_ is None]
        assert [one for one in always if one not in text] == []
    assert work.state == "mine"


def names(found: Sheet) -> list[str]:
    """Whom the rows of a register are of."""
    place = next(place for place, column in enumerate(found.columns) if column.value == "customer.name")
    return sorted(str(row.cells[place]) for row in found.rows)


def expected(book: Playbook, register: Register, period: Period) -> list[str]:
    """Whom a register is to hold: everybody once for a book of customers, else a row for each cause or case.

    Who was promised another contact stands in the plan of that day.
    """
    if register.rows == "customers":
        return sorted(one.name for one in Customer.objects.all())
    if register.rows == "cases":
        return sorted(one.customer.name for one in Case.objects.select_related("customer"))
    programmes = register.programmes or tuple(book.programmes)
    rows = Occurrence.objects.filter(programme__in=programmes).select_related("customer")
    if register.rows == "planned":
        elsewhere = Promise.objects.filter(open=True).exclude(day__range=(period.first, period.last))
        rows = rows.exclude(pk__in=elsewhere.values("occurrence"))
    done = set(Attempt.objects.values_list("followup_id", flat=True))
    return sorted(one.customer.name for one in rows if register.rows != "done" or one.followup_id in done)


@pytest.mark.django_db
@pytest.mark.parametrize("name", library.names())
def test_a_playbook_runs_in_an_empty_installation(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = re.sub(r"\n    hold out: .*", "", library.text(name))
    book = loads(text, f"{name}.yaml").playbook
    day, people = of_a_day(name, book)
    now = business_moment(day, time(10, 20))
    monkeypatch.setattr(business_clock, "now", lambda: now)
    branch = Branch.objects.create(code="LX", name="澜溪店")
    agent, supervisor = (
        Staff.objects.create(code=code, name=shown_as, sign_in_name=code, role=role, branch=branch, capacity=capacity)
        for code, shown_as, role, capacity in (("A1", "陈晓", "agent", 100), ("S1", "周敏", "supervisor", 0))
    )
    version = activate(None, add_version(None, text, f"{name}.yaml", now), now, EVERYBODY)
    assert version.state == "active"
    enter(book, people, branch, agent)

    run = plan_day(day, now)
    assert run.state == "done", run.counts
    work = list(FollowUp.objects.select_related("customer").order_by("customer__code"))
    decided = list(Occurrence.objects.values_list("customer__code", "programme", "rule"))
    assert [one.customer.code for one in work] == [f"K{number:02}" for number, _ in enumerate(people, 1)], decided
    for followup, somebody in zip(work, people, strict=True):
        behind = set(followup.occurrences.values_list("programme", flat=True))
        assert (behind, followup.staff, business_day(followup.opens_at)) == (set(somebody.gets), agent, day), somebody.story

    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    for followup, somebody in zip(work, people, strict=True):
        moment = max(now, followup.opens_at)
        monkeypatch.setattr(business_clock, "now", lambda moment=moment: moment)
        assert client.post(f"/today/{followup.pk}/take/").status_code in (200, 302)
        followup.refresh_from_db()
        for language in ("zh-hans", "en"):
            shown(client, agent, followup, book, language)
        together = (book.programmes[key].ask for key in somebody.gets)
        answers = {key: answer for ask in together if ask for key, answer in good(book.questionnaires[ask], day).items()}
        gate.allow(agent, followup.pk, followup.fence, followup.channel, None, moment)
        save(agent, followup.pk, followup.fence, RecordForm("completed", answers=answers, words=WORDS), moment)
        record = Record.objects.get(followup=followup)
        assert (record.words, Answer.objects.filter(record=record).exists()) == (WORDS, bool(answers))

    assert book.registers
    for key, register in book.registers.items():
        period = period_of(register, day)
        found = sheet(supervisor, book, key, period, "zh-hans")
        assert found.title == register.title.zh
        assert names(found) == expected(book, register, period), key
    assert audit.faults() == []
