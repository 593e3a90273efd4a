"""The hospital is one that doctors and nurses believe, and the same each time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from statistics import mean

from huifang.analytics.feedback.topics import tree_of
from huifang.demo.business import Business
from huifang.demo.hospital import PROGRAMMES, hospital
from huifang.demo.hospital_words import topic
from huifang.demo.workdays import is_working


def test_the_same_seed_gives_the_same_hospital(clinic: Business) -> None:
    small = hospital(clinic.as_of, seed=2, patients=600)
    assert hospital(clinic.as_of, seed=2, patients=600) == small
    assert hospital(clinic.as_of, seed=5, patients=600) != small


def test_its_size_is_the_promised_one(clinic: Business) -> None:
    assert len(clinic.customers) == 15_000
    assert set(Counter(event.kind for event in clinic.events)) == set(PROGRAMMES)
    assert {contact.programme for contact in clinic.contacts} == {"inpatient", "special-first", "basic-first", "once-more", "after-case"}


def test_patients_fit_their_departments(clinic: Business) -> None:
    people = {customer.code: customer for customer in clinic.customers}
    ages: dict[str, list[float]] = {}
    for event in clinic.events:
        patient = people[event.customer]
        assert patient.birthday is not None
        age = (event.at.date() - patient.birthday).days / 365.25
        department, diagnosis = str(event.attributes["department"]), str(event.attributes["diagnosis"])
        ages.setdefault(department, []).append(age)
        if department == "妇产科" or diagnosis == "乳腺纤维腺瘤":
            assert patient.gender == "女"
        if diagnosis in {"前列腺增生", "精索静脉曲张"}:
            assert patient.gender == "男"
    assert mean(ages["儿科病区"]) < 10 < mean(ages["妇产科"]) < 45 < mean(ages["心血管内科"])
    assert max(ages["儿科门诊"] + ages["儿科病区"]) < 15


def test_inpatients_were_admitted_before_they_went_home(clinic: Business) -> None:
    for event in clinic.events:
        if event.kind == "visit.discharged":
            admitted, stay = event.attributes["admitted"], event.attributes["stay"]
            assert isinstance(admitted, date)
            assert isinstance(stay, int)
            assert event.at.date() - admitted == timedelta(days=stay)
            assert stay >= 3
        else:
            assert not event.attributes["surgery"]


def test_children_are_called_at_their_parents(clinic: Business) -> None:
    for customer in clinic.customers:
        assert customer.birthday is not None
        if (customer.first_seen - customer.birthday).days < 13 * 365:
            assert customer.phones[0].whose == "母亲"


def test_calls_keep_to_the_hospital_s_hours_and_working_days(clinic: Business) -> None:
    for contact in clinic.contacts:
        assert contact.at.hour in {10, 11, 15, 16}
    assert all(is_working(day) for day in {contact.at.date() for contact in clinic.contacts})


def test_those_who_are_worse_go_to_their_doctor(clinic: Business) -> None:
    worse = {answer.record for answer in clinic.answers if answer.question == "recovery" and answer.value == "worse"}
    medical = {case.record: case for case in clinic.cases if case.kind == "medical"}
    assert worse == set(medical)
    assert all(case.owner.startswith("YS") for case in medical.values())


def test_what_is_said_is_about_topics_that_a_hospital_has(clinic: Business) -> None:
    told = [record for record in clinic.records if record.feedback]
    assert {record.topic for record in told} <= {*tree_of("hospital").keys, ""}
    assert all(record.topic for record in told if record.feedback == "complaint")
    assert topic("伤口红肿，有点渗水") == "recovery"
    assert topic("没别的了") == ""


def test_answers_have_the_questionnaire_s_keys_and_scales(clinic: Business) -> None:
    found: dict[str, set[str]] = {}
    for answer in clinic.answers:
        found.setdefault(answer.question, set()).add(answer.value)
    assert set(found) == {"recovery", "medication", "service", "would_recommend", "words"}
    assert found["recovery"] == {"good", "slow", "worse"}
    assert found["medication"] == {"yes", "no"}
    assert found["service"] == set("12345")
    assert found["would_recommend"] <= {str(points) for points in range(11)}
