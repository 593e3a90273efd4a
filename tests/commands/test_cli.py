"""The command line over a small shop in files: the plan with its reasons, why not, faults without a traceback."""

from __future__ import annotations

import csv
import gc
import io
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from huifang import cli
from huifang.analytics import assignment
from huifang.commands.printing import written
from huifang.stores.embedded import connect

PLAYBOOK = """
format: huifang/1
playbook: shop
title: {zh: 小店, en: Shop}
about: {zh: 小店, en: Shop}
events:
  job.settled: {title: {zh: 结算, en: settlement}}
facts:
  jobs: count(job.settled)
programmes:
  day-after:
    title: {zh: 满意度回访, en: Satisfaction call}
    purpose: service
    when: {after: job.settled, wait: 1 day}
    for: jobs >= 1
    within: 1 working day
    through: [phone]
"""
DAY = ["--day", "2026-11-20", "--since", "2026-11-19"]


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(PLAYBOOK, "utf-8")
    tables = folder / "tables"
    tables.mkdir()
    (tables / "customers.csv").write_text("customer_id,kind\n1,person\n2,person\n3,staff\n", "utf-8")
    (tables / "events.csv").write_text("event_id,customer_id,kind,day\n10,1,job.settled,2026-11-19\n11,3,job.settled,2026-11-19\n", "utf-8")
    (tables / "contact_points.csv").write_text("customer_id,channel,usable\n1,phone,true\n2,phone,true\n", "utf-8")
    return folder


def options(shop: Path) -> list[str]:
    return ["--tables", str(shop / "tables"), "--playbook", str(shop / "shop.yaml"), *DAY]


