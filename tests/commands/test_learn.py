"""``huifang learn``: from tables to numbers, classes with reasons, and a plan that uses them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from huifang import cli
from huifang.commands import learn

PLAYBOOK = """
format: huifang/1
playbook: shop
title: {zh: 小店, en: Shop}
about: {zh: 小店, en: Shop}
attributes: {city: {title: {zh: 城市, en: City}}}
events:
  order: {title: {zh: 订单, en: Order}}
facts:
  orders: {value: count(order), title: {zh: 订单数, en: Orders}}
classes:
  once: {when: orders = 1, title: {zh: 首购, en: Bought once}}
ladders:
  tier:
    title: {zh: 层级, en: Tier}
    steps:
      a: {when: recency_score = 3 and frequency_score = 2 and money_score = 2, title: {zh: A, en: A}}
      b: {when: recency_score >= 1, title: {zh: B, en: B}}
  stage:
    title: {zh: 阶段, en: Stage}
    steps: {active: {when: p_active > 0.5, title: {zh: 活跃, en: Active}}, gone: {when: p_active <= 0.5, title: {zh: 流失, en: Gone}}}
value:
  purchases: [order]
  active for: 60 days
  recency: [10 days, 30 days]
  frequency: [top 20 %]
  money: ["100"]
programmes:
  win-back: {title: {zh: 唤回, en: Win back}, purpose: relationship, when: {becomes: stage = 'gone'}, within: 5 days, through: [phone]}
