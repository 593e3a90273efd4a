"""Imports: upload, columns, start, result, rejected rows, undo; a bad file is told in words."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from huifang.app.jobs import handlers
from huifang.app.records.models import Customer, ImportBatch, Job

TABLE = "客户编号,姓名,电话\nKH9001,韩梅梅,13800002046\nKH9002,李雷,138\nKH9003,林涛,13900001234\n".encode()


@pytest.fixture
def uploaded(scene, signed_in):
    client = signed_in(scene.manager)
    answer = client.post("/imports/", {"file": SimpleUploadedFile("客户.csv", TABLE), "kind": "customers"})
    assert answer.status_code == 302
    return client, ImportBatch.objects.get()


def start(client, batch):
    page = client.get(f"/imports/{batch.pk}/")
    columns = {f"column.{number}": batch.mapping.get(str(number), "") for number in range(len(batch.options["names"]))}
    given = {"kind": batch.kind, "encoding": batch.encoding, "header_row": batch.header_row, **columns, "start": "1"}
    assert page.status_code == 200
    return client.post(f"/imports/{batch.pk}/", given)


def run_jobs():
    for job in Job.objects.filter(kind="import", state="waiting"):
        handlers.HANDLERS["import"].run(job.payload, timezone.now())
        Job.objects.filter(pk=job.pk).update(state="done")


def test_a_preview_shows_the_columns_and_the_rows_that_would_be_rejected(uploaded):
    client, batch = uploaded
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "韩梅梅" in page
    assert "1 row would be rejected" in page
    assert 'value="customer.name" selected' in page
    assert not Customer.objects.filter(code="KH9001").exists()


def test_rows_in_are_rows_out_and_the_rejected_come_back_as_a_file(uploaded):
    client, batch = uploaded
    assert start(client, batch).status_code == 302
    assert "every 3s" in client.get(f"/imports/{batch.pk}/").content.decode()
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert batch.rows == batch.created + batch.updated + batch.unchanged + batch.rejected == 3
    assert Customer.objects.filter(code__in=("KH9001", "KH9003")).count() == 2
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "Rejected rows" in page
    assert "every 3s" not in page
    answer = client.get(f"/imports/{batch.pk}/rejected.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["KH9002", "李雷", "138"]


def test_undo_takes_it_back_and_says_so(uploaded):
    client, batch = uploaded
    start(client, batch)
    run_jobs()
    client.post(f"/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert not Customer.objects.filter(code="KH9001").exists()
    assert "rows removed" in client.get(f"/imports/{batch.pk}/").content.decode()


def test_the_same_import_is_queued_once_and_can_be_stopped_and_gone_on_with(uploaded):
    client, batch = uploaded
    start(client, batch)
    client.post(f"/imports/{batch.pk}/go-on/")
    assert Job.objects.filter(kind="import").count() == 1
    client.post(f"/imports/{batch.pk}/stop/")
    assert Job.objects.get(kind="import").state == "stopped"
    client.post(f"/imports/{batch.pk}/go-on/")
    Job.objects.filter(state="waiting").update(state="running")
    client.post(f"/imports/{batch.pk}/stop/")
    assert Job.objects.get(state="running").payload["stop"] is True


def test_another_kind_is_looked_at_again_before_anything_starts(uploaded):
    client, batch = uploaded
    client.post(f"/imports/{batch.pk}/", {"kind": "events", "encoding": batch.encoding, "header_row": "1", "start": "1"})
    batch.refresh_from_db()
    assert batch.kind == "events"
    assert batch.state == "uploaded"
    assert not Job.objects.exists()


def test_columns_that_do_not_do_are_told(uploaded):
    client, batch = uploaded
    given = {
        "kind": "customers",
        "encoding": batch.encoding,
        "header_row": batch.header_row,
        "column.0": "",
        "column.1": "",
        "column.2": "",
        "start": "1",
    }
    answer = client.post(f"/imports/{batch.pk}/", given)
    assert answer.status_code == 422
    assert "No column stands for" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"%PDF-1.7 nothing", "not a table"), (b"<html><table></table></html>", "web page")]
)
def test_a_bad_file_is_told_in_words(scene, signed_in, content, said):
    answer = signed_in(scene.manager).post("/imports/", {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_no_file_is_told(scene, signed_in):
    assert "No file was chosen" in signed_in(scene.manager).post("/imports/").content.decode()


def test_staff_are_imported_by_administrators_only(scene, signed_in):
    table = SimpleUploadedFile("staff.csv", "工号,员工姓名\nA1,王\n".encode())
    assert signed_in(scene.supervisor).post("/imports/", {"file": table, "kind": "staff"}).status_code == 422
    assert 'value="staff"' not in signed_in(scene.supervisor).get("/imports/").content.decode()
    assert 'value="staff"' in signed_in(scene.administrator).get("/imports/").content.decode()


def test_an_import_of_another_branch_is_not_there(uploaded, scene, signed_in):
    _client, batch = uploaded
    ImportBatch.objects.filter(pk=batch.pk).update(branch=scene.there)
    assert signed_in(scene.supervisor).get(f"/imports/{batch.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["shop.visited"], "No playbook in force names this kind of event: shop.visited"),
        (["b.kind", "a.kind", "job.settled"], "No playbook in force names these kinds of events: a.kind, b.kind"),
        (["job.settled"], ""),
    ],
)
def test_the_result_says_of_which_kinds_of_events_nothing_follows(scene, signed_in, kinds, said):
    lines = [f"KH91{n},客户{n},{kind},W{n},2026-11-18 10:00" for n, kind in enumerate(kinds)]
    table = "\n".join(["客户编号,姓名,类型,单号,时间", *lines]).encode()
    client = signed_in(scene.manager)
    client.post("/imports/", {"file": SimpleUploadedFile("业务.csv", table), "kind": "events"})
    batch = ImportBatch.objects.get()
    batch.mapping = {"0": "customer.code", "1": "customer.name", "2": "event.kind", "3": "event.code", "4": "event.at"}
    batch.save()
    start(client, batch)
    run_jobs()
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "Every row was taken" in page
    assert ("No playbook in force names" in page, said in page) == (bool(said), True)
