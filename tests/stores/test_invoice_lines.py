"""A real shop's invoice lines give the figures that are known of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from huifang.domain.errors import ImportRefused
from huifang.stores.embedded import connect
from huifang.stores.invoice_lines import read_invoices

LINES = """InvoiceNo,Quantity,UnitPrice,InvoiceDate,CustomerID
536365,6,2.55,2010-12-01 08:26:00,17850
536365,1,3.39,2010-12-01 08:26:00,17850
536366,2,1.00,2010-12-02 09:00:00,17850
C536379,-1,27.50,2010-12-01 09:41:00,14527
536380,-5,1.00,2010-12-01 09:41:00,14527
536381,5,0.00,2010-12-01 09:41:00,14527
536382,5,1.00,2010-12-01 09:41:00,
"""


def test_lines_become_orders(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    connection = connect()
    read_invoices(connection, path)
    orders = connection.con.sql(
        "SELECT event_id, customer_id, kind, CAST(day AS VARCHAR), round(amount, 2) FROM invoice_orders ORDER BY 1"
    ).fetchall()
    assert orders == [("536365/17850", "17850", "order", "2010-12-01", 18.69), ("536366/17850", "17850", "order", "2010-12-02", 2.0)]
    assert {channel for (channel,) in connection.con.sql("SELECT channel FROM invoice_contact_points").fetchall()} == {
        "phone",
        "sms",
        "email",
    }
    assert connection.con.sql("SELECT customer_id FROM invoice_customers").fetchall() == [("17850",)]


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("InvoiceNo,Quantity\n1,2\n")
    with pytest.raises(ImportRefused, match="UnitPrice, InvoiceDate, CustomerID"):
        read_invoices(connect(), path)


def test_the_retail_case(reference: Callable[[str], Path]) -> None:
    path = reference("online_retail_uci/online_retail_dates_restored.parquet")
    connection = connect()
    read_invoices(connection, path)
    customers, orders, revenue = connection.con.sql(
        "SELECT count(DISTINCT customer_id), count(*), sum(amount) FROM invoice_orders"
    ).fetchall()[0]
    assert (customers, orders, round(revenue, 2)) == (4338, 18_532, 8_911_407.90)
    once, top = connection.con.sql(
        """WITH each AS (SELECT count(*) AS orders, sum(amount) AS spent FROM invoice_orders GROUP BY customer_id),
           ranked AS (SELECT *, row_number() OVER (ORDER BY spent DESC) AS place, count(*) OVER () AS everyone FROM each)
           SELECT avg(CAST(orders = 1 AS INTEGER)), sum(spent) FILTER (WHERE place <= round(0.2 * everyone)) / sum(spent) FROM ranked"""
    ).fetchall()[0]
    assert (round(100 * once, 1), round(100 * top, 1)) == (34.4, 74.6)
