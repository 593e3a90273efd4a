"""The same stages as one hand-written DuckDB query: facts, stage, three triggers, consent, cap 3 in 30 days, gap 7 days, top 30 for each agent."""

import sys

import duckdb
from business import DAY

folder = sys.argv[1]
connection = duckdb.connect()
connection.execute(f"""
CREATE TABLE plan AS
WITH facts AS (
    SELECT customer_id, max(day) AS last_order, count(*) FILTER (WHERE day > DATE '{DAY}' - INTERVAL 12 MONTH) AS orders_12m,
           sum(amount) FILTER (WHERE day > DATE '{DAY}' - INTERVAL 12 MONTH) AS spent_12m
    FROM '{folder}/events.parquet' WHERE day <= DATE '{DAY}' GROUP BY customer_id
), staged AS (
    SELECT *, CASE WHEN date_diff('day', last_order, DATE '{DAY}') > 365 THEN 'lost'
                   WHEN orders_12m >= 6 AND spent_12m >= 600 THEN 'core' ELSE 'ordinary' END AS stage FROM facts
), due AS (
    SELECT e.customer_id, 'relationship' AS purpose, e.day + 1 AS due FROM '{folder}/events.parquet' e JOIN staged USING (customer_id)
    WHERE e.day BETWEEN DATE '{DAY}' - 3 AND DATE '{DAY}' - 1 AND stage = 'core'
    UNION ALL SELECT customer_id, 'marketing', last_order + 90 FROM staged WHERE last_order BETWEEN DATE '{DAY}' - 92 AND DATE '{DAY}' - 90
    UNION ALL SELECT customer_id, 'relationship', last_order + 30 FROM staged WHERE last_order BETWEEN DATE '{DAY}' - 32 AND DATE '{DAY}' - 30
), pressed AS (
    SELECT customer_id, count(*) AS made, max(day) AS last_contact FROM '{folder}/contacts.parquet'
    WHERE counted AND day > DATE '{DAY}' - 30 GROUP BY customer_id
), allowed AS (
    SELECT d.customer_id, min(due) AS due, any_value(spent_12m) AS spent FROM due d JOIN staged USING (customer_id)
    JOIN '{folder}/contact_points.parquet' p ON p.customer_id = d.customer_id AND p.usable
    LEFT JOIN '{folder}/consents.parquet' c ON c.customer_id = d.customer_id
    LEFT JOIN pressed ON pressed.customer_id = d.customer_id
    WHERE coalesce(c.allowed, d.purpose <> 'marketing') AND coalesce(made, 0) < 3
          AND coalesce(date_diff('day', last_contact, DATE '{DAY}') >= 7, true)
    GROUP BY d.customer_id
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY due, spent DESC, customer_id) - 1 AS place FROM allowed
), agents AS (SELECT count(*) AS n FROM '{folder}/staff.parquet')
SELECT customer_id, place % n AS staff_id FROM ranked, agents WHERE place < n * 30
""")
print(connection.execute("SELECT count(*) FROM plan").fetchall()[0][0])
