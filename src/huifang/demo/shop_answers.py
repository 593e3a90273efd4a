"""What the shop's customers answered: ten scores from 1 to 5 that hang together with the job, their own words, and
complaints that became cases.
"""

from __future__ import annotations

from bisect import bisect
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from huifang.demo.business import ZONE, Answer, Business, Case, Contact, Record
from huifang.demo.desk import in_hours
from huifang.demo.people import family_name
from huifang.demo.shop_jobs import Job
from huifang.demo.shop_words import QUESTIONS, words

_MOODS = (  # cumulated shares of 1, 2, 3, 4, 5
    tuple(accumulate((0.0, 0.002, 0.02, 0.22, 0.758))),  # pleased
    tuple(accumulate((0.002, 0.008, 0.08, 0.47, 0.44))),  # content
    tuple(accumulate((0.03, 0.10, 0.32, 0.40, 0.15))),  # doubtful
    tuple(accumulate((0.18, 0.27, 0.31, 0.18, 0.06))),  # annoyed
)
_HARDER = {"bill": 0.05, "total_time": 0.07, "waiting_room": 0.09}
"""Questions that are answered a little lower everywhere."""
_SOLUTIONS = {
    "quality": (
        "免费返工并试车确认，客户认可",
        "更换有问题的配件，不收工时费",
        "预约返厂检查，技师主管全程陪同试车",
        "重新抛光处理漆面色差",
    ),
    "bill": ("核对结算单，多收部分原路退回", "向客户逐项解释材料和工时，客户理解", "赠送工时抵扣券并致歉"),
    "total_time": ("致歉并赠送一次免费洗车，说明等待原因", "店长致电道歉，下次预约优先安排工位"),
}
_CAUSES = {
    "quality": "quality.not_fixed", "explained": "communication.work_not_told", "bill": "communication.price_not_told",
    "listening": "communication.work_not_told", "total_time": "speed.waiting", "handover": "speed.late_handover",
    "reception": "speed.waiting", "cleanliness": "service.surroundings", "waiting_room": "service.surroundings",
    "payment": "service.attitude",
}  # fmt: skip
"""The cause that the worst question speaks of."""
_OTHER_SOLUTIONS = (
    "店长致电致歉，客户接受",
    "已对当事员工批评教育，并向客户回复处理结果",
    "赠送保养抵用券，客户表示满意",
    "当面道歉并改进，纳入晨会案例",
)


_SETTLED = (
    "回去重新弄过，现在好了", "店长打过电话了，态度挺好", "处理得可以", "退的钱收到了", "行吧，这事就算过去了", "你们有回音就好",
    "后来又试了几天，没再响", "总的来说还满意",
)  # fmt: skip


def ten_answers(rng: Random, job: Job) -> dict[str, int]:
    """Scores by question: waiting beyond what was said and a fault that came back pull down what they touch, and the
    rest a little.
    """
    trouble = min(job.late, 4) * 0.14 + (0.5 if job.again else 0) + rng.random()
    mood = 3 if trouble > 1.3 else (2 if trouble > 1.05 else (1 if trouble > 0.62 else 0))
    scores = {}
    for question in QUESTIONS:
        place = mood
        if question == "total_time" and job.late > 0.8:
            place = min(mood + 1, 3)
        elif question == "quality" and job.again:
            place = 3
        elif mood == 3 and rng.random() < 0.55:  # annoyed about one thing, not about everything
            place = 1
        shift = _HARDER.get(question, 0)
        scores[question] = bisect(_MOODS[place], rng.random() * (1 - shift)) + 1
    return {question: min(score, 5) for question, score in scores.items()}


