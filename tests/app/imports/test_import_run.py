"""A file brought in: nothing lost, nothing doubled, nothing that is not one's own, and back again."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import serializers

from huifang.app.crypto import seal
from huifang.app.indexes import value_index
from huifang.app.records.models import (
    Agreement,
    Branch,
    Consent,
    ContactPoint,
    Customer,
    Event,
    ImportBatch,
    OptOut,
    Role,
    Staff,
)  # fmt: skip
from huifang.app.services.imports import apply, prepare, preview, rejected, undo
from huifang.app.services.imports.run import run
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.imports.import_files import csv, xlsx

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)
MORNING = [
    ["XX汽修厂2025年7月20日结算单"],
    ["结算单号", "结算日期", "车主姓名", "联系电话", "车牌号", "车型", "结算金额", "服务顾问", "下次保养日期", "保险到期"],
    ["JS001", "2025-07-20 10:30", "王芳", "138 0000 2046", "粤A12345", "卡罗拉", "￥1,280.00", "李师傅", "2026/1/20", "2025年12月31日"],
    ["JS002", "2025/7/20", "李强", 13900001111, "粤b·67890", "朗逸", 560, "李师傅", None, None],
    ["JS003", "2025/7/20", "王芳", "13800002046", "粤A12345", "卡罗拉", "80元", "李师傅", "2026/3/1", None],
    ["JS004", "约明天下午", "赵六", "13700003333", "粤C11111", "途观", 99, "李师傅", None, None],
    ["JS005", "2025/7/20", "钱七", "1370000", "粤C22222", "途观", 99, "李师傅", None, None],
]


def bring(data: bytes, name: str = "a.xlsx", by: Staff | None = None, kind: str = "", options: dict[str, Any] | None = None) -> ImportBatch:
    batch = prepare.upload(by, io.BytesIO(data), name, NOW, kind=kind)
    if options:
        batch = prepare.choose(by, batch, options=options)
    return run(prepare.confirm(by, batch, NOW).pk, NOW)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    assert batch.rows == batch.created + batch.updated + batch.unchanged + batch.rejected == batch.done_rows
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def everything() -> str:
    """All of the register as plain text."""
    tables = (Customer, ContactPoint, Event, Agreement, Staff, Branch)
    return "\n".join(serializers.serialize("json", model._default_manager.order_by("pk")) for model in tables)


@pytest.fixture
def branches() -> tuple[Branch, Branch]:
    return Branch.objects.create(code="east", name="东店"), Branch.objects.create(code="west", name="西店")


@pytest.fixture
def supervisor(branches: tuple[Branch, Branch]) -> Staff:
    return Staff.objects.create(code="s1", name="陈主管", role=Role.SUPERVISOR, branch=branches[0])


def test_the_morning_export_makes_customers_events_and_agreements_in_one_go() -> None:
    Staff.objects.create(code="L1", name="李师傅")
    batch = bring(xlsx(MORNING))
    assert (batch.kind, batch.header_row, batch.options["event_kind"]) == ("events", 2, "job.settled")
    assert counts(batch) == (3, 0, 0, 2)
    assert Customer.objects.count() == 2
    job = Event.objects.get(code="JS001")
    assert (str(job.amount), job.day.isoformat(), job.at, job.kind) == (
        "1280.00",
        "2025-07-20",
        datetime(2025, 7, 20, 2, 30, tzinfo=UTC),
        "job.settled",
    )
    assert job.staff is not None
    assert job.staff.code == "L1"
    wang = job.customer
    assert (wang.name, wang.attributes["plate"], wang.attributes["next_service"]) == ("王芳", "粤A12345", "2026-03-01")
    assert [point.value for point in wang.contact_points.all()] == ["+8613800002046"]
    insurance = Agreement.objects.get()
    assert (insurance.kind, insurance.customer, str(insurance.ends)) == ("insurance", wang, "2025-12-31")
    told = [(one.line, one.column, one.code) for one in batch.rejected_rows.order_by("line")]
    assert told == [(6, "结算日期", "date.unreadable"), (7, "联系电话", "phone.unreadable")]


def test_the_same_file_twice_changes_nothing() -> None:
    bring(xlsx(MORNING))
    before = everything()
    assert counts(bring(xlsx(MORNING))) == (0, 0, 3, 2)
    assert everything() == before


def test_the_hospitals_discharge_list() -> None:
    rows = [["出院患者一览表"], ["病案号", "姓名", "性别", "科室", "出院日期", "主管医生", "出院诊断", "联系电话"]]
    rows += [["ZY0001", "孙丽", "女", "骨科", "2025-07-19", "周医生", "腰椎间盘突出", "13600001234"]]
    batch = bring(xlsx(rows))
    assert counts(batch) == (1, 0, 0, 0)
    event = Event.objects.get()
    assert (event.kind, event.customer.code, event.attributes["department"], event.attributes["staff_name"]) == (
        "visit.discharged",
        "ZY0001",
        "骨科",
        "周医生",
    )


def test_undo_leaves_everything_as_it_was() -> None:
    bring(xlsx([["姓名", "电话", "备注", "等级"], ["王芳", "13800002046", "老客户", "金"]]), kind="customers")
    before = everything()
    batch = bring(xlsx(MORNING))
    assert everything() != before
    result = undo.undo(None, batch, NOW)
    assert everything() == before
    assert (result.restored, result.kept) == (1, ())
    with pytest.raises(Conflict):
        undo.undo(None, batch, NOW)


def test_undo_tells_what_was_changed_since_and_leaves_it() -> None:
    batch = bring(xlsx([["姓名", "电话"], ["王芳", "13800002046"], ["李强", "13900001111"]]), kind="customers")
    wang = next(one for one in Customer.objects.all() if one.name == "王芳")
    wang.notes = "要求上午联系"
    wang.save()
    result = undo.undo(None, batch, NOW)
    assert ("customer", wang.pk) in result.kept
    assert [one.pk for one in Customer.objects.all()] == [wang.pk]


def test_an_import_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["姓名", "手机"], *([f"客户{number}", f"13{number:09}"] for number in range(30_0000000, 30_0005000))]
    batch = prepare.confirm(None, prepare.upload(None, io.BytesIO(csv(rows)), "a.csv", NOW), NOW)
    asked = iter([False, True])
    monkeypatch.setattr(apply, "ROWS", 2000)
    stopped = run(batch.pk, NOW, lambda: next(asked))
    assert (stopped.state, stopped.done_rows, Customer.objects.count()) == ("stopped", 2000, 2000)
    done = run(batch.pk, NOW)
    assert counts(done) == (5000, 0, 0, 0)
    assert Customer.objects.count() == 5000
    assert run(batch.pk, NOW).done_rows == 5000


def test_the_rejected_rows_can_be_corrected_and_brought_in_again() -> None:
    rows = [["姓名", "手机", "备注"], ["=cmd|' /C calc'!A0", "1", "+1"], ["王芳", "13800002046", "好"]]
    for write, name in ((rejected.as_csv, "r.csv"), (rejected.as_xlsx, "r.xlsx")):
        batch = bring(xlsx(rows), kind="customers")
        assert batch.rejected == 1
        data = write(batch)
        again = bring(data, name, kind="customers")
        assert counts(again) == (0, 0, 0, 1)
        assert json.loads(again.rejected_rows.get().cells)[:3] == ["=cmd|' /C calc'!A0", "1", "+1"]
        assert b"\n=cmd" not in data


def test_an_import_never_brings_back_who_has_refused() -> None:
    OptOut.objects.create(value_index=value_index("+8613800002046"), at=NOW)
    bring(xlsx([["姓名", "电话"], ["王芳", "13800002046"]]), kind="customers")
    assert list(Consent.objects.values_list("allowed", "road", "purpose")) == [(False, "import", "any")]
    bring(xlsx([["姓名", "电话"], ["王芳", "13800002046"]]), kind="customers")
    assert Consent.objects.count() == 1
    assert OptOut.objects.count() == 1


def test_a_supervisor_writes_only_to_their_own_branch(supervisor: Staff, branches: tuple[Branch, Branch]) -> None:
    Customer.objects.create(code="W1", name="西店客户", branch=branches[1])
    rows = [
        ["客户编号", "姓名", "电话", "门店"],
        ["E1", "王芳", "13800002046", "东店"],
        ["E2", "李强", "13900001111", "西店"],
        ["W1", "改名", "13900001112", ""],
    ]
    batch = bring(xlsx(rows), by=supervisor, kind="customers")
    assert counts(batch) == (1, 0, 0, 2)
    assert [one.code for one in batch.rejected_rows.order_by("line")] == ["branch.unknown", "customer.elsewhere"]
    assert Customer.objects.get(code="W1").name == "西店客户"
    assert Customer.objects.get(code="E1").branch == branches[0]


def test_an_agent_may_not_import_and_only_administrators_bring_staff(supervisor: Staff) -> None:
    agent = Staff.objects.create(code="a", name="a", role=Role.AGENT, branch=supervisor.branch)
    for by, kind in ((agent, "customers"), (supervisor, "staff")):
        with pytest.raises(NotAllowed):
            prepare.upload(by, io.BytesIO(xlsx(MORNING)), "a.xlsx", NOW, kind=kind)


def test_branches_and_staff() -> None:
    assert counts(bring(xlsx([["门店编号", "门店名称"], ["n", "北店"], ["m", ""]]), kind="branches")) == (1, 0, 0, 1)
    rows = [["工号", "姓名", "门店", "部门", "每日回访量"], ["7", "周", "北店", "客服部", 40], ["8", "吴", "哪里", "", 1]]
    assert counts(bring(xlsx(rows), kind="staff")) == (1, 0, 0, 1)
    one = Staff.objects.get(code="7")
    assert (one.role, one.has_usable_password(), one.capacity, one.branch and one.branch.code) == ("none", False, 40, "n")
    assert one.department == "客服部"
    assert counts(bring(xlsx(rows), kind="staff")) == (0, 0, 1, 1)
    moved = bring(xlsx([["工号", "姓名", "部门"], ["7", "周", "前台"]]), kind="staff")
    assert Staff.objects.get(code="7").department == "前台"
    undo.undo(None, moved, NOW)
    assert Staff.objects.get(code="7").department == "客服部"


def test_shifts_are_read_as_they_are_written_and_put_in_one_form() -> None:
    rows = [
        ["工号", "姓名", "班次"],
        ["1", "周", "9:00-12:00，14:00-18:00"],
        ["2", "吴", "上午"],
        ["3", "郑", "09:00-10:00," * 9],
        ["4", "王", ""],
    ]
    assert counts(bring(xlsx(rows), kind="staff")) == (2, 0, 0, 2)
    assert dict(Staff.objects.values_list("code", "hours")) == {"1": "09:00-12:00, 14:00-18:00", "4": ""}
    assert counts(bring(xlsx([["工号", "姓名", "班次"], ["1", "周", ""], ["4", "王", "13:00-21:00"]]), kind="staff")) == (0, 1, 1, 0)
    assert dict(Staff.objects.values_list("code", "hours")) == {"1": "09:00-12:00, 14:00-18:00", "4": "13:00-21:00"}


def test_agreements() -> None:
    rows = [["合同编号", "合同类型", "客户名称", "联系电话", "开始日期", "到期日期", "合同金额"]]
    rows += [
        ["HT1", "warranty", "王芳", "13800002046", "2025-01-01", "2026-01-01", "1,000"],
        ["HT2", "warranty", "李强", "13900001111", "2026-01-01", "2025-01-01", "1"],
    ]
    batch = bring(xlsx(rows))
    assert (batch.kind, counts(batch)) == ("agreements", (1, 0, 0, 1))
    assert str(Agreement.objects.get().ends) == "2026-01-01"


def test_the_same_phone_under_another_name_is_another_customer_and_the_same_name_alone_is_no_sign() -> None:
    rows = [
        ["姓名", "电话", "地址"],
        ["王芳", "13800002046", ""],
        ["王 芳", "+86 13800002046", ""],
        ["王强", "13800002046", ""],
        ["李四", "", "甲路1号"],
        ["李四", "", "乙路2号"],
    ]
    batch = bring(xlsx(rows), kind="customers")
    assert counts(batch)[0] == 4
    assert Customer.objects.count() == 4
    assert counts(bring(xlsx(rows), kind="customers"))[0] == 0


def test_a_customer_without_a_number_gets_the_businesss_own_later() -> None:
    bring(xlsx([["姓名", "电话"], ["王芳", "13800002046"]]), kind="customers")
    batch = bring(xlsx([["客户编号", "姓名", "电话"], ["K1", "王芳", "13800002046"]]), kind="customers")
    assert counts(batch) == (0, 1, 0, 0)
    assert Customer.objects.get().code == "K1"


def test_notes_are_added_and_blank_cells_erase_nothing() -> None:
    bring(xlsx([["姓名", "电话", "备注"], ["王芳", "13800002046", "约明天下午"]]), kind="customers")
    bring(xlsx([["姓名", "电话", "备注", "生日"], ["王芳", "13800002046", "预约7月23号", None]]), kind="customers")
    assert Customer.objects.get().notes == "约明天下午\n预约7月23号"


def test_lines_of_one_order_are_told_or_added_up() -> None:
    rows = [["InvoiceNo", "Quantity", "UnitPrice", "InvoiceDate", "CustomerID"]]
    rows += [["536365", "6", "2.55", "2010-12-01 08:26", "17850"], ["536365", "6", "3.39", "2010-12-01 08:26", "17850"]]
    told = bring(csv(rows), "a.csv")
    assert counts(told) == (1, 0, 0, 1)
    assert told.rejected_rows.get().code == "number.twice"
    undo.undo(None, told, NOW)
    summed = bring(csv(rows), "a.csv", options={"lines": "sum"})
    assert counts(summed) == (1, 0, 1, 0)
    assert str(Event.objects.get().amount) == "35.64"
    assert counts(bring(csv(rows), "a.csv", options={"lines": "sum"})) == (0, 0, 2, 0)


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    text = '姓名,手机,备注\n甲,13800000001,"好\n乙,13800000002,"两\n行"\n丙,13800000003,x\n'
    batch = bring(text.encode(), "a.csv", kind="customers")
    assert counts(batch) == (2, 0, 0, 1)
    assert [(one.line, one.code) for one in batch.rejected_rows.all()] == [(2, "open-quote")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_is_read_as_it_is(encoding: str) -> None:
    bring(
        csv([["姓名", "手机"], *([f"张三{number}", f"1380000{number:04}"] for number in range(30))], encoding, "\t"),
        "a.txt",
        kind="customers",
    )
    assert {one.name for one in Customer.objects.all()} == {f"张三{number}" for number in range(30)}


def test_traditional_chinese_in_big5() -> None:
    rows = [["姓名", "電話", "備註"], ["陳建國", "+886912345678", "請於下週聯絡，謝謝"], ["黃麗華", "+886922333444", "門號已變更，請記錄"]]
    batch = prepare.upload(None, io.BytesIO(csv(rows, "big5")), "a.csv", NOW, kind="customers")
    assert batch.encoding == "big5"


def test_two_header_rows_and_merged_customers() -> None:
    rows = [
        ["客户登记表", None, None, None],
        ["姓名", "联系方式", None, "备注"],
        [None, "手机", "微信", None],
        ["王芳", "13800002046", "wf", "a"],
    ]
    batch = bring(xlsx(rows, [(1, 1, 1, 2, "联系方式"), (1, 0, 2, 0, "姓名"), (1, 3, 2, 3, "备注")]), kind="customers")
    assert batch.options["names"] == ["姓名", "手机", "微信", "备注"]
    assert counts(batch) == (1, 0, 0, 0)
    assert sorted(ContactPoint.objects.values_list("kind", flat=True)) == ["phone", "wecom"]


def test_members_of_chat_programs_come_in_by_file_one_to_a_cell() -> None:
    rows = [
        ["姓名", "企业微信", "钉钉", "飞书"],
        ["王芳", "WangFang", "u1", "ou_1"],
        ["李雷", "lilei|wangfang", "", ""],
        ["韩梅", "@all", "", ""],
    ]
    batch = bring(xlsx(rows), kind="customers")
    assert counts(batch) == (1, 0, 0, 2)
    assert dict(ContactPoint.objects.values_list("kind", "value")) == {"wecom": "wangfang", "dingtalk": "u1", "feishu": "ou_1"}
    assert set(batch.rejected_rows.values_list("code", flat=True)) == {"member.unreadable"}


def test_the_preview_shows_rows_and_problems_and_writes_nothing() -> None:
    batch = prepare.upload(None, io.BytesIO(xlsx(MORNING)), "a.xlsx", NOW)
    before = everything()
    seen = preview.preview(batch)
    assert (seen.looked_at, seen.accepted, seen.whole, seen.problems) == (5, 3, True, {"date.unreadable": 1, "phone.unreadable": 1})
    assert seen.rows[0].values["customer.phone"] == "+8613800002046"
    assert next(column for column in seen.columns if column.name == "联系电话").problems == 1
    assert everything() == before


def test_a_mapping_is_remembered_for_the_same_header() -> None:
    rows = [["甲", "乙"], ["王芳", "13800002046"]]
    batch = prepare.upload(None, io.BytesIO(xlsx(rows)), "a.xlsx", NOW, kind="customers")
    batch = prepare.choose(None, batch, header_row=1, mapping={"0": "customer.name", "1": "phone"})
    run(prepare.confirm(None, batch, NOW).pk, NOW)
    again = prepare.upload(None, io.BytesIO(xlsx(rows)), "b.xlsx", NOW, kind="customers")
    assert (again.mapping, again.options["remembered"]) == ({"0": "customer.name", "1": "phone"}, True)


@pytest.mark.parametrize("mapping", [{"99": "phone"}, {"x": "phone"}, {"0": "password"}, {"0": "attribute.__class__; drop"}])
def test_a_mapping_that_makes_no_sense_is_refused(mapping: dict[str, str]) -> None:
    batch = prepare.upload(None, io.BytesIO(xlsx(MORNING)), "a.xlsx", NOW)
    with pytest.raises(Invalid):
        prepare.choose(None, batch, mapping=mapping)


def test_uploads_are_kept_sealed(settings: Any) -> None:
    batch = prepare.upload(None, io.BytesIO(csv([["姓名", "手机"], ["王芳", "13800002046"]])), "a.csv", NOW)
    kept = (settings.MEDIA_ROOT / batch.stored_as).read_bytes()
    assert b"13800002046" not in kept
    assert seal("x", "y") != seal("x", "y")


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def test_the_language_of_customers_comes_with_them() -> None:
    batch = bring(xlsx([["客户编号", "姓名", "电话", "语言"], ["K1", "田中", "13800002046", "日语"], ["K2", "王芳", "13800002047", ""]]))
    assert counts(batch)[0] == 2
    assert dict(Customer.objects.values_list("code", "language")) == {"K1": "ja", "K2": ""}
    bring(xlsx([["客户编号", "姓名", "电话", "语言"], ["K1", "田中", "13800002046", ""], ["K2", "王芳", "13800002047", "繁体中文"]]))
    assert dict(Customer.objects.values_list("code", "language")) == {"K1": "ja", "K2": "zh-Hant"}
