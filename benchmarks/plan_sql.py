"""The same plan as one hand-written DuckDB statement after another: the same decisions, rules, follow-ups and people, row by row.

It is written for this one playbook: one channel, one set of hours, every day open, so that all of a customer's occurrences that may be
contacted are one contact.
"""

import sys
from datetime import date

import duckdb
from business import DAY as TODAYS
from state_sql import FACTS, renewed

folder, out = sys.argv[1], sys.argv[2]
DAY = date.fromisoformat(sys.argv[3]) if len(sys.argv) > 3 else TODAYS
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
EVENTS = f"'{folder}/events.parquet'"
if len(sys.argv) > 4:
    EVENTS = renewed(connection, sys.argv[4], f"{folder}/event_changes.parquet", DAY)
else:
    connection.execute(f"CREATE TEMP TABLE facts AS {FACTS.format(day=DAY, events=EVENTS)} GROUP BY customer_id")
connection.execute(f"""
CREATE TEMP TABLE due AS
WITH lapsed AS (
    SELECT l.*, e.event_id FROM (
        SELECT 'back' AS programme, 'marketing' AS purpose, 3 AS strength, 0 AS line, customer_id, last_order, last_order + 90 AS due,
               spent_12m
        FROM facts WHERE last_order BETWEEN DATE '{DAY}' - 92 AND DATE '{DAY}' - 90
        UNION ALL
        SELECT 'quarter', 'relationship', 2, 1, customer_id, last_order, last_order + 30, spent_12m
        FROM facts WHERE last_order BETWEEN DATE '{DAY}' - 32 AND DATE '{DAY}' - 30
    ) l JOIN {EVENTS} e ON e.customer_id = l.customer_id AND e.day = l.last_order AND e.kind = 'order'
)
SELECT programme, purpose, strength, line, customer_id, CAST(last_order AS VARCHAR) AS cause, max(event_id) AS event_id,
       last_order AS cause_day, due, spent_12m AS value
FROM lapsed GROUP BY ALL
UNION ALL
SELECT 'thanks', 'relationship', 2, 2, e.customer_id, CAST(e.event_id AS VARCHAR), e.event_id, e.day, e.day + 1, spent_12m
FROM {EVENTS} e JOIN facts f ON f.customer_id = e.customer_id
WHERE e.kind = 'order' AND e.day BETWEEN DATE '{DAY}' - 3 AND DATE '{DAY}' - 1
      AND f.orders_12m >= 6 AND f.spent_12m >= 600 AND NOT coalesce(date_diff('day', f.last_order, DATE '{DAY}') > 365, false);

CREATE TEMP TABLE considered AS
WITH people AS (SELECT DISTINCT customer_id FROM due),
reach AS (
    SELECT customer_id, bool_or(usable) AS phone FROM '{folder}/contact_points.parquet' SEMI JOIN people USING (customer_id)
    WHERE channel = 'phone' GROUP BY customer_id
), consent AS (
    SELECT customer_id,
           min(CAST(allowed AS INT)) FILTER (WHERE purpose IN ('marketing', 'any') AND channel IN ('phone', 'any')) AS marketing,
           min(CAST(allowed AS INT)) FILTER (WHERE purpose IN ('relationship', 'any') AND channel IN ('phone', 'any')) AS relationship
    FROM '{folder}/consents.parquet' SEMI JOIN people USING (customer_id) GROUP BY customer_id
), recent AS (
    SELECT customer_id, day, purpose, row_number() OVER (PARTITION BY customer_id ORDER BY day DESC) AS nth
    FROM '{folder}/contacts.parquet' SEMI JOIN people USING (customer_id)
    WHERE counted AND day BETWEEN DATE '{DAY}' - 29 AND DATE '{DAY}'
), pressed AS (
    SELECT customer_id, count(*) AS used_cap, max(day) FILTER (WHERE nth = 3) + 30 AS cap_free,
           count(*) FILTER (WHERE day > DATE '{DAY}' - 7 AND purpose IN ('relationship', 'marketing')) AS used_gap,
           max(day) FILTER (WHERE day > DATE '{DAY}' - 7 AND purpose IN ('relationship', 'marketing')) + 7 AS gap_free
    FROM recent GROUP BY customer_id
), joined AS (
    SELECT d.*, due + 2 AS deadline, due + 2 AS expires, coalesce(phone, false) AS phone,
           coalesce(CASE d.purpose WHEN 'marketing' THEN marketing ELSE relationship END, -1) AS said,
           coalesce(used_cap, 0) AS used_cap, CASE WHEN used_cap >= 3 THEN cap_free END AS cap_free,
           coalesce(used_gap, 0) AS used_gap, CASE WHEN used_gap >= 1 THEN gap_free END AS gap_free
    FROM due d LEFT JOIN reach USING (customer_id) LEFT JOIN consent USING (customer_id) LEFT JOIN pressed USING (customer_id)
)
SELECT *, CASE WHEN said = 0 THEN 'suppressed.opted-out' WHEN NOT phone THEN 'suppressed.no-channel'
               WHEN purpose = 'marketing' AND said < 1 THEN 'suppressed.no-consent'
               WHEN programme = 'thanks' AND md5('bench|thanks|' || customer_id) < '0ccccccd' THEN 'held-out.draw'
               WHEN cap_free IS NOT NULL AND cap_free >= coalesce(gap_free, cap_free) THEN 'deferred.cap'
               WHEN gap_free IS NOT NULL THEN 'deferred.gap' END AS rule,
       CASE WHEN rule LIKE 'deferred.%' THEN greatest(cap_free, gap_free) END AS until,
       CASE rule WHEN 'held-out.draw' THEN '"share": 0.05'
                 WHEN 'deferred.cap' THEN '"per": "30 days", "at_most": 3, "used": ' || used_cap
                 WHEN 'deferred.gap' THEN '"per": "7 days", "at_most": 1, "used": ' || used_gap END AS detail
FROM joined;

CREATE TEMP TABLE contacts AS
WITH placed AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY strength, deadline, line, cause) AS place,
           min(deadline) OVER customer AS first_deadline, max(value) OVER customer AS best, count(*) OVER customer AS occurrences,
           max(CASE WHEN DATE '{DAY}' IN (deadline, expires) THEN 999 WHEN deadline < DATE '{DAY}'
                    THEN greatest(999 - date_diff('day', deadline, DATE '{DAY}'), 500)
                    ELSE greatest(500 - date_diff('day', DATE '{DAY}', deadline), 0) END) OVER customer AS urgency
    FROM considered WHERE rule IS NULL WINDOW customer AS (PARTITION BY customer_id)
)
SELECT *, 1000 * (3 - strength) + urgency + greatest(coalesce(best, 0), 0) / (greatest(coalesce(best, 0), 0) + 1000) AS score,
       row_number() OVER (ORDER BY score DESC, md5('{DAY}|' || customer_id), customer_id) AS followup
FROM placed WHERE place = 1;

CREATE TEMP TABLE agents AS
SELECT staff_id, row_number() OVER (ORDER BY md5('{DAY}|' || staff_id), CAST(staff_id AS VARCHAR)) - 1 AS turn,
       count(*) OVER () AS everybody, sum(capacity) OVER () AS places
FROM '{folder}/staff.parquet' WHERE active;

CREATE TEMP TABLE followups AS
SELECT followup, customer_id, NULL::BIGINT AS branch_id, staff_id, 'phone' AS channel, purpose, DATE '{DAY}' AS day,
       TIMESTAMP '{DAY} 01:00:00' AS opens_at, TIMESTAMP '{DAY} 10:00:00' AS closes_at, false AS promised, 'bench' AS playbook,
       programme, cause, occurrences, first_deadline AS deadline, score, (followup - 1) // everybody + 1 AS position
FROM contacts JOIN agents ON turn = (followup - 1) % everybody WHERE followup <= places;

CREATE TEMP TABLE decisions AS
WITH decided AS (
    SELECT c.*, f.followup,
           coalesce(c.rule, CASE WHEN f.followup IS NULL THEN 'deferred.no-capacity'
                                 WHEN f.programme = c.programme AND f.cause = c.cause THEN 'planned.first'
                                 ELSE 'bundled.same-person' END) AS found,
           CASE WHEN found = 'deferred.no-capacity' THEN DATE '{DAY}' + 1 ELSE until END AS then_on, then_on > expires AS late
    FROM considered c LEFT JOIN followups f ON f.customer_id = c.customer_id AND c.rule IS NULL
)
SELECT 'bench' AS playbook, programme, customer_id, cause, event_id, cause_day, purpose, due, deadline, expires,
       split_part(rule, '.', 1) AS decision, CASE WHEN late THEN replace(found, 'deferred.', 'expired.') ELSE found END AS rule,
       CASE WHEN NOT late THEN then_on END AS until,
       '{{' || CASE WHEN late THEN concat_ws(', ', detail, '"next": "' || then_on || '"') ELSE detail END || '}}' AS detail, followup, value
FROM decided;
COPY decisions TO '{out}/decisions.parquet' (FORMAT parquet);
COPY (SELECT * FROM followups ORDER BY followup) TO '{out}/followups.parquet' (FORMAT parquet);
""")
if len(sys.argv) <= 4:  # of the first plan: what cannot be right, in the last days where events are many
    (number,) = connection.execute(f"SELECT count(*) FROM {EVENTS}").fetchall()[0]
    since = f"AND day >= DATE '{DAY}' - 31" if number > 5_000_000 else ""
    (wrong,) = connection.execute(f"""
    SELECT (SELECT count(*) FROM {EVENTS} WHERE day > DATE '{DAY}'),
           (SELECT count(*) FROM {EVENTS} e ANTI JOIN '{folder}/customers.parquet' USING (customer_id) WHERE day <= DATE '{DAY}' {since})
    """).fetchall()
    print("events after the day, events of unknown customers:", *wrong, file=sys.stderr)