def test_the_plan_says_whom_and_why(shop: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["plan", *options(shop), "--language", "zh"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("应访事项 1 项：已安排 1。\n\n未指定人员 (1)\n")
    assert "11月19日结算后第1天 · 满意度回访 · 最迟今天" in said.out
    assert "planned.first" in said.err


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_plan_for_programs(shop: Path, capsys: pytest.CaptureFixture[str], form: str):
    assert cli.main(["plan", *options(shop), "--format", form, "--language=en", "--limit", "5"]) == 0
    out = capsys.readouterr().out
    rows = json.loads(out) if form == "json" else list(csv.DictReader(io.StringIO(out)))
    assert [str(row["customer_id"]) for row in rows] == ["1"]
    assert rows[0]["reason"] == "1 day after settlement on 19 Nov · Satisfaction call · today at the latest"


@pytest.mark.parametrize(("form", "suffix"), [("table", "parquet"), ("csv", "csv")])
def test_the_plan_in_files(shop: Path, capsys: pytest.CaptureFixture[str], form: str, suffix: str, tmp_path: Path):
    assert cli.main(["plan", *options(shop), "--format", form, "--out", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    assert {path.name for path in (tmp_path / "new").iterdir()} == {f"decisions.{suffix}", f"followups.{suffix}"}


def test_the_best_dealing_needs_its_library(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    assert cli.main(["plan", *options(shop), "--optimal", "--language", "en"]) == 0
    assert "Nobody in particular (1)" in capsys.readouterr().out
    monkeypatch.setattr("huifang.commands.plan.find_spec", lambda name: None)
    assert cli.main(["plan", *options(shop), "--optimal", "--language", "en"]) == 2
    assert "huifang[analytics]" in capsys.readouterr().err


def test_the_best_dealing_says_that_it_is_proven_or_that_it_was_not_found_in_time(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def out_of_time(*_given: object) -> None:
        raise assignment.OutOfTime

    (shop / "tables" / "staff.csv").write_text("staff_id,capacity,active\nli,5,true\n", "utf-8")
    asked = ["plan", *options(shop), "--optimal", "--language", "en"]
    assert cli.main(asked) == 0
    assert "in the best way, proven (gap 0)" in capsys.readouterr().err
    monkeypatch.setattr(assignment, "best", out_of_time)
    assert cli.main(asked) == 0
    told = capsys.readouterr()
    assert "li (1)" in told.out
    assert "not found in 60 seconds; contacts are dealt in turn: at most 0 more could be with the person they know" in told.err


def test_a_plan_for_nearly_everybody_needs_their_number(shop: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    people = [f"{number},person" for number in range(1, 31)]
    (tmp_path / "customers.csv").write_text("\n".join(["customer_id,kind", *people]) + "\n", "utf-8")
    jobs = [f"{number},{number},job.settled,2026-11-19" for number in range(1, 26)]
    (tmp_path / "events.csv").write_text("\n".join(["event_id,customer_id,kind,day", *jobs]) + "\n", "utf-8")
    phones = [f"{number},phone,true" for number in range(1, 31)]
    (tmp_path / "contact_points.csv").write_text("\n".join(["customer_id,channel,usable", *phones]) + "\n", "utf-8")
    asked = ["plan", "--tables", str(tmp_path), "--playbook", str(shop / "shop.yaml"), *DAY, "--language", "en"]
    assert cli.main(asked) == 2
    refused = capsys.readouterr()
    assert "This would contact 25 of 30 customers today (83%)" in refused.err
    assert refused.out == ""
    assert cli.main([*asked, "--confirm", "25"]) == 0
    capsys.readouterr()
    (tmp_path / "events.csv").write_text((tmp_path / "events.csv").read_text("utf-8").replace("2026-11-19", "2026-11-20"), "utf-8")
    saturday = ["--day", "2026-11-21"]
    assert cli.main(["plan", "--tables", str(tmp_path), "--playbook", str(shop / "shop.yaml"), *saturday, "--language", "en"]) == 2
    assert "25 of 30 customers on the next possible day, 2026-11-23 (83%)" in capsys.readouterr().err


def test_where_nobody_has_a_place_contacts_wait_and_it_is_said(shop: Path, capsys: pytest.CaptureFixture[str]):
    staff = shop / "tables" / "staff.csv"
    asked = ["plan", *options(shop), "--language", "en"]
    for rows, said in (("li,0,true\nwang,5,false", True), ("li,0,true\nwang,1,true", False)):
        staff.write_text(f"staff_id,capacity,active\n{rows}\n", "utf-8")
        assert cli.main(asked) == 0
        told = capsys.readouterr().err
        assert ("Nobody at work has a place (capacity): 1 occurrence waits" in told) is said
        assert (".no-capacity" in told) is said
        assert "nobody in particular" not in told
    staff.write_text("staff_id,capacity,active\nli,-2,true\n", "utf-8")
    assert cli.main(asked) == 2
    assert "The capacity of “li” is -2" in capsys.readouterr().err
    staff.unlink()
    assert cli.main(asked) == 0
    assert "No staff is known: 1 call or visit is given to nobody in particular" in capsys.readouterr().err


def test_rows_that_cannot_be_right_are_counted_and_said(shop: Path, capsys: pytest.CaptureFixture[str]):
    events = shop / "tables" / "events.csv"
    before = events.read_text("utf-8")
    events.write_text(before + "12,99,job.settled,2026-11-19\n13,1,job.settled,2027-11-19\n", "utf-8")
    assert cli.main(["plan", *options(shop), "--language", "en"]) == 0
    told = capsys.readouterr().err
    assert "Events of unknown customers, left out: 1." in told
    assert "Events dated after the day of the plan, left out: 1." in told
    events.write_text(before, "utf-8")
    assert cli.main(["plan", *options(shop), "--language", "en"]) == 0
    assert "left out" not in capsys.readouterr().err


def test_why_and_why_not(shop: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["explain", "1", *options(shop), "--language", "en"]) == 0
    assert "Planned: Planned in order of rank [planned.first]" in capsys.readouterr().out
    assert cli.main(["explain", "2", *options(shop), "--language", "zh"]) == 0
    said = capsys.readouterr().out
    assert "不在适用范围：jobs >= 1 [not-due.for]" in said
    assert "jobs = 0" in said
    assert cli.main(["explain", "3", *options(shop), "--language", "en"]) == 0
    assert "Not a subject of this playbook" in capsys.readouterr().out


@pytest.mark.parametrize("customer", ["99", "nobody"])
def test_an_unknown_customer(shop: Path, capsys: pytest.CaptureFixture[str], customer: str):
    assert cli.main(["explain", customer, *options(shop), "--language", "en"]) == 2
    assert "There is no customer" in capsys.readouterr().err


def test_check_names_the_line(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(shop / "shop.yaml"), "--language", "en"]) in (0, 1)
    capsys.readouterr()
    broken = tmp_path / "broken.yaml"
    broken.write_text(PLAYBOOK.replace("purpose: service", "purpose: fun"), "utf-8")
    assert cli.main(["check", str(broken), "--language", "zh"]) == 1
    assert "broken.yaml，第 " in capsys.readouterr().out


def test_the_library(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["playbooks", "--language", "en"]) == 0
    assert "repair-shop" in capsys.readouterr().out
    assert cli.main(["playbooks", "show", "repair-shop"]) == 0
    assert "playbook: repair-shop" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["playbooks", "show"])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["plan", "--tables", "nowhere", "--playbook", "repair-shop"], 2, "There is no folder"),
        (["plan", "--tables", ".", "--playbook", "repairs"], 2, "There is no playbook"),
        (["fly"], 2, "There is no command"),
    ],
)
def test_faults_are_told_without_a_traceback(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str):
    assert cli.main([*arguments, "--language", "en"]) == status
    assert said in capsys.readouterr().err


def test_help_version_and_the_locale(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert (cli.main([]), cli.main(["help"]), cli.main(["--version"])) == (2, 0, 0)
    assert "Usage: huifang <verb>" in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert cli.main(["--help"]) == 0
    assert "用法" in capsys.readouterr().out


def test_an_interrupt_is_not_a_fault(monkeypatch: pytest.MonkeyPatch):
    def interrupted(name: str) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "import_module", interrupted)
    assert cli.main(["plan"]) == 130


def test_a_reader_that_has_gone_ends_the_command_quietly(monkeypatch: pytest.MonkeyPatch):
    def gone(name: str) -> object:
        raise BrokenPipeError

    closed: list[int] = []
    monkeypatch.setattr(cli, "import_module", gone)
    monkeypatch.setattr(cli.os, "dup2", lambda _null, stream: closed.append(stream))
    with Path(cli.os.devnull).open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(cli.sys, "stdout", stream)
        assert cli.main(["plan"]) == 0
    assert len(closed) == 1


def test_a_cell_never_becomes_a_formula():
    rows = [{"name": "=1+1", "number": -3}]
    assert written(rows, {"name": "", "number": ""}, "csv") == "name,number\n'=1+1,-3"


INVOICES = """InvoiceNo,Quantity,UnitPrice,InvoiceDate,CustomerID
536365,6,2.50,2011-11-28 08:26:00,17850
536366,2,1.00,2011-11-29 09:00:00,17851
536367,1,3.00,2011-11-29 09:00:00,17851
C536379,-1,27.50,2011-12-01 09:41:00,14527
"""


def test_a_plan_from_invoice_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "lines.csv").write_text(INVOICES)
    invoices = ["plan", "--invoices", str(tmp_path / "lines.csv"), "--playbook", "retail", "--day", "2011-12-09", "--language", "en"]
    assert cli.main(invoices) == 0
    said = capsys.readouterr()
    assert "After cleaning: 2 customers, 3 orders, revenue 20.00; 50.0% bought once" in said.err
    assert cli.main([*invoices[:2], "none.csv", *invoices[3:]]) == 2
    assert "There is no file “none.csv”" in capsys.readouterr().err


def test_the_retail_case(reference: Callable[[str], Path], capsys: pytest.CaptureFixture[str]):
    path = reference("online_retail_uci/online_retail_dates_restored.parquet")
    assert cli.main(["plan", "--invoices", str(path), "--playbook", "retail", "--day", "2011-12-09", "--language", "en"]) == 0
    said = capsys.readouterr()
    assert "4,338 customers, 18,532 orders, revenue 8,911,407.90; 34.4% bought once, the top 20 % of customers bring 74.6%" in said.err
    assert said.out.startswith("391 occurrences: planned ")


def test_a_day_without_work_says_so(shop: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["plan", *options(shop)[:4], "--day", "2026-06-01", "--since", "2026-05-31", "--language", "en"]) == 0
    assert capsys.readouterr().out.strip() == "Nothing is due today."


def test_a_calendar_of_ones_own_and_numbers_as_ids(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    connection = connect()
    for name in ("customers", "events", "contact_points"):
        ids = "* REPLACE (CAST(customer_id AS BIGINT) AS customer_id)"
        connection.raw_sql(f"COPY (SELECT {ids} FROM '{shop}/tables/{name}.csv') TO '{tmp_path}/{name}.parquet'")
    (tmp_path / "calendar_days.csv").write_text("calendar,day,working,final\nCN,2026-11-19,1,1\nCN,2026-11-20,1,1\n")
    business = ["--tables", str(tmp_path), *options(shop)[2:], "--language", "en"]
    assert cli.main(["explain", "1", *business]) == 0
    assert "Planned in order of rank" in capsys.readouterr().out


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.argv", ["huifang", "--version"])
    monkeypatch.setattr(cli.threading, "active_count", lambda: 2)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("huifang", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("huifang ")


@pytest.mark.parametrize(("verb", "after"), [("plan", 0), ("forecast", 100_000), ("difference", 100_000), ("check", None)])
def test_rubbish_is_collected_where_many_days_are_planned_and_afterwards_as_before(
    verb: str, after: int | None, monkeypatch: pytest.MonkeyPatch
):
    before, seen = gc.get_threshold(), list[int]()
    module = SimpleNamespace(run=lambda *_: seen.append(gc.get_threshold()[0]))
    monkeypatch.setattr(cli, "import_module", lambda _: module)
    cli.main([verb])
    assert seen == [before[0] if after is None else after]
    assert gc.get_threshold() == before


def test_where_nothing_else_runs_the_process_ends_at_once_but_in_order(monkeypatch: pytest.MonkeyPatch):
    done: list[object] = []
    monkeypatch.setattr("sys.argv", ["huifang", "no-such-verb"])
    monkeypatch.setattr(cli.threading, "active_count", lambda: 1)
    monkeypatch.setattr(cli.atexit, "_run_exitfuncs", lambda: done.append("tidied up"))
    monkeypatch.setattr(cli.os, "_exit", done.append)
    with pytest.raises(SystemExit):
        cli.command()
    assert done == ["tidied up", 2]


def test_a_process_of_its_own_says_everything_it_has_to_say(shop: Path):
    words = [sys.executable, "-m", "huifang", "plan", *options(shop), "--format", "json", "--language", "en"]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    assert [row["customer_id"] for row in json.loads(ended.stdout)] == ["1"]
    assert ended.stderr.endswith("1  occurrences in all\n")


def test_the_next_morning_needs_only_what_has_changed(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    kept, tables = tmp_path / "kept", tmp_path / "tables"
    keep = ["--keep", str(kept), "--format", "csv", "--language", "en"]
    assert cli.main(["plan", *options(shop), *keep]) == 0
    assert capsys.readouterr().out.count("1 day after settlement on 19 Nov") == 1
    tables.mkdir()
    for name in ("customers.csv", "contact_points.csv"):
        (tables / name).write_bytes((shop / "tables" / name).read_bytes())
    changes = "event_id,customer_id,kind,day,deleted\n10,1,job.settled,2026-11-19,true\n12,2,job.settled,2026-11-20,\n"
    (tables / "event_changes.csv").write_text(changes, "utf-8")
    tomorrow = ["--tables", str(tables), "--playbook", str(shop / "shop.yaml"), "--day", "2026-11-23", "--since", "2026-11-20"]
    for _ in range(2):
        assert cli.main(["plan", *tomorrow, *keep]) == 0
        said = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        assert [(row["customer_id"], "on 20 Nov" in row["reason"]) for row in said] == [("2", True)]
    (tables / "event_changes.csv").unlink()
    assert cli.main(["plan", *tomorrow, "--keep", str(tmp_path / "none"), "--language", "en"]) == 2
    assert "events" in capsys.readouterr().err


def test_invoice_lines_are_kept_as_a_whole(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = tmp_path / "lines.csv"
    lines.write_text("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n1,a,1,2026-11-19 10:00:00,5.0,7\n", "utf-8")
    chosen = ["plan", "--invoices", str(lines), "--playbook", "retail", "--day", "2026-11-20", "--language", "en"]
    assert cli.main(chosen) == 0
    plain = capsys.readouterr().out
    assert cli.main([*chosen, "--keep", str(tmp_path / "kept")]) == 0
    assert capsys.readouterr().out == plain
