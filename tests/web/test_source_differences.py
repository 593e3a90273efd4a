"""The source system's list beside our records: missing here, missing there, different, not contacted."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huifang.app.records.models import AuditEntry, Event, ImportBatch
from huifang.app.services import source_differences as queries
from huifang.domain.errors import Invalid
from tests.web import scene as scenes
from tests.web import worked

HEAD = "客户编号,姓名,工单号,结算日期,金额\n"


def _row(event, *, code="", amount=None):
    return f"{event.customer.code},{event.customer.name},{code or event.code},{event.day},{event.amount if amount is None else amount}\n"


@pytest.fixture
def jobs(scene):
    """The jobs of one day, as ours."""
    day = scene.run.day
    Event.objects.exclude(day=day - scenes.timedelta(days=1)).delete()
    return list(Event.objects.order_by("code"))


@pytest.fixture
def brought(scene, signed_in):
    def bring(text, by=None):
        client = signed_in(by or scene.manager)
        client.post("/imports/", {"file": SimpleUploadedFile("结算.csv", (HEAD + text).encode()), "kind": "events"})
        batch = ImportBatch.objects.latest("pk")
        batch.mapping = {"0": "customer.code", "1": "customer.name", "2": "event.code", "3": "event.at", "4": "event.amount"}
        batch.options |= {"event_kind": "job.settled"}
        batch.save()
        return client, batch

    return bring


def test_every_difference_is_found_and_nothing_is_written(scene, jobs, brought):
    first, second, third, *rest = jobs
    text = _row(first) + _row(second, amount=1) + _row(third, code="W99999") + "".join(map(_row, rest[:-1])) + "KH1,无编号,,2026-11-20,5\n"
    client, batch = brought(text)
    before = list(Event.objects.values_list()), AuditEntry.objects.count()
    answer = client.get(f"/imports/{batch.pk}/differences/")
    page, found = answer.content.decode(), answer.context["found"]
    assert [line.code for line in found.missing_here] == ["W99999"]
    assert [line.code for line in found.missing_there] == [third.code, rest[-1].code]
    assert [(line.code, line.fields) for line in found.differing] == [(second.code, ("amount",))]
    assert (found.same, found.unread) == (len(rest), 1)
    assert third.customer.name in page
    assert "¥1.00" in page
    assert before == (list(Event.objects.values_list()), AuditEntry.objects.count())


def test_what_was_not_contacted_is_told(scene, jobs, brought):
    client, batch = brought("".join(map(_row, jobs)))
    found = client.get(f"/imports/{batch.pk}/differences/").context["found"]
    waiting = found.counts["not_contacted"]
    assert waiting == len({row.event_id for row in _due(scene)})
    contacted = next(one for one in scene.followups if one.occurrences.filter(event__in=jobs, due__lte=scene.run.day, open=True).exists())
    worked.contact(scene, contacted)
    assert client.get(f"/imports/{batch.pk}/differences/").context["found"].counts["not_contacted"] == waiting - 1


def _due(scene):
    from huifang.app.records.models import Occurrence

    return Occurrence.objects.filter(event__isnull=False, due__lte=scene.run.day, attempts=0)


def test_an_event_on_another_day_is_different_and_not_missing(scene, jobs, brought):
    moved = jobs[0]
    client, batch = brought(_row(moved) + _row(jobs[1]))
    Event.objects.filter(pk=moved.pk).update(day=moved.day - scenes.timedelta(days=40))
    found = client.get(f"/imports/{batch.pk}/differences/").context["found"]
    assert [(line.code, line.fields) for line in found.differing] == [(moved.code, ("day",))]
    assert found.missing_here == ()


def test_another_branchs_events_are_not_told(scene, jobs, brought):
    scenes._job(scene, worked.stranger(scene), 700, scene.run.day)
    client, batch = brought(_row(jobs[0]), by=scene.supervisor)
    found = client.get(f"/imports/{batch.pk}/differences/").context["found"]
    assert "W00700" not in {line.code for line in found.missing_there}
    whole = queries.compare(scene.manager, ImportBatch.objects.get(pk=batch.pk), scene.run.day)
    assert batch.branch_id or "W00700" in {line.code for line in whole.missing_there}


@pytest.mark.parametrize(
    ("kind", "text", "code"), [("customers", "KH1,韩梅梅,W1,2026-11-20,5\n", "kind"), ("events", "KH1,韩梅梅,,2026-11-20,5\n", "codes")]
)
def test_a_file_that_cannot_be_compared_says_why(scene, brought, kind, text, code):
    client, batch = brought(text)
    ImportBatch.objects.filter(pk=batch.pk).update(kind=kind)
    answer = client.get(f"/imports/{batch.pk}/differences/")
    assert answer.status_code == 422
    assert answer.context["problems"][0].code == f"differences.{code}"


def test_a_file_of_years_is_not_compared(scene, jobs, brought, monkeypatch):
    _client, batch = brought("".join(map(_row, jobs)))
    monkeypatch.setattr(queries, "MOST", 2)
    with pytest.raises(Invalid, match="more than"):
        queries.compare(scene.manager, batch, scene.run.day)


def test_the_import_page_leads_to_the_comparison_once_it_is_done(scene, jobs, brought):
    client, batch = brought(_row(jobs[0]))
    ImportBatch.objects.filter(pk=batch.pk).update(state="done")
    assert f"/imports/{batch.pk}/differences/" in client.get(f"/imports/{batch.pk}/").content.decode()


def test_the_number_of_queries_does_not_grow(scene, jobs, brought):
    client, few_batch = brought(_row(jobs[0]) + _row(jobs[1]))
    _, many_batch = brought("".join(map(_row, jobs)))

    def queries_of(batch):
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/imports/{batch.pk}/differences/").status_code == 200
        return len(found)

    queries_of(few_batch)
    assert queries_of(few_batch) == queries_of(many_batch)
