"""What a manager reads of a playbook's rules."""

import pytest

from huifang.domain.words import Words
from huifang.playbooks import library, wording
from huifang.playbooks.review_wording import review
from huifang.playbooks.schema import Attempts, CalendarRule, Limit, Limits, Playbook, Programme, Reaction, Review

BOOK = Playbook.model_validate(
    {
        "format": "huifang/1",
        "playbook": "shop",
        "title": "Shop",
        "about": "A shop",
        "attributes": {"next_service": {"title": {"zh": "下次保养日", "en": "next service"}}},
        "events": {
            "job.settled": {
                "title": {"zh": "维修结算", "en": "job settled"},
                "attributes": {"due": {"title": {"zh": "复检日", "en": "check"}}},
            }
        },
        "agreements": {"insurance": {"title": {"zh": "保险", "en": "insurance"}}},
        "classes": {"loyal": {"when": "jobs >= 4", "title": {"zh": "忠诚客户", "en": "loyal customers"}}},
        "cases": {"bad": {"title": {"zh": "不满意", "en": "Dissatisfied"}, "first answer": "2 h", "solve": "1 day"}},
        "programmes": {
            "call": {
                "title": {"zh": "满意度回访", "en": "Call"},
                "purpose": "service",
                "when": {"after": "job.settled", "wait": "1 day"},
                "within": "1 day",
                "through": ["phone"],
            }
        },
    }
)


def programme(**changes: object) -> Programme:
    given = {
        "title": "Call",
        "purpose": "service",
        "when": {"after": "job.settled", "wait": "1 day"},
        "within": "1 working day",
        "through": ["phone", "sms"],
    }
    return Programme.model_validate(given | {key.replace("_", " ").strip(): value for key, value in changes.items()})


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ({"after": "job.settled", "wait": "1 day"}, "维修结算后 1 天", "1 day after: job settled"),
        (
            {"after": "job.settled", "wait": "0 days", "where": "amount > 5"},
            "维修结算当天（金额 > 5）",
            "on the day of: job settled (amount > 5)",
        ),
        ({"after": "visit", "wait": "2 h"}, "visit后 2 小时", "2 hours after: visit"),
        ({"before": "birthday", "by": "0 days"}, "生日当天", "on the day: the birthday"),
        ({"before": "agreement.insurance.ends", "by": "30 days"}, "保险到期前 30 天", "30 days before insurance ends"),
        ({"before": "agreement.lease.starts", "by": "7 days"}, "lease开始前 7 天", "7 days before lease starts"),
        ({"before": "attribute.next_service", "by": "7 days"}, "下次保养日前 7 天", "7 days before next service"),
        ({"before": "attribute.job.settled.due", "by": "7 days"}, "复检日前 7 天", "7 days before check"),
        ({"before": "attribute.other", "by": "7 days"}, "other前 7 天", "7 days before other"),
        ({"lapse": "job.settled", "exactly": "6 months"}, "距上次维修结算满 6 个月", "6 months without: job settled"),
        ({"every": "3 months"}, "每 3 个月一次", "every 3 months"),
        (
            {"every": "1 month", "since": "job.settled", "wait": "7 days", "times": 4},
            "自维修结算起每 1 个月一次，首次在 7 天后，共 4 次",
            "every 1 month from: job settled, first after 7 days, 4 in all",
        ),
        ({"festival": "spring"}, "春节当天", "on Spring Festival"),
        ({"festival": "spring", "before": "3 days"}, "春节前 3 天", "3 days before Spring Festival"),
        ({"festival": "spring", "after": "3 days"}, "春节后 3 天", "3 days after Spring Festival"),
        ({"becomes": "risk > 1"}, "当条件开始成立：risk > 1", "when this begins to hold: risk > 1"),
        ({"becomes": "risk > 1", "wait": "2 days"}, "当条件开始成立：risk > 1，2 天后", "when this begins to hold: risk > 1, 2 days later"),
        ({"on": "request", "wait": "2 days"}, "由回答或办结的工单发起，2 天后", "2 days after an answer or a closed case asks for it"),
    ],
)
def test_every_trigger_is_a_sentence_in_both_languages(when, zh, en):
    assert wording.when(BOOK, programme(when=when)) == Words(zh, en)


