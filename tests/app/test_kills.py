"""A process that is killed at any moment leaves nothing half done and nothing doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from huifang.app.records.models import Answer, Attempt, Decision, FollowUp, Occurrence, PlanRun, Record
from huifang.app.services import audit
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.followups import claim
from huifang.app.services.planning import plan_day
from tests.app.cast import DAY, NOW, Cast, enter, planned, settled

pytestmark = pytest.mark.django_db(transaction=True)
_CHILD = """
import sys
from datetime import date, datetime
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.db import connection
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
{act}
"""
_SAVE = """
from huifang.app.records.models import Staff
from huifang.app.services.contact_records import RecordForm, save
form = RecordForm("completed", answers={"quality": 1}, words="不满意", token="t")
save(Staff.objects.get(code="CHEN"), int(sys.argv[2]), int(sys.argv[3]), form, datetime.fromisoformat(sys.argv[4]))
"""
_PLAN = """
from huifang.app.services.planning import plan_day
plan_day(date.fromisoformat(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return enter()


def killed(act: str, after: float, *arguments: object) -> bool:
    """Run `act` in another process and kill it `after` seconds from its start; whether it had ended by itself."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", _CHILD.format(act=act), name, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ)) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        child.stdin.write(b"go\n")
        child.stdin.flush()
        time.sleep(after)
        ended = child.poll() is not None
        child.kill()
        child.wait()
    return ended


def test_killed_saves_are_whole_or_not_there(cast: Cast) -> None:
    rng = random.Random(7)
    for _ in range(8):
        followup = planned(cast, cast.customers[0], cast.chen)
        FollowUp.objects.filter(pk=followup.pk).update(purpose="service")
        fence = claim(cast.chen, followup.pk, NOW)
        killed(_SAVE, rng.uniform(0, 0.9), followup.pk, fence, NOW.isoformat())
        again = save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 1}, words="不满意", token="t"), NOW)
        record = Record.objects.get(followup=followup)
        assert record.pk == again.record_id
        assert (Answer.objects.filter(record=record).count(), Attempt.objects.filter(followup=followup).count()) == (1, 1)
        assert record.cases.count() == 1
        assert (record.followup is not None and record.followup.state) == "done"
        Attempt.objects.update(counted=False)
    assert audit.faults() == []
    assert settings.HUIFANG.data.exists()


def test_a_killed_planning_leaves_the_plan_that_was_there(cast: Cast) -> None:
    for number, who in enumerate(cast.customers):
        settled(who, f"W{number}", DAY.replace(day=19))
    rng = random.Random(11)
    for _ in range(4):
        ended = killed(_PLAN, rng.uniform(0.3, 3), DAY.isoformat(), NOW.isoformat())
        whole = PlanRun.objects.filter(state="done").exists()
        assert whole or not ended or FollowUp.objects.exists()
        expected = 3 if whole else 0
        assert (FollowUp.objects.count(), Occurrence.objects.count(), Decision.objects.count()) == (expected, expected, expected)
        PlanRun.objects.filter(state="running").update(state="failed")
    plan_day(DAY, NOW)
    assert (FollowUp.objects.count(), Occurrence.objects.filter(open=True).count(), Decision.objects.count()) == (3, 3, 3)
