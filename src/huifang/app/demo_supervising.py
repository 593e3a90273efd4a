"""What the supervisors of a generated business have done before its first morning: records looked at, the last day signed, articles and
measures written. Through the same doors as ever, at moments of the days before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from hashlib import md5

from django.db.models import Count

from huifang.app.business_time import business_moment
from huifang.app.queries import closing as closings
from huifang.app.queries.reviewing import rule_of
from huifang.app.records.models import Branch, Case, DayClosing, Record, Review, Role, Staff
from huifang.app.services import knowledge, measures, reviews, training
from huifang.demo import supervising

DAYS = 8
"""Days whose records have been looked at."""
_EVENING, _MORNING = time(17, 50), time(10, 30)
_TIME_FOR_IT = timedelta(days=30)


def load_supervising(business: str, day: date) -> None:
    """Everything, of the business `business` whose first morning is `day`; its register and history are there."""
    people = Staff.objects.filter(sign_in_name__isnull=False).order_by("code")
    supervisor, manager = (people.filter(role=role, all_branches=True).first() for role in (Role.SUPERVISOR, Role.MANAGER))
    assert supervisor is not None  # noqa: S101 - every generated business has both
    assert manager is not None  # noqa: S101
    days = list(Record.objects.filter(day__lt=day).order_by("-day").values_list("day", flat=True).distinct()[: DAYS + 1])
    if not days:
        return
    _articles(business, supervisor, list(people.filter(role=Role.AGENT)), days)
    _measures(business, supervisor, manager, days)
    _reviews(supervisor, day, days)
    _sign(supervisor, days[0])


def _articles(business: str, supervisor: Staff, agents: Sequence[Staff], days: Sequence[date]) -> None:
    """Those that are required have been confirmed by all agents but the last."""
    at = business_moment(days[-1], _MORNING)
    for each in supervising.ARTICLES[business]:
        article = knowledge.write(supervisor, None, knowledge.ArticleForm(each.title, each.words, each.tags), at)
        if each.required:
            training.ask(supervisor, article.pk, [Role.AGENT], "", None, at)
            for agent in agents[:-1]:
                training.confirm(agent, article.pk, {}, business_moment(days[-2] if len(days) > 1 else days[0], _MORNING))


def _measures(business: str, supervisor: Staff, manager: Staff, days: Sequence[date]) -> None:
    """Against the commonest causes of cases, each as far as its evidence goes."""
    counted = Case.objects.exclude(cause__in=("", "other")).values("cause").annotate(number=Count("pk")).order_by("-number", "cause")
    causes = [row["cause"] for row in counted]
    due = days[0] + _TIME_FOR_IT
    for place, each in enumerate(supervising.MEASURES[business]):
        plan = measures.Plan(each.title, supervisor.pk, due, cause=causes[place] if place < len(causes) else "")
        made = measures.begin(manager, plan, None, business_moment(days[-1], _MORNING))
        for evidence in each.evidence:
            measures.move_on(supervisor, made.pk, evidence, business_moment(days[0], _MORNING))


def _reviews(supervisor: Staff, today: date, days: Sequence[date]) -> None:
    """Of each agent's day one record, and of each day one with a dissatisfied customer: the last day's wait, those before are settled, but
    for one that came back to its agent and one that the agent has answered.
    """
    drawn: list[Review] = []
    for day, due in zip(days[:DAYS], [today, *days], strict=False):
        rows = list(Record.objects.filter(day=day, staff__isnull=False).order_by("token").select_related("staff"))
        seen: dict[int | None, Record] = {}
        for row in sorted(rows, key=lambda row: _draw(row.token)):
            seen.setdefault(row.staff_id, row)
        worst = next((row for row in rows if row.satisfied is False and row not in seen.values()), None)
        at = business_moment(day, _EVENING)
        for row in (*seen.values(), *([worst] if worst else [])):
            road, risks = (Review.Road.RISK, ["dissatisfied"]) if row is worst else (Review.Road.RANDOM, [])
            about = {"branch_id": row.branch_id, "staff_id": row.staff_id, "day": day, "due": due, "sorted_on": due}
            drawn.append(Review(record=row, road=road, risks=risks, weight=5 if risks else 1, drawn_at=at, drawn_by=supervisor, **about))
    Review.objects.bulk_create(drawn)
    _assess(supervisor, [each for each in drawn if each.day != days[0]])


def _assess(supervisor: Staff, waiting: Sequence[Review]) -> None:
    """Points by the record's own name; the two newest with a dissatisfied customer go back to whoever made them."""
    back = [each.pk for each in waiting if each.risks][:2]
    for review in waiting:
        at = business_moment(review.sorted_on, _MORNING)
        card = rule_of(review.record).card
        points = {item.code: max(0, item.most - _draw(f"{review.record.token} {item.code}") % 4) for item in card}
        returned = review.pk in back
        words = supervising.REMARK if returned else supervising.PRAISE if _draw(review.record.token) % 5 == 0 else ""
        reviews.assess(supervisor, review.pk, points, words, returned, at)
        if returned and review.pk == back[-1] and review.staff is not None:
            reviews.answer(review.staff, review.pk, supervising.ANSWER, _later(at))


def _sign(supervisor: Staff, day: date) -> None:
    """The last day, in each branch."""
    at = business_moment(day, _EVENING)
    for branch in Branch.objects.filter(active=True).order_by("code"):
        left = {code: number for code, number in closings.counts(supervisor, day, branch).items() if number}
        reasons = json.dumps(dict.fromkeys(left, supervising.LEFT), ensure_ascii=False) if left else ""
        figures = closings.figures(supervisor, day, branch, at)
        DayClosing.objects.create(branch=branch, day=day, figures=figures, left=left, reasons=reasons, signed_by=supervisor, signed_at=at)


def _later(moment: datetime) -> datetime:
    return moment.replace(minute=55)


def _draw(name: str) -> int:
    """A number that the same name always has."""
    return int(md5(name.encode(), usedforsecurity=False).hexdigest()[:8], 16)
