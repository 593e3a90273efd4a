"""``--store``: planning on a PostgreSQL server or on Spark in place of the embedded store."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.engine.planner import PlanResult
from huifang.engine.stages import PlanContext

_SERVER, _SPARK = ("postgresql://", "postgres://"), "spark"


def add_store(options: argparse.ArgumentParser, say: Callable[[Words], str]) -> None:
    """The option that names a store."""
    where = Words(
        "在该处计算：postgresql://…（表在其库中，或由 --tables 带入；决定和任务写回）、spark、spark://主机:7077 或 spark:local[2]",
        "compute there: postgresql://… (tables in its schema, or brought by --tables; decisions and follow-ups written back), spark, "
        "spark://host:7077 or spark:local[2]",
    )
    options.add_argument("--store", metavar="ADDRESS", help=say(where).replace("%", "%%"))


def tables_at(chosen: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    """The store that ``--store`` names, and its input tables. Raises `Invalid` where what was asked for does not go together."""
    if chosen.invoices is not None or chosen.keep is not None:
        raise _refused("--store", "--invoices、--keep 只用于内置存储。", "--invoices and --keep belong to the embedded store.")
    if chosen.store.startswith(_SERVER):
        return _on_server(chosen)
    if chosen.store == _SPARK or chosen.store.startswith((f"{_SPARK}:",)):
        return _on_spark(chosen)
    raise _refused("--store", f"不认识的存储“{chosen.store}”。", f"There is no store “{chosen.store}”.")


def _on_server(chosen: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    from huifang.stores import postgresql

    if chosen.out is not None:
        raise _refused("--out", "PostgreSQL 的计划写回其库中，不用 --out。", "A plan on PostgreSQL is written back there, without --out.")
    store = postgresql.connect(chosen.store)
    if chosen.tables is None:
        return store, postgresql.read_tables(store)
    from huifang.stores.embedded import connect
    from huifang.stores.files import read_tables

    brought = {name: table.to_pyarrow() for name, table in read_tables(connect(), Path(chosen.tables)).items()}
    return store, postgresql.bring(store, brought)


def _on_spark(chosen: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    from huifang.stores import spark

    if chosen.tables is None:
        raise _refused("--tables", "Spark 需要 --tables。", "Spark needs --tables.")
    named = chosen.store.removeprefix(_SPARK)
    store = spark.connect(None if not named else chosen.store if named.startswith("://") else named.removeprefix(":"))
    return store, spark.read_tables(store, _address(chosen.tables))


def written_at(chosen: argparse.Namespace, context: PlanContext, made: PlanResult) -> list[str]:
    """Writes the plan where it was computed; the names of what was written. Spark writes only into ``--out``."""
    if context.connection.name == "postgres":
        from huifang.stores import postgresql

        postgresql.write_plan(context.connection, made, context.day)
        return ["decisions", "followups"]
    from huifang.stores import spark

    return spark.write_plan(context.connection, made, _address(chosen.out)) if chosen.out is not None else []


def _address(path: Path) -> str:
    """A lake's address as it was given: as a path ``s3a://lake`` has lost a stroke."""
    return re.sub(r"^(\w{2,}):/(?!/)", r"\1://", str(path))


def leave(context: PlanContext) -> None:
    """Ends the session on a server; Spark's ends with the process."""
    if context.connection.name == "postgres":
        context.connection.disconnect()


def _refused(what: str, zh: str, en: str) -> Invalid:
    hint = Words("用法见 huifang plan --help。", "See huifang plan --help.")
    return Invalid(Problem("store.options", Words(zh, en), hint, Place(what)))
