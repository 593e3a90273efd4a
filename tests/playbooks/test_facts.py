"""Facts: aggregates over what happened, and expressions over other facts."""

from __future__ import annotations

from typing import Any

import pytest

from huifang.domain.errors import PlaybookError
from huifang.domain.spans import Span, Unit
from huifang.playbooks.expressions import ValueType
from huifang.playbooks.facts import facts, read_facts
from huifang.playbooks.schema import Playbook
from huifang.playbooks.vocabulary import vocabulary


def shop(facts: dict[str, Any], **more: Any) -> Playbook:
    return Playbook.model_validate(
        {
            "format": "huifang/1",
            "playbook": "shop",
            "title": "t",
            "about": "a",
            "events": {
                "job.settled": {
                    "title": "t",
                    "attributes": {"plate": {"title": "p"}, "next": {"title": "n", "type": "date"}},
                },
                "job": {"title": "t"},
            },
            "agreements": {"warranty": {"title": "w", "attributes": {"cover": {"title": "c", "type": "number"}}}},
            "attributes": {"vip": {"title": "v", "type": "boolean"}},
            "questionnaires": {
                "q": {
                    "title": "q",
                    "questions": [
                        {"key": "speed", "ask": "?", "type": "scale"},
                        {"key": "why", "ask": "?", "type": "text"},
                    ],
                }
            },
            "facts": facts,
            "programmes": {
                "p": {
                    "title": "t",
                    "purpose": "service",
                    "when": {"after": "job", "wait": "1 day"},
                    "within": "1 day",
                    "through": ["phone"],
                }
            },
            **more,
        }
    )


@pytest.mark.parametrize(
    ("value", "source", "kind", "field", "aggregate", "gives"),
    [
        ("count(job.settled, 12 months)", "event", "job.settled", None, "count", "number"),
        ("count(job)", "event", "job", None, "count", "number"),
        ("last(job.settled)", "event", "job.settled", None, "last", "date"),
        ("first(job.settled.plate)", "event", "job.settled", "plate", "first", "text"),
        ("sum( job.settled.amount , 2 weeks )", "event", "job.settled", "amount", "sum", "number"),
        ("max(job.settled.next)", "event", "job.settled", "next", "max", "date"),
        ("count(contact, 30 days)", "contact", None, None, "count", "number"),
        ("count(contact.in-app)", "contact", "in-app", None, "count", "number"),
        ("last(contact.reached)", "contact", None, "reached", "last", "date"),
        ("first(contact.phone.reached)", "contact", "phone", "reached", "first", "date"),
        ("mean(answer.speed, 1 year)", "answer", "speed", "score", "mean", "number"),
        ("last(answer.why)", "answer", "why", "value", "last", "text"),
        ("next(agreement.warranty.ends)", "agreement", "warranty", "ends", "next", "date"),
        ("count(agreement.warranty)", "agreement", "warranty", None, "count", "number"),
        ("sum(agreement.warranty.cover)", "agreement", "warranty", "cover", "sum", "number"),
    ],
)
def test_an_aggregate_says_what_is_counted(value: str, source: str, kind: str, field: str, aggregate: str, gives: str) -> None:
    (fact,) = facts(shop({"x": value}))
    assert (fact.source, fact.kind, fact.field, fact.aggregate, fact.type) == (source, kind, field, aggregate, gives)


def test_a_fact_may_be_made_of_others_in_any_order() -> None:
    found = facts(
        shop({"average": "spent / jobs", "vip_jobs": "coalesce(jobs, 0) > 3 and vip", "jobs": "count(job)", "spent": "sum(job.amount)"})
    )
    assert [fact.name for fact in found][-2:] == ["average", "vip_jobs"]
    assert found[-1].type is ValueType.BOOLEAN
    assert found[0].window is None


def test_a_fact_may_keep_only_some_rows() -> None:
    rule = {"value": "count(job.settled, 3 months)", "where": "amount > 100 and plate <> 'x'"}
    (fact,) = facts(shop({"x": rule}))
    assert fact.where is not None
    assert fact.window == Span(3, Unit.MONTH)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("count(job.setled)", "fact.field"),
        ("count(jbo.settled)", "fact.event"),
        ("count(agreement.warrant)", "fact.agreement"),
        ("sum(job.settled.plate)", "fact.aggregate"),
        ("next(job.settled.next)", "fact.aggregate"),
        ("sum(contact)", "fact.aggregate"),
        ("count(contact.fax)", "fact.contact"),
        ("mean(answer.sped)", "fact.question"),
        ("count(job, 3 h)", "fact.window"),
        ("count(job, soon)", "span.unreadable"),
        ("count(agreement.warranty, 3 months)", "fact.window"),
        ("jobs +", "expression.unreadable"),
        ("jobs + 1", "expression.unknown-name"),
        ({"value": "count(contact)", "where": "amount > 1"}, "fact.where"),
        ({"value": "vip", "where": "vip"}, "fact.where"),
        ({"value": "count(job)", "where": "amount"}, "condition.type"),
    ],
)
def test_a_wrong_fact_is_told_at_its_name(value: object, code: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        facts(shop({"x": value}))
    assert [(problem.code, problem.place.key) for problem in refused.value.problems] == [(code, "facts › x")]


def test_facts_that_are_made_of_each_other_are_refused() -> None:
    found, problems = read_facts(shop({"a": "b + 1", "b": "a + 1", "c": "count(job)"}))
    assert [fact.name for fact in found] == ["c"]
    assert {problem.code for problem in problems} == {"fact.circle"}


def test_what_hangs_on_a_broken_fact_is_not_blamed_for_it() -> None:
    found, problems = read_facts(shop({"a": "count(nothing)", "b": "a + 1", "c": "b + 1"}))
    assert found == ()
    assert [problem.place.key for problem in problems] == ["facts › a"]


def test_the_vocabulary_holds_built_in_names_attributes_facts_classes_and_ladders() -> None:
    words = vocabulary(
        shop(
            {"jobs": {"value": "count(job)", "title": {"zh": "次数", "en": "Jobs"}}},
            classes={"loyal": {"when": "jobs > 3", "title": "l"}},
            ladders={"tier": {"title": "t", "steps": {"a": {"when": "else", "title": "a"}}}},
        )
    )
    assert {words.customer[name].value for name in ("jobs", "loyal", "tier", "vip", "last_contact")} == {
        "number",
        "boolean",
        "text",
        "date",
    }
    assert set(words.events["job.settled"]) == {"amount", "day", "nth", "plate", "next"}
    assert set(words.records["q"]) == {"speed", "why", *words.no_questionnaire}
    assert words.titles["jobs"].zh == "次数"
