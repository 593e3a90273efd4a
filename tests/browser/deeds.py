"""What others do meanwhile, in the database that HUIFANG_DATA names: ``withdraw NAME``, ``hurry NAME``, ``records NAME``."""

import sys

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


def records(name: str) -> None:
    print(Record.objects.filter(followup=_followup(name)).count())


{"withdraw": withdraw, "hurry": hurry, "records": records}[sys.argv[1]](sys.argv[2])
