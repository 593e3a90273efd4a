"""澜溪市仁和医院随访中心: 15,000 patients, over a year of visits and a year of follow-up calls, on the morning
of a day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random

from huifang.demo.business import ZONE, Absence, Answer, Branch, Business, Case, Consent, Contact, Customer, Record, Request, Staff
from huifang.demo.desk import NEVER_AGAIN, Desk, Errand, Hours, in_hours
from huifang.demo.hospital_departments import BASIC, DEPARTMENTS, INPATIENT, SPECIAL
from huifang.demo.hospital_register import Visit, patient, staff, visit
from huifang.demo.hospital_words import topic, words
from huifang.demo.people import family_name
from huifang.demo.places import CITY, Numbers
from huifang.demo.workdays import Workdays
from huifang.domain.contact_facts import SENSITIVE

DAYS = 410
FOLLOWED_DAYS = 365
HOURS = Hours(((10 * 60, 120), (15 * 60, 120)), 56)
PROGRAMMES = {INPATIENT: ("inpatient", 7), SPECIAL: ("special-first", 7), BASIC: ("basic-first", 10)}
"""Programme and days after the visit, by kind of event."""
_BY_VISIT = frozenset(programme for programme, _ in PROGRAMMES.values())
_Waiting = tuple[date, str, tuple[Errand, Visit]]
"""Due day, cause, and what it is."""
_NAME = "澜溪市仁和医院"
_SCORES = {"good": (0, 1, 4, 30, 65), "slow": (1, 3, 14, 47, 35), "worse": (12, 20, 30, 28, 10)}


def hospital(as_of: date, seed: int = 1, patients: int = 15_000) -> Business:
    """The hospital on the morning of `as_of`; the same for the same arguments, row by row."""
    rng = Random(f"hospital {seed}")  # noqa: S311 - a story, not a secret
    numbers = Numbers(rng)
    business = Business("hospital", _NAME, as_of, seed)
    business.branches = [Branch("RH", _NAME, f"{CITY}湖东区湖滨大道199号", numbers.phone())]
    business.staff, doctors = staff(rng, as_of)
    agents = tuple(one.code for one in business.staff if one.role == "agent")
    visits = _visits(rng, business, doctors, numbers, agents, patients)
    business.events = [seen.event for seen in visits]
    _follow_up(rng, business, visits)
    _deaths(rng, business)
    business.absences = [Absence("SF02", as_of + timedelta(days=5), as_of + timedelta(days=6), "SF01", "外出培训")]
    stopped = {consent.customer for consent in business.consents}
    business.consents += [
        Consent(one.code, purpose, channel, True, one.first_seen, "入院或首诊时签署《随访知情同意书》")
        for one in business.customers if rng.random() < 0.93 and one.code not in stopped
        for purpose, channel in (("service", "phone"), (SENSITIVE, "any"))
    ]  # fmt: skip
    return business


def _visits(
    rng: Random,
    business: Business,
    doctors: dict[str, list[Staff]],
    numbers: Numbers,
    agents: tuple[str, ...],
    patients: int,
) -> list[Visit]:
    """First visits spread over the time, and for some inpatients a later stay; sorted by moment."""
    first_day = business.as_of - timedelta(days=DAYS)
    found: list[Visit] = []

    def come(customer: Customer, place: int, day: date) -> None:
        department = DEPARTMENTS[place]
        doctor = rng.choice(doctors[department.name])
        found.append(visit(rng, customer, department, doctor, day, len(found) + 1))

    for number in range(1, patients + 1):
        day = first_day + timedelta(days=int((number - 1) / patients * DAYS))
        customer, department = patient(rng, number, numbers, agents, day)
        business.customers.append(customer)
        place = DEPARTMENTS.index(department)
        come(customer, place, day)
        later = day + timedelta(days=int(20 + rng.expovariate(1 / 120)))
        returns = department.kind == INPATIENT and department.name != "妇产科" and rng.random() < 0.34
        if returns and later < business.as_of:
            come(customer, place, later)
    found.sort(key=lambda seen: (seen.event.at, seen.event.code))
    return found


def _follow_up(rng: Random, business: Business, visits: list[Visit]) -> None:
    as_of = business.as_of
    start = as_of - timedelta(days=FOLLOWED_DAYS)
    workdays = Workdays(start, as_of + timedelta(days=40))
    desk = Desk(rng, business, HOURS, workdays)
    register = {customer.code: customer for customer in business.customers}
    waiting: list[_Waiting] = []
    for seen in visits:
        programme, wait = PROGRAMMES[seen.event.kind]
        due = seen.event.at.date() + timedelta(days=wait)
        if start <= due < as_of:
            heappush(waiting, _errand(programme, due, seen.event.code, register[seen.event.customer], seen))
    silent: set[str] = set()
    while waiting:
        errand, seen = heappop(waiting)[-1]
        if errand.customer in silent:
            desk.close(errand, "suppressed.opted-out")
            continue
        contact = desk.pursue(errand)
        if contact and contact.outcome == NEVER_AGAIN:
            silent.add(errand.customer)
            business.consents.append(Consent(errand.customer, "any", "any", False, contact.at.date(), "患者要求不再随访"))
        elif contact:
            asked = _tell(rng, business, contact, seen, register[errand.customer])
            if asked is not None:
                business.requests.append(asked)
                due = asked.day + timedelta(days=3) if asked.programme == "once-more" else workdays.later(asked.day, 2)
                if due < as_of:
                    heappush(waiting, _errand(asked.programme, due, asked.code, register[errand.customer], seen))
    business.contacts.sort(key=lambda contact: (contact.at, contact.code))


def _errand(programme: str, due: date, cause: str, customer: Customer, seen: Visit) -> _Waiting:
    usable = any(phone.usable for phone in customer.phones)
    event = seen.event.code if programme in _BY_VISIT else ""
    errand = Errand(due, programme, customer.code, cause, event, "service", customer.owner, 10, usable)
    return due, cause, (errand, seen)


def _tell(rng: Random, business: Business, contact: Contact, seen: Visit, customer: Customer) -> Request | None:
    """Answers, words and, where it is needed, the case for the attending doctor; the further call that is asked for."""
    again = contact.programme not in _BY_VISIT
    recovery = rng.choices(("good", "slow", "worse"), (92, 8, 0) if again else (76, 21, 3))[0]
    service = rng.choices((1, 2, 3, 4, 5), (0, 0, 10, 45, 45) if again else _SCORES[recovery])[0]
    recommend = min(max(service * 2 + rng.choice((-2, -1, 0, 0, 0)), 0), 10)
    taken = rng.random() < (0.94 if recovery == "good" else 0.82)
    feedback = _feedback(rng, service)
    said = ""
    if feedback or recovery != "good" or rng.random() < 0.4:
        said = words(
            rng, _group(seen), recovery, feedback, _called(rng, customer), ward=seen.event.kind == INPATIENT,
            doctor=family_name(seen.doctor), department=seen.department.name,
        )  # fmt: skip
    record, day = "H" + contact.code[1:], contact.at.date()
    points = {"good": 3.0, "slow": 2.0, "worse": 1.0}[recovery]
    for question, score, value in (
        ("recovery", points, recovery), ("medication", float(taken), "yes" if taken else "no"), ("service",
        float(service), str(service)),
        ("would_recommend", float(recommend), str(recommend)), ("words", None, said),
    ):  # fmt: skip
        if value:
            business.answers.append(Answer(record, contact.customer, contact.programme, question, day, score, value))
    trouble = recovery == "worse" or feedback == "complaint" or service <= 2
    step = "转主管医生回电" if recovery == "worse" else ("转随访中心主任处理" if trouble else ("" if taken else "嘱按时服药，三天后再访"))
    next_day = day + timedelta(days=3) if not taken and not trouble else None
    business.records.append(
        Record(
            record, contact.code, contact.customer, contact.programme, contact.cause, contact.event, contact.at,
            contact.staff,
            service >= 3, said, feedback,
            topic(said) if feedback else "", step, next_day,
        )
    )  # fmt: skip
    if trouble:
        case = _open_case(rng, business, contact, seen, "medical" if recovery == "worse" else "dissatisfied", said)
        if case.closed is None or again:
            return None
        return Request("Q" + case.code[2:], customer.code, "after-case", case.closed.date(), f"case:{case.code}")
    return None if taken or again else Request("Q" + record[1:], customer.code, "once-more", day, f"record:{record}")


def _group(seen: Visit) -> str:
    surgical = seen.event.attributes["surgery"] is True and seen.department.group != "birth"
    return "operation" if surgical else seen.department.group


def _called(rng: Random, customer: Customer) -> str:
    """What the one who answers the telephone calls the patient."""
    whose = customer.phones[0].whose
    if whose in {"母亲", "父亲"}:
        return rng.choice(("孩子", "小孩", "宝宝", ""))
    if whose in {"儿子", "女儿"}:
        return rng.choice(("我妈", "老太太", "老人") if customer.gender == "女" else ("我爸", "老爷子", "老人"))
    return "老人" if whose else ""


def _feedback(rng: Random, service: int) -> str:
    chance = rng.random()
    if service <= 2:
        return "complaint" if chance < 0.75 else ""
    if service == 3:
        return "suggestion" if chance < 0.5 else ""
    return "praise" if chance < 0.26 else ("suggestion" if chance < 0.34 else "")


_CAUSES = {
    "科室主任致电致歉，家属接受": "attitude", "核对费用并退还多收部分": "charges", "护理部已谈话整改并回复患者": "communication",
    "协助预约复诊号，患者满意": "waiting",
}  # fmt: skip
"""The cause that a solution speaks of."""


def _open_case(rng: Random, business: Business, contact: Contact, seen: Visit, kind: str, said: str) -> Case:
    morning = datetime(business.as_of.year, business.as_of.month, business.as_of.day, tzinfo=ZONE)
    opened = contact.at + timedelta(minutes=4)
    answered = in_hours(opened + timedelta(minutes=rng.randint(10, 110)))
    days = timedelta(days=rng.randint(1, 5))
    closed = datetime(opened.year, opened.month, opened.day, 9, tzinfo=ZONE) + days + timedelta(minutes=rng.randint(0, 480))
    closed = max(closed, answered + timedelta(minutes=25))
    done = closed < morning
    medical = (
        "主管医生回电，调整用药后缓解",
        "安排次日门诊复查，已处理",
        "指导换药和观察，三天后好转",
        "收住院进一步检查",
    )
    service = (
        "科室主任致电致歉，家属接受",
        "核对费用并退还多收部分",
        "护理部已谈话整改并回复患者",
        "协助预约复诊号，患者满意",
    )
    owner = seen.event.staff if kind == "medical" else "ZR01"
    case = Case(
            f"TS{contact.code[1:]}", contact.customer, kind, "H" + contact.code[1:], contact.event, opened,
            answered if answered < morning else None, closed if done else None, owner,
            said or "患者评分在 2 分以下，未说明原因",
            rng.choice(medical if kind == "medical" else service) if done else "", rng.choices((3, 4, 5), (15, 50,
            35))[0] if done else None,
        )  # fmt: skip
    case = replace(case, cause="treatment.condition" if kind == "medical" else _CAUSES.get(case.solution, "other"))
    business.cases.append(case)
    return case


def _deaths(rng: Random, business: Business) -> None:
    """Old patients not seen for long, of whom the hospital has heard that they have died."""
    latest = {event.customer: event.at.date() for event in business.events}
    limit = business.as_of - timedelta(days=60)
    for place, customer in enumerate(business.customers):
        old = customer.birthday is not None and (business.as_of - customer.birthday).days > 70 * 365
        if old and latest[customer.code] < limit and rng.random() < 0.02:
            business.customers[place] = replace(customer, status="deceased")
