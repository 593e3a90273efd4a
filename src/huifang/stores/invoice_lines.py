"""Invoice lines of a shop as customers and orders.

Reads the shape of the UCI Online Retail data: InvoiceNo, Quantity, UnitPrice, InvoiceDate, CustomerID. A line counts where the customer
is known, the invoice is no cancellation (its number does not begin with C), and quantity and price are above zero. An order is what one
customer bought on one invoice; its day and moment are the invoice's, read as UTC; its amount is the sum of its lines. Such a file does not
say how customers are reached: all are taken to be reachable by phone, text message and e-mail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words

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
        "customers": connection.table("invoice_customers"),
        "events": connection.table("invoice_orders"),
        "contact_points": connection.table("invoice_contact_points"),
    }


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