"""
DAY = date(2026, 6, 30)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Customers 1 to 10 with one order, 10 to 100 days ago; customer 1 with twelve more, the last one a day ago."""
    (tmp_path / "shop.yaml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "customers.csv").write_text("customer_id,city\n" + "".join(f"{number},上海\n" for number in range(1, 12)), "utf-8")
    orders = [(number, 10 * number, 20) for number in range(1, 11)] + [(1, 10 * place + 1, 30) for place in range(12)]
    lines = [f"{place},{who},order,{DAY - timedelta(days=ago)},{amount}" for place, (who, ago, amount) in enumerate(orders)]
    (tmp_path / "events.csv").write_text("event_id,customer_id,kind,day,amount\n" + "\n".join(lines) + "\n", "utf-8")
    (tmp_path / "contact_points.csv").write_text(
        "customer_id,channel,usable\n" + "".join(f"{n},phone,true\n" for n in range(1, 11)), "utf-8"
    )
    return tmp_path


def run(verb: str, shop: Path, *more: str, day: date = DAY) -> int:
    tables = ["--tables", str(shop), "--playbook", str(shop / "shop.yaml"), "--day", day.isoformat()]
    return cli.main([verb, *tables, *more, "--language", "en"])


def classes(shop: Path, customer: str) -> list[dict[str, Any]]:
    rows = pyarrow.parquet.read_table(shop / "classes.parquet").to_pylist()
    return [row for row in rows if row["customer_id"] == customer]


def test_the_report_says_which_model_and_why_the_rule_stands_in(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("learn", shop) == 0
    said = capsys.readouterr().out
    assert "Up to 2026-06-30: 10 customers have bought, 1 of them again." in said
    assert "did not converge: Fewer than 30 customers have bought again (1)." in said
    assert not (shop / "learned.parquet").exists()


def test_every_class_has_its_reason(shop: Path) -> None:
    assert run("learn", shop, "--out", str(shop)) == 0
    best, stage = classes(shop, "1")
    assert (best["class"], best["step"], best["since"], best["until"], best["by"]) == ("tier", "a", DAY, None, "facts")
    assert best["reason_en"] == (
        "last purchase 1 day ago (within 10 days), 13 purchases in 12 months (top 20 %, which is at least 1), "
        "380 spent in 12 months (at least 100)"
    )
    assert stage["reason_en"] == "last purchase 1 day ago (active for 60 days) (by the rule: no model could be fitted)"
    assert stage["reason_zh"] == "上次购买在 1 天前（60 天以内算活跃）（按规则：未能拟合模型）"
    once, low, gone = classes(shop, "9")
    assert (once["class"], once["step"], once["reason_en"]) == ("once", "", "Orders 1 (= 1)")
    assert (low["step"], low["reason_en"]) == ("b", "last purchase 90 days ago (reaches no cut)")
    assert (gone["step"], gone["by"]) == ("gone", "rule")
    assert classes(shop, "11") == []
    assert "BG/NBD 购买模型没有收敛" in (shop / "learned.txt").read_text("utf-8")


def test_the_history_goes_on_the_next_week(shop: Path) -> None:
    run("learn", shop, "--out", str(shop))
    later = DAY + timedelta(days=7)
    (shop / "customers.csv").write_text("customer_id,city\n" + "".join(f"{number},上海\n" for number in range(2, 12)), "utf-8")
    (shop / "events.csv").write_text("event_id,customer_id,kind,day,amount\n0,6,order,2026-05-01,20\n1,5,order,2026-06-29,20\n", "utf-8")
    assert run("learn", shop, "--out", str(shop), day=later) == 0
    stages = [(row["step"], row["since"], row["until"]) for row in classes(shop, "6") if row["class"] == "stage"]
    assert stages == [("active", DAY, later), ("gone", later, None)]
    assert [row["until"] for row in classes(shop, "1")] == [later, later]


def test_the_plan_uses_what_was_learned(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("learn", shop, "--out", str(shop))
    capsys.readouterr()
    assert run("plan", shop, "--format", "csv") == 0
    assert capsys.readouterr().out.count("Win back") == 4
    assert run("explain", shop, "1") == 0


def without_value(shop: Path) -> None:
    """The playbook says nothing of value, nor names what is learned; it still has a class."""
    text = PLAYBOOK[: PLAYBOOK.index("ladders:")] + PLAYBOOK[PLAYBOOK.index("programmes:") :].replace("stage = 'gone'", "once")
    text = text.replace("events:\n", "agreements:\n  contract: {title: {zh: 合同, en: Contract}}\nevents:\n")
    (shop / "shop.yaml").write_text(text, "utf-8")


def test_without_value_it_says_what_to_write_where_from_what_the_tables_hold(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without_value(shop)
    assert run("learn", shop) == 2
    assert capsys.readouterr().err == (
        "No playbook has a part `value`: value, activity and renewal are not learned. "
        f"Say in the playbook {shop / 'shop.yaml'} what to learn from, as in value: {{purchases: [order]}}. "
        "For the history of classes alone, name a folder with --out.\n"
    )
    (shop / "agreements.csv").write_text("agreement_id,customer_id,kind,ends\n1,1,contract,2026-12-31\n2,1,lease,2026-12-31\n", "utf-8")
    (shop / "events.csv").write_text("event_id,customer_id,kind,day,amount\n1,1,order,2026-05-01,\n2,1,visit,2026-05-01,9\n", "utf-8")
    assert run("learn", shop) == 2
    assert "as in value: {contracts: [contract]}." in capsys.readouterr().err
    (shop / "agreements.csv").unlink()
    (shop / "events.csv").write_text("event_id,customer_id,kind,day\n1,1,order,2026-05-01\n", "utf-8")
    assert run("learn", shop) == 2
    assert "as in value: {purchases: [order]}." in capsys.readouterr().err


def test_without_value_the_history_of_classes_is_written_and_goes_on(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Classes by facts need no learning, and none of its libraries."""
    without_value(shop)
    monkeypatch.setattr(learn, "find_spec", lambda name: None)
    assert run("learn", shop, "--out", str(shop / "made")) == 0
    assert "Only the history of classes is written." in capsys.readouterr().out
    assert not (shop / "made" / "learned.parquet").exists()
    assert "方案里没有 value 部分" in (shop / "made" / "learned.txt").read_text("utf-8")
    rows = pyarrow.parquet.read_table(shop / "made" / "classes.parquet").to_pylist()
    assert {row["customer_id"] for row in rows} == {str(number) for number in range(2, 11)}
    assert {(row["class"], row["since"], row["reason_en"]) for row in rows} == {("once", DAY, "Orders 1 (= 1)")}
    with (shop / "events.csv").open("a") as file:
        file.write(f"99,2,order,{DAY},5\n")
    assert run("learn", shop, "--out", str(shop / "made"), day=DAY + timedelta(days=1)) == 0
    later = pyarrow.parquet.read_table(shop / "made" / "classes.parquet").to_pylist()
    assert [row["until"] for row in later if row["customer_id"] == "2"] == [DAY + timedelta(days=1)]
    assert [row["until"] for row in later if row["customer_id"] == "3"] == [None]


def test_without_value_and_classes_there_is_nothing_to_write(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without_value(shop)
    text = (shop / "shop.yaml").read_text("utf-8")
    text = text[: text.index("classes:")] + text[text.index("programmes:") :].replace("becomes: once", "becomes: orders = 1")
    (shop / "shop.yaml").write_text(text, "utf-8")
    assert run("learn", shop, "--out", str(shop / "made")) == 2
    assert "No playbook has a part `value`" in capsys.readouterr().err
    assert not (shop / "made").exists()


def test_without_the_libraries_it_says_what_to_install(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learn, "find_spec", lambda name: None)
    assert run("learn", shop) == 2
    assert "pip install 'huifang[analytics]'" in capsys.readouterr().err
