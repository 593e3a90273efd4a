"""Invoice lines of a shop as customers and orders.

Reads the shape of the UCI Online Retail data: InvoiceNo, Quantity, UnitPrice, InvoiceDate, CustomerID. A line counts where the customer
is known, the invoice is no cancellation (its number does not begin with C), and quantity and price are above zero. An order is what one
customer bought on one invoice; its day and moment are the invoice's, read as UTC; its amount is the sum of its lines. Such a file does not
say how customers are reached: all are taken to be reachable by phone, text message and e-mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import described

ORDER = "order"
NEEDED = ("InvoiceNo", "Quantity", "UnitPrice", "InvoiceDate", "CustomerID")
"""Columns of the file; others are left alone."""


def read_invoices(connection: Any, path: Path) -> dict[str, ir.Table]:
    """`customers`, `events` (kind ``order``) and `contact_points` of a Parquet or CSV file of invoice lines, as tables of `connection`.

    Raises `ImportRefused` where a column is missing.
    """
    source = connection.con.read_parquet(str(path)) if path.suffix == ".parquet" else connection.con.read_csv(str(path))
    missing = [name for name in NEEDED if name not in source.columns]
    if missing:
        raise ImportRefused(
            Problem(
                "file.columns",
                Words(f"缺少列：{'、'.join(missing)}。", f"Columns are missing: {', '.join(missing)}."),
                Words("请提供发票明细文件。", "Give a file of invoice lines."),
                Place(path.name),
            )
        )
    source.create_view("invoice_lines", replace=True)
    connection.raw_sql(_ORDERS)
    connection.raw_sql(_CUSTOMERS)
    connection.raw_sql(_CONTACT_POINTS)
    return {
        "customers": described(connection, "invoice_customers"),
        "events": described(connection, "invoice_orders"),
        "contact_points": described(connection, "invoice_contact_points"),
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """What is left after cleaning: customers, orders, revenue, the share of customers with one order, the best fifth's share of revenue."""

    customers: int
    orders: int
    revenue: float
    once: float
    top_fifth: float

    def words(self) -> Words:
        """The five figures in a line."""
        return Words(
            f"整理后：客户 {self.customers:,} 个，订单 {self.orders:,} 笔，销售额 {self.revenue:,.2f}；"
            f"只买过一次的客户占 {self.once:.1%}，前 20% 的客户贡献 {self.top_fifth:.1%}。",
            f"After cleaning: {self.customers:,} customers, {self.orders:,} orders, revenue {self.revenue:,.2f}; "
            f"{self.once:.1%} bought once, the top 20 % of customers bring {self.top_fifth:.1%}.",
        )


def figures(connection: Any) -> Figures:
    """The figures of the invoices that were read last in `connection`."""
    return Figures(*connection.raw_sql(_FIGURES).fetchone())


_FIGURES = """
WITH each AS (SELECT count(*) AS orders, sum(amount) AS spent FROM invoice_orders GROUP BY customer_id),
     ranked AS (SELECT *, row_number() OVER (ORDER BY spent DESC) AS place, count(*) OVER () AS everyone FROM each)
SELECT count(*), coalesce(sum(orders), 0), coalesce(sum(spent), 0), coalesce(avg(CAST(orders = 1 AS DOUBLE)), 0),
       coalesce(sum(spent) FILTER (WHERE place <= everyone * 0.2) / sum(spent), 0)
FROM ranked
"""
_ORDERS = """
CREATE OR REPLACE TABLE invoice_orders AS
SELECT CAST(InvoiceNo AS VARCHAR) || '/' || customer_id AS event_id, customer_id, 'order' AS kind, min(moment) AS "at",
       CAST(min(moment) AS DATE) AS day, CAST(sum(Quantity * UnitPrice) AS DOUBLE) AS amount
FROM (
    SELECT InvoiceNo, CAST(CAST(CustomerID AS BIGINT) AS VARCHAR) AS customer_id, CAST(InvoiceDate AS TIMESTAMP) AS moment,
           Quantity, UnitPrice
    FROM invoice_lines
    WHERE CustomerID IS NOT NULL AND NOT starts_with(upper(CAST(InvoiceNo AS VARCHAR)), 'C') AND Quantity > 0 AND UnitPrice > 0
)
GROUP BY InvoiceNo, customer_id
"""
_CUSTOMERS = """
CREATE OR REPLACE TABLE invoice_customers AS
SELECT customer_id, CAST('organisation' AS VARCHAR) AS kind, min(day) AS first_seen FROM invoice_orders GROUP BY customer_id
"""
_CONTACT_POINTS = """
CREATE OR REPLACE TABLE invoice_contact_points AS
SELECT customer_id, channel, true AS usable FROM invoice_customers CROSS JOIN (VALUES ('phone'), ('sms'), ('email')) AS every(channel)
"""
