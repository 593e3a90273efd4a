"""ibis writes SQL for DuckDB without loading what it has for others, and for others when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

ALONE = """
import sys
from huifang.stores.embedded import connect
connection = connect()
assert connection.raw_sql("SELECT 41 + 1").fetchall() == [(42,)]
package = sys.modules["ibis.backends.sql.compilers"]
assert "ibis.backends.sql.compilers.postgres" not in sys.modules
assert not hasattr(package, "__nothing__")
"""
OTHERS = {
    "a database": """
import ibis
made = ibis.to_sql(ibis.table({"a": "int64"}, name="t").a.sum(), dialect="postgres")
assert 'SUM("t0"."a")' in made, made
""",
    "a compiler by its name": "from ibis.backends.sql.compilers import PostgresCompiler",
    "a compiler's module": "import ibis.backends.sql.compilers as sc\nassert sc.pyspark.compiler is not None\n",
    "what is not there": """
try:
    package.no_such_compiler
except AttributeError:
    pass
else:
    raise SystemExit(1)
assert package.DuckDBCompiler is package.duckdb.DuckDBCompiler
""",
    "the same again": """
from huifang.stores import duckdb_alone
duckdb_alone.load()
assert sys.modules["ibis.backends.sql.compilers"] is package
""",
}


@pytest.mark.parametrize("what", OTHERS)
def test_only_what_is_asked_for_is_loaded(what: str):
    subprocess.run([sys.executable, "-c", ALONE + OTHERS[what]], check=True, timeout=120)


def test_what_was_loaded_as_a_whole_stays_as_it_is():
    script = "import ibis, sys\nibis.duckdb\nwhole = sys.modules['ibis.backends.sql.compilers']\n" + ALONE.replace(
        'assert "ibis.backends.sql.compilers.postgres" not in sys.modules\n', "assert package is whole\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
