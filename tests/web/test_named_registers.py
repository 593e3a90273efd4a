"""Every form that a plan knows by its Chinese name is there under exactly that name: on the page, in Excel and on paper."""

from __future__ import annotations

import hashlib
import io

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huifang.app.records.models import Occurrence, PlaybookVersion
from huifang.playbooks import library
from tests.web import worked

NAMED = {
    "inquiry": ("询盘统计表", "客户回访名单", "客户回访记录表", "客户回访报告"),
    "property-sales": ("客户名录簿", "客户管理卡", "客户定期回访跟单表", "排期表"),
    "insurance-service": ("服务承诺书",),
    "visit-procedure": ("客户回访计划", "客户回访记录表", "客户回访报告表", "客户开发计划"),
    "company-policy": ("客户回访记录表", "客户回访报告表"),
    "repair-shop": ("每日回访明细统计表", "每日流失客户回访明细统计表", "每日定期保养、保险到期等客户回访明细统计表"),
}
FORMS = [(playbook, title) for playbook, titles in NAMED.items() for title in titles]


def _in_force(playbook: str, now) -> None:
    text = library.text(playbook)
    digest = hashlib.sha256(text.encode()).hexdigest()
    PlaybookVersion.objects.get_or_create(
        playbook=playbook, number=1, defaults={"text": text, "sha256": digest, "state": "active", "activated_at": now}
    )


@pytest.mark.parametrize(("playbook", "title"), FORMS)
def test_a_named_form_is_a_page_a_workbook_and_a_sheet_of_paper_with_its_signatures(scene, signed_in, playbook, title):
    _in_force(playbook, scene.run.started_at)
    book = library.read(playbook).playbook
    key, form = next((key, form) for key, form in book.registers.items() if form.title.zh == title)
    programme = (form.programmes or tuple(book.programmes))[0]
    worked.contact(scene, scene.first, words="服务周到")
    Occurrence.objects.filter(followup=scene.first).exclude(event=None).update(playbook=playbook, programme=programme)
    client, address = signed_in(scene.supervisor, "zh-hans"), f"/registers/{playbook}/{key}/"
    page = client.get(f"{address}?day={scene.run.day}").content.decode()
    assert title in page
    assert scene.first.customer.name in page
    assert form.signatures
    assert all(signature.zh in page for signature in form.signatures)
    book_file = client.get(f"{address}file.xlsx?day={scene.run.day}").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book_file)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == title
    assert any(form.signatures[0].zh in str(cell) for row in rows for cell in row)
    paper = client.get(f"{address}file.pdf?day={scene.run.day}").content
    assert title in "".join("".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(paper)).pages)


def test_a_book_of_customers_has_each_of_them_once(scene, signed_in):
    _in_force("property-sales", scene.run.started_at)
    worked.contact(scene, scene.first, words="再看看")
    rows = Occurrence.objects.filter(followup=scene.first)
    for number, row in enumerate(rows):
        Occurrence.objects.filter(pk=row.pk).update(playbook="property-sales", programme="after-visit", cause=f"c{number}")
    assert rows.count() > 1
    book = signed_in(scene.supervisor, "zh-hans").get(f"/registers/property-sales/customer-book/file.xlsx?day={scene.run.day}").content
    found = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in found if row[2:3] == [scene.first.customer.name]] == [scene.first.customer.name]
