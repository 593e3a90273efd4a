"""What others do meanwhile, in the database that HUIFANG_DATA names: ``withdraw NAME``, ``hurry NAME``, ``lapse NAME``,
``records NAME``, ``free`` (the name of somebody whom nobody has to follow up, whoever comes first does)."""

import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.records.models import FollowUp, Record, Staff  # noqa: E402
from huifang.app.services import followups  # noqa: E402


def _followup(name: str) -> FollowUp:
    return next(each for each in FollowUp.objects.select_related("customer") if each.customer.name == name)


def withdraw(name: str) -> None:
    followups.withdraw(Staff.objects.get(sign_in_name="s01"), _followup(name).pk, "twice", timezone.now())


def hurry(name: str) -> None:
    """A callback has been promised: it stands before all others from now on."""
    FollowUp.objects.filter(pk=_followup(name).pk).update(promised=True, position=0)


def lapse(name: str) -> None:
    """Nothing has been heard for too long from whoever has it open."""
    FollowUp.objects.filter(pk=_followup(name).pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def free(_name: str) -> None:
    waiting = FollowUp.objects.filter(staff=None, state="open", next_at=None, promised=False).select_related("customer")
    print(waiting.order_by("-position")[0].customer.name)


def records(name: str) -> None:
    print(Record.objects.filter(followup=_followup(name)).count())


{"withdraw": withdraw, "hurry": hurry, "lapse": lapse, "free": free, "records": records}[sys.argv[1]](sys.argv[2])
