"""Letters: many in one PDF, each on its sheet with the address in the window; refusals and line breaks respected."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pypdf import PdfReader

from huifang.app.records.models import AuditEntry, ContactPoint, FollowUp
from huifang.app.reports.envelopes import ENVELOPES, Letter
from huifang.app.reports.letters import letters_pdf
from huifang.app.services import consents, letters, playbooks
from huifang.domain.errors import NotAllowed
from tests.app.messages import DAY, NOW, PLAYBOOK, Business, business

pytestmark = pytest.mark.django_db
MM = 72 / 25.4
POSTED = PLAYBOOK.replace(
    "    title: {zh: 感谢邮件, en: Thanks by mail}\n    channel: email", "    title: {zh: 感谢信, en: Letter}\n    channel: letter"
).replace("    through: [email, sms]", "    through: [letter, sms]")


@pytest.fixture
def firm() -> Business:
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, POSTED, "after-care.yaml", NOW), NOW)
    return firm


def to_post(firm: Business, name: str, address: str = "广东省深圳市南山区科苑路1号\n518000") -> FollowUp:
    followup = firm.follow_up("after-mail", "letter", name=name)
    FollowUp.objects.filter(pk=followup.pk).update(staff=firm.agent)
    if address:
        ContactPoint.objects.create(customer=followup.customer, kind="address", value=address, value_index=f"a{followup.pk}")
    return followup


def read_back(pdf: bytes, page: int = 0) -> tuple[PdfReader, dict[str, tuple[float, float]]]:
    """Each piece of text on a page, and where it begins: millimetres from the left and from the top."""
    reader = PdfReader(io.BytesIO(pdf))
    high, found = float(reader.pages[page].mediabox[3]) / MM, {}

    def see(text: str, cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        across, up = cm[0] * tm[4] + cm[2] * tm[5] + cm[4], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        found.setdefault(text.strip(), (across / MM, high - up / MM))

    reader.pages[page].extract_text(visitor_text=see)
    return reader, found


def test_the_letters_of_a_day_stand_in_one_file_each_on_its_sheet_with_the_address_in_the_window(firm: Business) -> None:
    to_post(firm, "王丽华")
    to_post(firm, "#link[李建军]{{x}}")
    post = letters.write_day(firm.supervisor, DAY, NOW)
    reader, found = read_back(letters_pdf(post.letters))
    assert len(reader.pages) == 2
    assert [float(side) / MM for side in reader.pages[0].mediabox[2:]] == pytest.approx([210, 297], abs=0.5)
    text = reader.pages[0].extract_text()
    assert "王丽华，谢谢您" in text
    assert "安达南山店" in text
    left, top = next(place for said, place in found.items() if said.startswith("王丽华") and "谢谢" not in said)
    assert 20 <= left <= 105
    assert 45 + 17.7 <= top <= 90
    assert "#link[李建军]{{x}}" in reader.pages[1].extract_text().replace("\n", "")


LINES = ("Ms Jane Example", "Flat 2", "221B Baker Street", "LONDON", "NW1 6XE")


@pytest.mark.parametrize("key", list(ENVELOPES))
def test_every_line_of_an_address_is_seen_however_the_sheet_lies_in_its_envelope(key: str) -> None:
    envelope = ENVELOPES[key]
    lines = LINES if key != "us-10" else ("Ms Jane Example", "1600 Sample Ave Apt 4", "SPRINGFIELD IL 62704")
    letter = Letter("Anda Repairs", lines, "24 Nov", "Thank you", "Dear Ms Example,\nthank you.")
    reader, found = read_back(letters_pdf([letter], key))
    assert [float(side) / MM for side in reader.pages[0].mediabox[2:]] == pytest.approx(list(envelope.sheet), abs=0.5)
    left, below, width, height = envelope.window
    down = envelope.size[1] - below - height
    for line in lines:
        across, up = next(place for said, place in found.items() if said.startswith(line))
        for shift_across in (0, envelope.size[0] - envelope.sheet[0]):
            for shift_down in (0, envelope.size[1] - envelope.panel):
                assert left <= across + shift_across <= left + width
                assert down + 2 <= up + shift_down <= down + height, (line, up)
    body = next(up for said, (_across, up) in found.items() if said.startswith("Dear"))
    assert envelope.seen[1] + envelope.seen[3] < body < 2 * envelope.panel


LONG = "新疆维吾尔自治区巴音郭楞蒙古自治州库尔勒市经济技术开发区某某街道办事处某某社区某某小区某某栋某某单元某某室"


@pytest.mark.parametrize("key", list(ENVELOPES))
@pytest.mark.parametrize("lines", [(LONG, LONG, LONG), tuple(f"Line {number}" for number in range(1, 6))])
def test_of_a_long_address_nothing_is_cut_off(key: str, lines: tuple[str, ...]) -> None:
    envelope = ENVELOPES[key]
    letter = Letter("Anda Repairs", ("王丽华", *lines, "841000"), "24 Nov", "Thank you", "Dear Ms Example,\nthank you.")
    _reader, found = read_back(letters_pdf([letter], key))
    left, top, width, height = envelope.seen
    across, up = next(place for said, place in found.items() if said.startswith("841000"))
    assert left <= across <= left + width
    assert top < up <= top + height


def test_the_usual_envelope_is_that_of_the_playbooks_country(firm: Business) -> None:
    client = Client()
    client.force_login(firm.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    to_post(firm, "王丽华")
    assert 'value="din-5008-b" selected' in client.get("/outbox/").content.decode()
    american = client.post("/outbox/letters/", {"day": DAY.isoformat(), "envelope": "us-10"})
    assert read_back(american.content)[0].pages[0].mediabox[2] == pytest.approx(8.5 * 72, abs=0.5)
    other = client.post("/outbox/letters/", {"day": DAY.isoformat(), "envelope": "nobody's"})
    assert read_back(other.content)[0].pages[0].mediabox[2] == pytest.approx(210 * MM, abs=0.5)


def test_who_has_refused_is_off_the_list_and_who_has_no_address_or_no_words_is_left_out(firm: Business) -> None:
    to_post(firm, "王丽华")
    consents.opt_out(None, to_post(firm, "李拒绝").customer, "any", "any", "reply", NOW)
    to_post(firm, "赵无址", "")
    without = to_post(firm, "钱无牌")
    without.customer.attributes = {}
    without.customer.save()
    post = letters.write_day(firm.supervisor, DAY, NOW)
    assert ([letter.to[0] for letter in post.letters], post.left_out) == (["王丽华"], 2)
    assert AuditEntry.objects.get(action="letters.printed").detail == {"letters": 1, "left_out": 2}


def test_only_those_who_may_see_addresses_print_and_only_their_branch_s(firm: Business) -> None:
    to_post(firm, "王丽华")
    with pytest.raises(NotAllowed):
        letters.write_day(firm.agent, DAY, NOW)
    assert letters.write_day(firm.stranger, DAY, NOW).letters == ()


def test_the_page_hands_out_the_file_or_says_that_there_is_nothing(firm: Business) -> None:
    client = Client()
    client.force_login(firm.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    assert "没有要打印的信函" in client.post("/outbox/letters/", {"day": DAY.isoformat()}, follow=True).content.decode()
    to_post(firm, "王丽华")
    answer = client.post("/outbox/letters/", {"day": DAY.isoformat()})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "打印信函" in client.get("/outbox/").content.decode()


def test_whoever_prints_hears_how_many_letters_are_not_in_the_file(firm: Business) -> None:
    client = Client()
    client.force_login(firm.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    to_post(firm, "王丽华")
    to_post(firm, "李雷", address="")
    assert client.post("/outbox/letters/", {"day": DAY.isoformat()}).headers["Content-Type"] == "application/pdf"
    assert "有 1 封信没有放进文件" in client.get("/outbox/").content.decode()


def test_a_letter_bears_the_day_of_the_business(firm: Business) -> None:
    to_post(firm, "王丽华")
    early = datetime.combine(DAY, time(1), ZoneInfo("Asia/Shanghai"))
    (letter,) = letters.write_day(firm.supervisor, DAY, early.astimezone(UTC)).letters
    assert letter.date.startswith(f"{DAY.month}月{DAY.day}日")
