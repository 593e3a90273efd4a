"""Sellers of flats and a property office whose plans name their forms, in the database that HUIFANG_DATA names; the day is an
argument, else today."""

import sys
from datetime import date, time, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day, business_moment  # noqa: E402
from huifang.app.records.models import Attempt, Customer, Event, PlanRun, Promise, Record, WeekSchedule  # noqa: E402
from tests.web import filled_forms, scene  # noqa: E402

day = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else business_day(timezone.now())
now = business_moment(day, time(9, 25))
shop = scene.build(0, day, now)
_ROOMS, _SAID = ("三室两厅", "两室一厅", "四室两厅"), ("价格再优惠一点就定", "想看高一点的楼层，朝南", "等孩子学校定下来再说")


def _told(record: Record, place: int, words: str) -> None:
    """In the morning, one after the other, in words of their own."""
    at = now + timedelta(minutes=11 * place - 20)
    Record.objects.filter(pk=record.pk).update(words=words, next_at=business_moment(day + timedelta(days=3), time(15)))
    record.answers.exclude(text="").update(text="没有别的要求")
    Attempt.objects.filter(pk=record.attempt_id).update(at=at, ended_at=at)
    record.cases.update(number=f"G20261120-{record.pk:03}", solve_due=business_moment(day + timedelta(days=5), time(18)))


book, version = filled_forms.in_force("property-sales", now)
people = []
for place in range(12):
    one = filled_forms.customer(shop, book, place)
    one.attributes = {"wanted_rooms": _ROOMS[place % 3], "budget": 1_800_000 + 150_000 * (place % 5)}
    one.owner = shop.agent if place % 3 else shop.colleague
    one.save()
    people.append(one)
for place, one in enumerate(people[:7]):
    followup = filled_forms.due(shop, book, version, "after-visit", one, day)
    record = filled_forms.contacted(shop, book, followup)
    _told(record, place, _SAID[place % 3])
first = None
for place, one in enumerate(people):
    contact = filled_forms.scheduled(shop, book, ("after-visit", "every-two-days")[place % 2], one, now)
    first = contact.schedule.first_day
    contact.day, contact.deadline = first + timedelta(days=place % 5), first + timedelta(days=place % 5 + 2)
    contact.staff = (shop.agent, shop.colleague, None)[place % 3 if place != 11 else 2]
    contact.save()
WeekSchedule.objects.update(state="submitted", submitted_by=shop.supervisor, submitted_at=now)
assert first is not None
PlanRun.objects.create(
    day=day, state="held", started_at=now - timedelta(minutes=3), finished_at=now - timedelta(minutes=3),
    counts={"wanted": 1_180, "of": 1_204, "on": None}, error="",
)  # fmt: skip
waiting = filled_forms.due(shop, book, version, "every-two-days", people[7], day)
waiting.occurrences.update(deadline=first + timedelta(days=3))
opens = business_moment(first + timedelta(days=2), time(14, 30))
Promise.objects.create(
    customer=people[7], occurrence=waiting.occurrences.get(), staff=shop.agent, opens_at=opens, closes_at=opens, day=business_day(opens),
    made_at=now,
)  # fmt: skip

filled_forms.in_force("visit-procedure", now)
book, version = filled_forms.in_force("home-owners", now)
for place, (matter, channel, words) in enumerate(
    (
        ("三号楼电梯异响", "visit", "修得很快，谢谢"),
        ("地下车库漏水", "phone", "还没有彻底修好，下雨又漏了"),
        ("小区路灯不亮", "visit", "已经亮了"),
    )
):
    one = filled_forms.customer(shop, book, 30 + place)
    followup = filled_forms.due(shop, book, version, "answer", one, day)
    record = filled_forms.contacted(shop, book, followup, channel)
    _told(record, place, words)
    Event.objects.filter(customer=one).update(attributes={"matter": matter, "office": "桂园管理处"})
Customer.objects.filter(kind="household").update(birthday=None)
book, version = filled_forms.in_force("scripts-by-source", now)
one = filled_forms.customer(shop, book, 41)
one.attributes = {"source": "展会", "occupation": "教师"}
one.save()
_told(filled_forms.contacted(shop, book, filled_forms.due(shop, book, version, next(iter(book.programmes)), one, day)), 3, "可以看看")
