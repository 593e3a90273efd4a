"""``huifang policy``: from files to the table that the plan reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from huifang import cli
from huifang.analytics import contact_decided
from huifang.analytics.contact_pooling import NotConverged
from huifang.commands import policy
from huifang.stores.embedded import connect

PLAYBOOK = """
format: huifang/1
playbook: shop
title: {zh: 小店, en: Shop}
about: {zh: 小店, en: Shop}
attributes:
  town: {title: {zh: 城市, en: Town}}
events:
  order: {title: {zh: 订单, en: order}}
programmes:
  care:
    title: {zh: 关怀电话, en: Care call}
    purpose: relationship
    when: {adaptive: 20 %, no sooner than: 30 days, explore: 0 %}
    within: 2 working days
    through: [phone]
"""


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten customers; those of even number order every month, the others only after they were called."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(PLAYBOOK, "utf-8")

    def write(name: str, heading: str, rows: Sequence[str]) -> None:
        (folder / f"{name}.csv").write_text("\n".join([heading, *rows]) + "\n", "utf-8")

    write("customers", "customer_id,first_seen,town", [f"{n},2025-01-01,{'东' if n < 5 else '西'}" for n in range(10)])
    orders = [f"{n}{month:02},{n},order,2026-{month:02}-15,100" for n in range(0, 10, 2) for month in range(1, 11)]
    orders += [f"{n}99,{n},order,2026-0{3 + n % 5}-20,100" for n in range(1, 10, 2)]
    write("events", "event_id,customer_id,kind,day,amount", orders)
    write("contact_points", "customer_id,channel,usable", [f"{n},phone,true" for n in range(10)])
    contacts = [f"{n},{n},phone,service,2026-0{3 + n % 5}-10,true,true" for n in range(10)]
    write("contacts", "contact_id,customer_id,channel,purpose,day,reached,counted", contacts)
    return folder


def ran(shop: Path, *more: str) -> int:
    return cli.main(["policy", "--tables", str(shop), "--playbook", str(shop / "shop.yaml"), "--day", "2026-10-20", *more])


def test_it_says_each_class_and_writes_what_the_plan_reads(shop: Path, capsys: pytest.CaptureFixture[str]):
    assert ran(shop, "--language", "en", "--out", str(shop)) == 0
    said = capsys.readouterr().out
    assert "often, low value" in said
    assert said.splitlines()[0].split()[:3] == ["Class", "Customers", "Effect"]
    path = shop / "contact_policy.parquet"
    assert said.splitlines()[-1] == str(path)
    rows = connect(threads=1).con.sql(f"SELECT customer_id, engaged, observations FROM '{path}' ORDER BY 1").fetchall()
    assert [(row[0], row[1]) for row in rows] == [(str(n), n % 2 == 0) for n in range(10)]
    assert cli.main(["plan", "--tables", str(shop), "--playbook", str(shop / "shop.yaml"), "--day", "2026-10-20", "--language", "en"]) == 0
    assert "a contact is worth most now" in capsys.readouterr().out


def test_a_ladder_or_an_attribute_makes_the_classes(shop: Path, capsys: pytest.CaptureFixture[str]):
    assert ran(shop, "--class", "town", "--language", "zh") == 0
    said = capsys.readouterr().out
    assert [line.split()[:2] for line in said.splitlines()[1:3]] == [["东", "5"], ["西", "5"]]
    assert ran(shop, "--class", "towm", "--language", "en") == 2
    assert "There is no ladder or attribute “towm”" in capsys.readouterr().err


def test_few_contacts_or_a_search_without_end_leave_it_to_the_rule_and_say_so(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert ran(shop, "--language", "en") == 0
    assert "Only 10 contacts can be learned from, 30 are needed" in capsys.readouterr().out
    monkeypatch.setattr(contact_decided, "ENOUGH", 10)
    assert ran(shop, "--language", "en") == 0
    said = capsys.readouterr().out
    assert "decided by the rule" not in said
    assert len(said.splitlines()) == 1 + len([line for line in said.splitlines() if " %" in line])

    def endless(*_what: object) -> None:
        raise NotConverged(100)

    monkeypatch.setattr(contact_decided, "policy_table", endless)
    assert ran(shop, "--language", "zh") == 0
    assert "模型没有收敛，按规则确定。" in capsys.readouterr().out


def test_complaints_about_contact_pause_a_class(shop: Path, capsys: pytest.CaptureFixture[str]):
    lines = [f"{n},{n % 5},disturbed,false,2026-0{1 + n % 9}-20" for n in range(30)]
    (shop / "cases.csv").write_text("\n".join(["case_id,customer_id,kind,open,opened", *lines]) + "\n", "utf-8")
    assert ran(shop, "--class", "town", "--complaint", "disturbed", "--language", "en") == 0
    east, west = capsys.readouterr().out.splitlines()[1:3]
    assert "paused" in east
    assert "paused" not in west


def test_what_makes_no_sense_is_told(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(SystemExit):
        ran(shop, "--period", "0", "--language", "en")
    assert "1 at the least" in capsys.readouterr().err
    monkeypatch.setattr(policy, "find_spec", lambda name: None)
    assert ran(shop, "--language", "en") == 2
    assert "huifang[analytics]" in capsys.readouterr().err
