"""A customer's own time zone: every road by which it comes in, who may enter it, and where it is told before a contact."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import Client

from huifang.app import business_clock
from huifang.app.records.models import AuditEntry, Customer
from huifang.app.services import customers
from huifang.app.services.imports import prepare, rejected
from huifang.app.services.imports.run import run
from huifang.domain.errors import Invalid, NotAllowed
from tests.app.api.caller import key
from tests.app.cast import NOW, Cast
from tests.app.test_gate import american, in_hand

ZONE = "America/New_York"


@pytest.fixture
def browser(cast: Cast, client: Client) -> Client:
    client.force_login(cast.chen, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("header", ["时区", "客户时区", "Time zone", "所在时区"])
def test_a_file_says_it_in_words_and_one_bad_cell_costs_its_row_alone(cast: Cast, header: str) -> None:
    rows = ["美国东部时间", "UTC+8", "asia/tokyo", "", "CST"]
    lines = [f"编号,姓名,电话,{header}", *(f"Z{number},周新{number},1380000100{number},{zone}" for number, zone in enumerate(rows))]
    batch = prepare.upload(cast.an, BytesIO("\n".join(lines).encode()), "k.csv", NOW, kind="customers")
    done = run(prepare.confirm(cast.an, batch, NOW).pk, NOW)
    assert (done.created, done.rejected) == (4, 1)
    held = Customer.objects.filter(code__startswith="Z").order_by("code").values_list("time_zone", flat=True)
    assert list(held) == [ZONE, "Asia/Shanghai", "Asia/Tokyo", ""]
    back = rejected.as_csv(done).decode("utf-8-sig")
    assert "没有时区“CST”。请写成“北京时间”" in back


def test_a_file_that_says_nothing_of_it_takes_none_away(cast: Cast) -> None:
    for zone, outcome in ((ZONE, "updated"), ("", "unchanged"), ("北京时间", "updated")):
        said = f"编号,姓名,时区\nKH1,雷华,{zone}\n".encode()
        batch = prepare.upload(cast.an, BytesIO(said), "k.csv", NOW, kind="customers")
        done = run(prepare.confirm(cast.an, batch, NOW).pk, NOW)
        assert getattr(done, outcome) == 1
    assert Customer.objects.get(code="KH1").time_zone == "Asia/Shanghai"


def test_a_file_with_the_column_is_not_told_that_it_lacks_it(cast: Cast, client: Client) -> None:
    american(cast)
    client.force_login(cast.an, backend="django.contrib.auth.backends.ModelBackend")
    for column, lacks in (("备注", True), ("时区", False)):
        batch = prepare.upload(
            cast.an, BytesIO(f"编号,姓名,电话,{column}\nU1,周新,13800000077,\n".encode()), "k.csv", NOW, kind="customers"
        )
        assert ("文件里没有客户的时区" in client.get(f"/imports/{batch.pk}/").content.decode()) is lacks


def test_other_systems_enter_and_read_it(cast: Cast) -> None:
    call = key(cast.an)
    assert call("PUT", "customers/KH1", {"name": "雷华", "time_zone": "us eastern"}).json() == {"outcome": "updated"}
    assert call("PUT", "customers/KH1", {"name": "雷华"}).json() == {"outcome": "unchanged"}
    assert call("GET", "customers/KH1").json()["time_zone"] == ZONE
    answer = call("PUT", "customers/KH1", {"name": "雷华", "time_zone": "CST"})
    assert answer.status_code == 422
    assert "There is no time zone “CST”" in answer.content.decode()
    assert Customer.objects.get(code="KH1").time_zone == ZONE


def test_it_is_entered_changed_and_taken_away_on_the_customers_page(cast: Cast, browser: Client) -> None:
    who = cast.customers[0]
    address = f"/customers/{who.pk}/locale/"
    for written, held, said in (
        ("纽约", ZONE, "美国东部时间（America/New_York）"),
        ("CST", ZONE, "没有时区“CST”"),
        (" ", "", "时区：不明"),
    ):
        page = browser.post(address, {"time_zone": written}, follow=True).content.decode()
        who.refresh_from_db()
        assert (who.time_zone, said in page) == (held, True)
    assert [entry.detail for entry in AuditEntry.objects.filter(action="customer.changed")] == [{"fields": ["time_zone"]}] * 2


def test_only_whoever_reaches_the_customer_enters_it_and_only_what_is_a_zone(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        customers.change(cast.stranger, cast.customers[0], {"time_zone": ZONE}, NOW)
    with pytest.raises(Invalid):
        customers.change(cast.chen, cast.customers[0], {"time_zone": "Mars/Base"}, NOW)
    assert customers.change(cast.chen, cast.customers[0], {"time_zone": "东九区"}, NOW).time_zone == "Etc/GMT-9"


def test_the_clock_where_the_customer_is_stands_where_a_call_is_made(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_clock, "now", lambda: datetime(2026, 11, 20, 3, 10, tzinfo=UTC))
    who = cast.customers[0]
    page = f"/customers/{who.pk}/"
    assert "客户当地时间" not in browser.get(page).content.decode()
    for zone, clock in ((ZONE, "22:10"), ("Asia/Kolkata", "08:40")):
        customers.change(cast.chen, who, {"time_zone": zone}, NOW)
        shown = browser.get(page).content.decode()
        assert f'data-there="{zone}">{clock}</time>' in shown
        assert "客户当地时间" in shown
    followup, _fence = in_hand(cast, who)
    assert ">08:40</time>" in browser.get(f"/today/{followup.pk}/").content.decode()
    customers.change(cast.chen, who, {"time_zone": "Asia/Singapore"}, NOW)  # the same hour as the business's
    assert "客户当地时间" not in browser.get(page).content.decode()
    cast.branch.time_zone = "Asia/Tokyo"
    cast.branch.save()
    customers.change(cast.chen, who, {"time_zone": ""}, NOW)
    assert 'data-there="Asia/Tokyo">12:10</time>' in browser.get(page).content.decode()


def test_the_language_they_are_written_to_in_is_chosen_on_the_page_and_the_zone_stays(cast: Cast, browser: Client) -> None:
    who = cast.customers[0]
    customers.change(cast.chen, who, {"time_zone": ZONE}, NOW)
    address = f"/customers/{who.pk}/locale/"
    for written, held, shown in (
        ("en", "en", "English"),
        ("zh_hant", "zh-Hant", "繁體中文"),
        ("elvish", "zh-Hant", "繁體中文"),
        ("", "", ""),
    ):
        page = browser.post(address, {"language": written}, follow=True).content.decode()
        who.refresh_from_db()
        assert (who.language, who.time_zone) == (held, ZONE)
        assert (f' lang="{held}" selected>{shown}</option>' in page) == bool(held)
        assert ("“elvish”不是语言" in page) == (written == "elvish")