def test_whom_a_programme_is_for():
    assert wording.who(BOOK, programme()).zh == "所有客户"
    assert wording.who(BOOK, programme(for_="loyal")).en == "loyal customers"
    assert wording.who(BOOK, programme(for_="age > 60", still="open_cases = 0")) == Words(
        "年龄 > 60的客户；联络时仍须未结工单数 = 0", "where age > 60; still only if open cases = 0"
    )


def test_how_it_is_done_and_until_when():
    assert wording.how(programme(attempts={"at most": 1})).zh == "电话，其次短信；由门店任一回访员联络；最多尝试 1 次"
    assert wording.until(programme()) == Words("1 个工作日内完成，逾期不再联络", "done within 1 working day, given up after that")
    assert wording.until(programme(expires="3 days")).zh == "1 个工作日内完成，3 天后不再联络"
    assert wording.purpose(programme()).zh == "服务"


def test_attempts_name_their_outcomes():
    rule = Attempts.model_validate({"at most": 3, "day parts": 2, "retry": {"busy": "1 h", "odd": "2 h"}})
    assert wording.attempts(rule) == Words(
        "最多尝试 3 次，分在一天的 2 个时段，占线 1 小时后再试，odd 2 小时后再试",
        "tried at most 3 times, in 2 parts of the day, busy: again after 1 hour, odd: again after 2 hours",
    )


def test_what_an_answer_leads_to():
    full = {"if": "min_score <= 2", "open case": "bad", "follow up": "call", "call back": "1 day", "tell": ["supervisor", "manager"]}
    assert wording.reaction(BOOK, Reaction.model_validate(full)) == Words(
        "若最低分 ≤ 2：立工单“不满意”，安排“满意度回访”，1 天后再联络，通知主管、经理",
        "if lowest score ≤ 2: open a case “Dissatisfied”, ask for “Call”, contact again after 1 day, tell the supervisor, the manager",
    )
    unknown = Reaction.model_validate({"if": "x = 1", "open case": "gone", "follow up": "lost"})
    assert wording.reaction(BOOK, unknown).zh == "若x = 1：立工单“gone”，安排“lost”"
    assert wording.reaction(BOOK, Reaction.model_validate({"if": "x = 1"})).en == "if x = 1: "


def test_hours_and_days():
    assert wording.calendar(CalendarRule()).zh == "工作日 09:00–12:00、14:00–18:00（客户当地时间）"
    assert wording.calendar(CalendarRule(days="every", hours=("08:00-21:00",))).en == "every day 08:00–21:00 (the customer's local time)"
    assert wording.calendar(CalendarRule(days=("mon", "sat"))).en.startswith("on Mon, Sat 09:00–12:00, 14:00")


def test_caps_and_gap():
    caps = (
        Limit.model_validate({"at most": 1, "per": "7 days"}),
        Limit.model_validate({"at most": 2, "per": "30 days", "purposes": ["marketing"], "channels": ["sms"]}),
    )
    limits = Limits(caps=caps, gap="3 days")
    assert [said.zh for said in wording.caps(limits)] == [
        "同一客户 7 天内最多 1 次联络",
        "同一客户 30 天内通过短信最多 2 次营销联络",
        "两次关系维护、营销联络之间至少相隔 3 天",
    ]
    assert wording.caps(limits)[1].en == "at most 2 marketing contacts by SMS with one customer in 30 days"
    assert wording.caps(Limits()) == ()


@pytest.mark.parametrize("name", library.names())
def test_every_playbook_of_the_library_can_be_read_aloud(name):
    book = library.read(name).playbook
    for one in book.programmes.values():
        said = [wording.when(book, one), wording.who(book, one), wording.how(one), wording.until(one)]
        said += [wording.reaction(book, rule) for rule in one.on_answer]
        assert all(words.zh and words.en and "None" not in words.en for words in said)


def test_reviews_and_the_items_of_the_card():
    said = review(Review.model_validate({"sample": "10 %", "by": "reviewer", "due": "1 working day", "items": {
        "tone": {"title": {"zh": "礼貌", "en": "Courtesy"}, "looks for": {"zh": "称呼", "en": "Forms of address"}, "most": 25},
    }}))  # fmt: skip
    assert [each.zh for each in said] == ["随机抽查 10% 的记录，外加有风险的，由质检员评分，1 个工作日内完成", "礼貌（满分 25）：称呼"]
    assert said[0].en == "10% of the records at random and those at risk, assessed by the quality reviewer within 1 working day"
    assert [each.en for each in review(Review(risk=False))] == ["5% of the records at random, assessed by the supervisor"]
