"""Messages with conditions: what each customer reads, what is refused, and that no value is ever read as anything but text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import PlaybookError
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from huifang.playbooks.templates import DEEPEST, Choice, template

DAY = date(2026, 11, 24)
TIERS = "{customer}您好，{if tier = 'gold'}专属顾问{owner}为您服务{else if jobs >= 4}老朋友{else}欢迎再来{end}。100%"
BOOK = """
format: huifang/1
playbook: letters
title: {zh: 来信, en: Letters}
about: {zh: 一封信, en: One letter}
attributes: {plate: {title: {zh: 车牌, en: Plate}}}
events: {job: {title: {zh: 结算, en: Job}}}
facts: {jobs: count(job)}
classes: {loyal: {when: jobs >= 4, title: {zh: 忠诚, en: Loyal}}}
content:
  letter:
    title: {zh: 信, en: Letter}
    channel: email
    subject: {zh: "{customer}，您好", en: "Dear {customer}"}
    text:
      zh: |
        {customer}您好：
        {if loyal and plate is not null}
        爱车{customer.plate}还好吗？
        {else}
        期待您再来。
        {end}
        {organisation}
      en: "{customer}, {if loyal}thank you{else}come back{end}. {organisation}"
programmes:
  after:
    title: {zh: 之后, en: After}
    purpose: service
    when: {after: job, wait: 1 day}
    within: 1 day
    through: [email]
    send: [letter]
"""


def read(text: str, **facts: object) -> str:
    plain = template(text).plain(facts, DAY)
    return plain.fill({name: f"<{name}>" for name in plain.names})


def test_the_first_branch_that_holds_is_read() -> None:
    assert read(TIERS, tier="gold", jobs=9) == "<customer>您好，专属顾问<owner>为您服务。100%"
    assert read(TIERS, tier="base", jobs=9) == "<customer>您好，老朋友。100%"
    assert read(TIERS) == "<customer>您好，欢迎再来。100%"


def test_without_else_nothing_is_said_and_nothing_of_it_is_needed() -> None:
    plain = template("{a}{if x > 1}{b}{end}!").plain({"x": 1}, DAY)
    assert (plain.names, plain.fill({"a": "A"})) == (("a",), "A!")


def test_conditions_within_conditions_and_lines_of_their_own() -> None:
    text = "一\n{if x > 1}\n二\n  {if x > 2}\n三\n  {end}\n{end}\n四"
    assert [read(text, x=x) for x in (1, 2, 3)] == ["一\n四", "一\n二\n四", "一\n二\n三\n四"]


def test_all_places_and_conditions_are_known_beforehand() -> None:
    found = template(TIERS)
    assert found.names() == ["customer", "owner"]
    assert [branch.text for branch in found.conditions()] == ["tier = 'gold'", "jobs >= 4"]
    assert isinstance(found.parts[1], Choice)
    assert template(TIERS) is found


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{if x > 1}a", "template.no-end", "{if x > 1}"),
        ("{if x > 1}a{else}b", "template.no-end", "{if x > 1}"),
        ("a{end}", "template.no-if", "{end}"),
        ("a{else if x > 1}", "template.no-if", "{else if x > 1}"),
        ("{if x > 1}a{else}b{else}c{end}", "template.after-else", "{else}"),
        ("{if x > 1}a{else}b{else if x > 2}c{end}", "template.after-else", "{else if x > 2}"),
        ("{if x >}a{end}", "expression.unreadable", "{if x >}"),
        ("{if __import__('os')}a{end}", "expression.function", "{if __import__('os')}"),
        ("{if x > 1}" * (DEEPEST + 1) + "{end}" * (DEEPEST + 1), "template.deep", "{if x > 1}"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_words(text: str, code: str, said: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        template(text)
    problem = refused.value.problems[0]
    assert problem.code == code
    for language in ("zh", "en"):
        assert said in problem.what.say(language)
        assert problem.remedy.say(language)


def test_a_letter_with_conditions_is_a_playbook_without_problem() -> None:
    assert [problem.say("en") for problem in check_loaded(loads(BOOK))] == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "key"),
    [
        ("{customer.plate}", "{customer.plat}", "check.placeholder", 16, "content › letter › text › zh"),
        ("{if loyal and", "{if loyel and", "expression.unknown-name", 16, "content › letter › text › zh"),
        ("{if loyal}", "{if jobs}", "condition.type", 24, "content › letter › text › en"),
        ("{if loyal}", "{if jobs >}", "expression.unreadable", 24, "content › letter › text › en"),
        ("come back{end}", "come back", "template.no-end", 24, "content › letter › text › en"),
        ("Dear {customer}", "Dear {0.__class__}", "check.placeholder", 14, "content › letter › subject › en"),
    ],
)
def test_a_fault_stands_at_its_line_in_both_languages(old: str, new: str, code: str, line: int, key: str) -> None:
    assert old in BOOK
    (problem,) = check_loaded(loads(BOOK.replace(old, new, 1), "letters.yaml"))
    assert (problem.code, problem.severity) == (code, "error")
    assert (problem.place.file, problem.place.line, problem.place.key) == ("letters.yaml", line, key)
    assert problem.what.zh != problem.what.en
    assert problem.remedy.zh


def injections() -> list[str]:
    """200 texts that some template language somewhere would run, read or be broken by."""
    bodies = (
        "7*7",
        "agent",
        "customer.name",
        "config",
        "self.__init__.__globals__",
        "''.__class__.__mro__",
        "request",
        "end",
        "if x > 1",
        "else",
    )
    frames = (
        "{%s}", "{{%s}}", "{{{%s}}}", "{%% %s %%}", "${%s}", "#{%s}", "<%%= %s %%>", "{{=%s}}", "[[%s]]", "@(%s)", "%%(%s)s", "%%{%s}",
        "{!r:%s}",
        "$(%s)", "`%s`", "{{#with %s}}", "{php}%s{/php}", "#set($x=%s)", "{%s!r}", "\\u007b%s\\u007d",
    )  # fmt: skip
    return [frame % body for frame in frames for body in bodies]


@pytest.mark.parametrize("text", [TIERS, "{customer}{if jobs >= 1}{owner}{end}", "{customer} %s {owner} {{x}"])
def test_two_hundred_injections_appear_letter_by_letter(text: str) -> None:
    values = injections()
    assert len(set(values)) == 200
    for value in values:
        plain = template(text.replace("{x}", "")).plain({"jobs": 5}, DAY)
        shape = plain.fill(dict.fromkeys(plain.names, "\0"))
        assert plain.fill(dict.fromkeys(plain.names, value)) == shape.replace("\0", value)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_value_is_never_read_as_anything(first: str, second: str) -> None:
    assert template("{a}|%s|{b}").plain({}, DAY).fill({"a": first, "b": second}) == f"{first}|%s|{second}"


@given(st.text(alphabet="{}if elsnd>1x%\n ", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        plain = template(text).plain({"x": 2}, DAY)
    except PlaybookError:
        return
    assert isinstance(plain.fill(dict.fromkeys(plain.names, "")), str)
