"""A made-up business of any size, the same each time: customers, orders, contact points, consents, contacts, staff and a calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 3, 2)
AGENTS = {20_000: 40, 1_000_000: 200}
PLAYBOOK = """
format: huifang/1
playbook: bench
title: {zh: 基准, en: Benchmark}
about: {zh: 基准, en: Benchmark}
calendar: {country: CN, hours: ["09:00-18:00"], days: every}
limits: {caps: [{at most: 3, per: 30 days}], gap: 7 days}
events: {order: {title: {zh: 订单, en: Order}}}
facts:
  last_order: last(order)
  orders_12m: count(order, 12 months)
  spent_12m: sum(order.amount, 12 months)
ladders:
  stage:
    title: {zh: 阶段, en: Stage}
    steps:
      lost: {when: days_since(last_order) > 365, title: {zh: 流失, en: Lost}}
      core: {when: orders_12m >= 6 and spent_12m >= 600, title: {zh: 核心, en: Core}}
      ordinary: {when: else, title: {zh: 普通, en: Ordinary}}
programmes:
  thanks:
    title: {zh: 致谢, en: Thanks}
    purpose: relationship
    when: {after: order, wait: 1 day}
    for: "stage = 'core'"
    within: 3 days
    through: [phone]
    hold out: 5 %
    value: spent_12m
  back:
    title: {zh: 唤回, en: Win back}
    purpose: marketing
    when: {lapse: order, exactly: 90 days}
    within: 3 days
    through: [phone]
    value: spent_12m
  quarter:
    title: {zh: 提醒, en: Reminder}
    purpose: relationship
    when: {lapse: order, exactly: 30 days}
    within: 3 days
    through: [phone]
    value: spent_12m
"""


def tables(customers: int, events: int) -> dict[str, str]:
    """SQL of every table for DuckDB; ids are whole numbers, the draw is DuckDB's hash of the row's number."""
    agents = AGENTS.get(customers, max(2, customers // 5000))
    days = "CAST(hash(range * 3 + 1) % 730 AS INTEGER)"
    return {
        "customers": f"SELECT range AS customer_id, DATE '2020-01-01' AS first_seen FROM range({customers})",
        "events": f"""SELECT range AS event_id, CAST(hash(range) % {customers} AS BIGINT) AS customer_id, 'order' AS kind,
            DATE '{DAY}' - {days} AS day, CAST(hash(range * 7 + 5) % 20000 AS DOUBLE) / 100 AS amount FROM range({events})""",
        "contact_points": f"SELECT range AS customer_id, 'phone' AS channel, range % 50 > 0 AS usable FROM range({customers})",
        "consents": f"""SELECT range * 2 AS customer_id, CASE WHEN hash(range) % 10 > 0 THEN 'marketing' ELSE 'any' END AS purpose,
            'any' AS channel, hash(range) % 10 > 0 AS allowed
            FROM range({customers // 2})""",
        "contacts": f"""SELECT range AS contact_id, CAST(hash(range * 11) % {customers} AS BIGINT) AS customer_id, 'phone' AS channel,
            'relationship' AS purpose, 'thanks' AS programme, DATE '{DAY}' - 1 - CAST(hash(range * 13) % 60 AS INTEGER) AS day,
            true AS reached, true AS counted FROM range({customers})""",
        "staff": f"SELECT range AS staff_id, 30 AS capacity, true AS active FROM range({agents})",
        "calendar_days": f"""SELECT 'CN' AS calendar, DATE '{DAY}' - 400 + CAST(range AS INTEGER) AS day, true AS working, true AS final
            FROM range(800)""",
    }


def make(connection: Any, folder: str, customers: int, events: int) -> None:
    """Every table as a Parquet file in the folder, and the playbook; `connection` is a DuckDB connection."""
    Path(folder, "bench.yaml").write_text(PLAYBOOK.lstrip(), "utf-8")
    for name, sql in tables(customers, events).items():
        connection.execute(f"COPY ({sql}) TO '{folder}/{name}.parquet' (FORMAT parquet)")
