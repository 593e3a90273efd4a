"""What is wrong in a table of staff is told, whatever columns it has."""

from __future__ import annotations

import pyarrow as pa
import pytest

from huifang.engine.staff_problems import staff_problems
from huifang.stores.embedded import connect


@pytest.mark.parametrize(
    ("columns", "codes"),
    [
        pytest.param({"staff_id": ["li"]}, [], id="neither shifts nor capacities"),
        pytest.param({"staff_id": ["li"], "capacity": [0], "hours": ["09:00-18:00"]}, [], id="all well"),
        pytest.param({"staff_id": ["li", "wu"], "capacity": [-1, 5]}, ["staff.capacity"], id="fewer than none"),
        pytest.param({"staff_id": ["li"], "capacity": ["many"]}, [], id="no numbers: told with the types"),
    ],
)
def test_what_is_wrong_is_told(columns: dict[str, list[object]], codes: list[str]):
    connection = connect(threads=1)
    try:
        table = connection.create_table("staff", pa.table(columns), temp=True)
        assert [problem.code for problem in staff_problems({"staff": table})] == codes
    finally:
        connection.disconnect()


def test_without_a_table_of_staff_nothing_is_wrong():
    assert staff_problems({}) == []