def tell(rng: Random, business: Business, job: Job, contact: Contact, supervisor: str) -> Case | None:
    """Write the answers, the record and, where the customer complained, the case of one satisfaction call, which is returned."""
    scores = ten_answers(rng, job) if rng.random() < 0.93 else {}
    record = "H" + contact.code[1:]
    day = contact.at.date()
    business.answers += [
        Answer(record, contact.customer, contact.programme, question, day, float(score), str(score)) for question, score in scores.items()
    ]
    lowest = min(scores.values(), default=5)
    mean = sum(scores.values()) / 10 if scores else 4.5
    feedback = _feedback(rng, lowest, mean)
    topic = _topic(rng, feedback, scores)
    said = ""
    if feedback:
        said = words(
            rng, feedback, topic, vehicle=job.car.model, work=rng.choice(job.work), adviser="小" + job.adviser.name[-1],
            technician=family_name(job.technician.name) + "师傅",
        )  # fmt: skip
    troubled = bool(scores) and (lowest <= 2 or feedback == "complaint")
    step = "转客服主管处理" if troubled else ("已记录建议" if feedback == "suggestion" else "")
    business.records.append(
        Record(
            record, contact.code, contact.customer, contact.programme, contact.cause, contact.event, contact.at,
            contact.staff,
            lowest >= 3 if scores else None, said, feedback, topic, step,
        )
    )  # fmt: skip
    if not troubled:
        return None
    return open_case(rng, business, job, contact, topic or min(scores, key=scores.__getitem__), said, supervisor)


def _feedback(rng: Random, lowest: int, mean: float) -> str:
    chance = rng.random()
    if lowest <= 2:
        return "complaint" if chance < 0.78 else "suggestion"
    if mean < 4:
        return "suggestion" if chance < 0.5 else ("complaint" if chance < 0.6 else "")
    return "praise" if chance < 0.3 else ("suggestion" if chance < 0.39 else "")


def _topic(rng: Random, feedback: str, scores: dict[str, int]) -> str:
    if not feedback:
        return ""
    if not scores or feedback == "praise":
        best = [question for question, score in scores.items() if score == 5]
        return rng.choice(best or QUESTIONS)
    worst = min(scores.values())
    return rng.choice([question for question, score in scores.items() if score == worst])


def open_case(rng: Random, business: Business, job: Job, contact: Contact, topic: str, said: str, supervisor: str) -> Case:
    """Write the case that a complaint opens; cases that could be solved before the morning are closed with a final rating."""
    opened = contact.at + timedelta(minutes=6)
    answered = in_hours(opened + timedelta(minutes=int(rng.triangular(15, 170, 60))))
    later = datetime(opened.year, opened.month, opened.day, 9, tzinfo=ZONE) + timedelta(days=rng.randint(1, 6))
    closed = max(later + timedelta(minutes=rng.randint(0, 510)), answered + timedelta(minutes=25))
    morning = datetime(business.as_of.year, business.as_of.month, business.as_of.day, tzinfo=ZONE)
    done = closed < morning
    case = Case(
            f"TS{contact.code[1:]}", contact.customer, "dissatisfied", "H" + contact.code[1:], contact.event, opened,
            answered if answered < morning else None, closed if done else None,
            supervisor if rng.random() < 0.4 else job.account.team.head, said or "有评分在 2 分以下，客户未说明原因",
            rng.choice(_SOLUTIONS.get(topic, _OTHER_SOLUTIONS)) if done else "", rng.choices((2, 3, 4, 5), (4, 16,
            45, 35))[0] if done else None, _CAUSES.get(topic, "other"),
        )  # fmt: skip
    business.cases.append(case)
    return case


def tell_again(rng: Random, business: Business, contact: Contact) -> None:
    """Write what a customer says when a complaint has been settled: scores between content and pleased, and a few words."""
    record, day = "H" + contact.code[1:], contact.at.date()
    for question in QUESTIONS:
        score = bisect(_MOODS[rng.random() < 0.6], rng.random() * 0.999) + 1
        business.answers.append(
            Answer(record, contact.customer, contact.programme, question, day, float(max(score, 3)), str(max(score, 3)))
        )
    business.records.append(
        Record(
            record, contact.code, contact.customer, contact.programme, contact.cause, "", contact.at, contact.staff, True,
            rng.choice(_SETTLED) + rng.choice(("", "。", "，谢谢", "，下次注意就好")), "", "", "",
        )
    )  # fmt: skip
