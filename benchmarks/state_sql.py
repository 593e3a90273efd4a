"""The hand-written rival's state: events and facts in a DuckDB file, brought up to the day from what has changed."""

from __future__ import annotations

from datetime import date
from typing import Any

FACTS = """SELECT customer_id, max(day) AS last_order, count(*) FILTER (WHERE day > DATE '{day}' - INTERVAL 12 MONTH) AS orders_12m,
       sum(amount) FILTER (WHERE day > DATE '{day}' - INTERVAL 12 MONTH) AS spent_12m
FROM {events} WHERE day <= DATE '{day}' AND kind = 'order'"""


def first(connection: Any, path: str, events: str, day: date) -> None:
    """A new state from all events; `events` is what stands behind FROM."""
    connection.execute(f"ATTACH '{path}' AS state")
    connection.execute(f"CREATE TABLE state.events AS SELECT * FROM {events} ORDER BY day")
    connection.execute(f"CREATE TABLE state.facts AS {FACTS.format(day=day, events='state.events')} GROUP BY customer_id")
    connection.execute(f"CREATE TABLE state.morning AS SELECT DATE '{day}' AS day")


def renewed(connection: Any, path: str, changes: str, day: date) -> str:
    """Applies the changes in one transaction; a view `facts` then has those of the day. Returns what stands behind FROM for the events."""
    connection.execute(f"ATTACH '{path}' AS state")
    connection.execute(f"""
CREATE TEMP TABLE touched AS
SELECT customer_id FROM state.events WHERE event_id IN (SELECT event_id FROM '{changes}') UNION SELECT customer_id FROM '{changes}'
UNION SELECT customer_id FROM state.events, state.morning AS m
WHERE events.day > m.day AND events.day <= DATE '{day}'
      OR events.day > m.day - INTERVAL 12 MONTH AND events.day <= DATE '{day}' - INTERVAL 12 MONTH;
BEGIN;
DELETE FROM state.events WHERE event_id IN (SELECT event_id FROM '{changes}');
INSERT INTO state.events BY NAME SELECT * EXCLUDE (deleted) FROM '{changes}' WHERE NOT deleted;
DELETE FROM state.facts WHERE customer_id IN (FROM touched);
INSERT INTO state.facts {FACTS.format(day=day, events="state.events")} AND customer_id IN (FROM touched) GROUP BY customer_id;
UPDATE state.morning SET day = DATE '{day}';
COMMIT;
CREATE TEMP VIEW facts AS FROM state.facts;
""")
    return "state.events"
