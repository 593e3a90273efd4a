"""While a day is planned, the page of the plan says which step is under way and how much there is to do."""

import pytest
from django.urls import reverse

from huifang.app.business_time import business_day
from huifang.app.queries.plan import runs
from huifang.app.records.models import Job, PlanRun
from huifang.app.services import planning
from huifang.app.services.planning import STEPS, plan_day


@pytest.mark.parametrize(
    ("counts", "words", "step"),
    [
        ({"step": "reading"}, "Reading customers, events and earlier contacts", 1),
        ({"step": "deciding", "customers": 20258, "events": 155348}, "Deciding about 20,258 customers with 155,348 events", 2),
        ({"step": "writing", "decisions": 1802, "followups": 225}, "Writing 1,802 decisions and 225 follow-ups", 3),
    ],
)
def test_the_step_under_way_is_shown_and_asked_for_again(scene, signed_in, counts, words, step):
    scene.run.state, scene.run.counts = "running", counts
    scene.run.save()
    text = signed_in(scene.supervisor).get(reverse("plan")).content.decode()
    assert words in text
    assert f'<progress value="{step}" max="3"' in text
    assert 'hx-trigger="every 3s"' in text


def test_a_run_that_has_just_begun_or_is_over_has_no_step(scene):
    for state, counts in (("running", {}), ("done", {"followups": 12})):
        PlanRun.objects.update(state=state, counts=counts)
        assert (runs()[0].step, runs()[0].doing) == (0, "")


def test_before_the_worker_is_free_the_page_says_so(scene, signed_in):
    Job.objects.create(kind="plan", key="plan:asked", payload={"day": scene.run.day.isoformat()}, run_at=scene.run.started_at)
    assert "as soon as the worker is free" in signed_in(scene.supervisor).get(reverse("plan")).content.decode()


def test_a_planning_tells_its_steps_in_their_order_and_ends_with_its_counts(scene, monkeypatch):
    told = []
    tell = planning._tell

    def heard(run, step, **counts):
        tell(run, step, **counts)
        told.append(PlanRun.objects.get(pk=run.pk).counts)

    monkeypatch.setattr(planning, "_tell", heard)
    run = plan_day(business_day(scene.run.started_at), scene.run.started_at)
    assert tuple(each["step"] for each in told) == STEPS
    assert told[1]["customers"] == len(scene.followups)
    assert run.counts["followups"] == told[2]["followups"]
    assert "step" not in run.counts
