"""A slow, plain statement of what a plan must be, written without looking at tables: one dictionary after the other.

It reads the same rows as the engine and gives ``{key: (rule, until)}`` and ``{(customer, lead key): (channel, staff, members)}`` for
firms whose programmes and people are as `tests/engine/test_plan_reference.py` makes them.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STRENGTH = {"service": 1, "relationship": 2, "marketing": 3}
ONE = timedelta(days=1)
Key = tuple[str, str, int, str]


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class Reference:
    def __init__(self, books, occurrences, facts, day, **tables):
        self.day: date = day
        self.books = {book.playbook: book for book in books}
        self.facts = {row["customer_id"]: row for row in facts}
        self.tables = defaultdict(list, tables)
        self.working = {row["day"]: row["working"] for row in tables["calendar_days"]}
        self.occurrences = [dict(row, key=(row["playbook"], row["programme"], row["customer_id"], row["cause"])) for row in occurrences]
        self.decisions: dict[Key, tuple[str, date | None]] = {}
        self.followups: dict[Key, tuple[str, Any, frozenset[Key]]] = {}
        caps = {
            ("cap", c.at_most, c.per.amount, tuple(sorted(c.purposes)), tuple(sorted(c.channels))) for b in books for c in b.limits.caps
        }
        caps |= {("gap", 1, b.limits.gap.amount, tuple(sorted(b.limits.gap_purposes)), None) for b in books if b.limits.gap}
        self.caps = sorted(caps, key=lambda c: (c[0], c[1], f"{c[2]} day{'' if c[2] == 1 else 's'}", c[3], c[4] or ()))

    # --- one occurrence by itself ---
    def allowed(self, rule, book, day) -> bool:
        days = rule.days or book.calendar.days
        if days == "every":
            return True
        return self.working[day] if days == "working" else day.strftime("%a").lower() in days

    def next_allowed(self, rule, book, day) -> date:
        while not self.allowed(rule, book, day):
            day += ONE
        return day

    def consent(self, customer, purpose, channel) -> bool | None:
        said = [
            row["allowed"] for row in self.tables["consents"]
            if row["customer_id"] == customer and row["purpose"] in (purpose, "any") and row["channel"] in (channel, "any")
            and not (purpose == "marketing" and row["allowed"] and (row["purpose"] == "any" or row.get("proven") is False))
        ]  # fmt: skip
        return None if not said else all(said)

    def reaches(self, customer, channel) -> bool:
        return any(r["usable"] for r in self.tables["contact_points"] if r["customer_id"] == customer and r["channel"] == channel)

    def may(self, occurrence, channel) -> bool:
        said = self.consent(occurrence["customer_id"], occurrence["purpose"], channel)
        return self.reaches(occurrence["customer_id"], channel) and (
            said is True if occurrence["purpose"] == "marketing" else said is not False
        )

    def separate(self, occurrence, channel) -> bool:
        """Health data and the like: consent of their own, with its proof, but for the service itself, which can be refused."""
        said = [
            row for row in self.tables["consents"]
            if row["customer_id"] == occurrence["customer_id"] and row["purpose"] == "sensitive" and row["channel"] in (channel, "any")
        ]  # fmt: skip
        if not self.books[occurrence["playbook"]].sensitive:
            return True
        agreed = [row for row in said if row["allowed"] and row.get("proven") is not False]
        return all(row["allowed"] for row in said) and bool(agreed or occurrence["purpose"] == "service")

    def past(self, customer, cap) -> list[date]:
        """Days on which the contacts that the cap counts are free again, latest first."""
        _name, _at_most, per, purposes, channels = cap
        counted = [
            row["day"] + timedelta(days=per) for row in self.tables["contacts"]
            if row["customer_id"] == customer and row["counted"] and row["purpose"] in purposes
            and (channels is None or row["channel"] in channels)
        ]  # fmt: skip
        return sorted((free for free in counted if free > self.day), reverse=True)

    def blocked(self, customer, purpose, channel, today) -> list[tuple[date | None, str]]:
        """(day there is room again, cap or gap) of every cap that is full; `today` are (purpose, channel) of contacts made before."""
        found = []
        for cap in self.caps:
            name, at_most, per, purposes, channels = cap
            if purpose not in purposes or (channels is not None and channel not in channels):
                continue
            added = [1 for p, c in today if p in purposes and (channels is None or c in channels)]
            frees = [self.day + timedelta(days=per) for _ in added] + self.past(customer, cap)
            if len(frees) >= at_most:
                found.append((frees[at_most - 1] if at_most else None, name))
        return found

    def alone(self, o) -> tuple[str, date | None] | None:  # noqa: C901 - the rules in one row, as they are promised
        book = self.books[o["playbook"]]
        rule = book.programmes[o["programme"]]
        fact, customer = self.facts[o["customer_id"]], o["customer_id"]
        through = [c.value for c in book.ways(rule)]
        o["purpose"], o["rule"], o["book"] = rule.purpose.value, rule, book
        o["strength"] = 0 if o["promised"] else STRENGTH[o["purpose"]]
        first = self.next_allowed(rule, book, o["due"])
        o["deadline"], o["expires"] = max(o["deadline"], first), max(o["expires"], first)
        agreed = [c for c in through if self.may(o, c)]
        o["can"] = [c for c in agreed if self.separate(o, c)]
        if fact["status"] != "active":
            return (f"suppressed.{fact['status']}", None)
        refused = [self.consent(customer, o["purpose"], c) is False for c in through]
        reach = [c for c in through if self.reaches(customer, c)]
        if all(refused) or (reach and all(self.consent(customer, o["purpose"], c) is False for c in reach)):
            return ("suppressed.opted-out", None)
        if not reach:
            return ("suppressed.no-channel", None)
        if not o["can"]:
            return ("suppressed.no-separate-consent" if agreed else "suppressed.no-consent", None)
        o["channel"] = o["can"][0]
        if not o["promised"]:
            if o["expires"] < self.day:
                return ("expired.window", None)
            if o["attempts"] >= rule.attempts.at_most:
                return ("expired.attempts", None)
            if rule.still == "not back" and fact["shop__back"] is not False:
                return ("suppressed.no-longer-relevant", None)
            if o["purpose"] == "marketing" and fact["open_cases"] > 0:
                return ("suppressed.open-complaint", None)
            if int(md5(f"{o['playbook']}|{o['programme']}|{customer}")[:8], 16) < round(rule.hold_out * 16**8):
                return ("held-out.draw", None)
        o["appointed"] = bool(o["promised"] and o["promise_day"] == self.day)
        if o["promised"] and o["promise_day"] > self.day:
            return ("deferred.promised-later", o["promise_day"])
        if not o["promised"] and o["next_on"] and o["next_on"] > self.day:
            return ("deferred.retry-later", o["next_on"])
        if not o["appointed"] and not self.allowed(rule, book, self.day):
            return ("deferred.not-working-day", self.day + ONE)
        rest = None if o["promised"] else self.rest(o)
        if rest:
            return rest
        o["hours"] = sorted(rule.hours or book.calendar.hours)
        o["zone"] = fact.get("time_zone") or book.time_zone
        o["window"] = self.window(o)
        full = [] if o["promised"] else self.blocked(customer, o["purpose"], o["channel"], [])
        if any(until is None for until, _ in full):
            return ("suppressed.never", None)
        return self.latest(full) if full else None

    def rest(self, o) -> tuple[str, date] | None:
        """Left in peace: by what was learned of the customer, where the contact is neither service nor asked for."""
        known = [row for row in self.tables["contact_policy"] if row["customer_id"] == o["customer_id"]]
        if not known or o["purpose"] == "service" or getattr(o["rule"].when, "on", None) == "request":
            return None
        if (known[0]["balance"] or 0) < 0:
            return ("deferred.account-overdrawn", self.day + ONE)
        if known[0]["paused"]:
            return ("deferred.class-rests", self.day + ONE)
        slowed = min(known[0]["slowed"] or 1, 4)
        for name, _at_most, per, purposes, _channels in self.caps:
            if name == "gap" and slowed > 1 and o["purpose"] in purposes:
                days = [
                    row["day"] for row in self.tables["contacts"]
                    if row["customer_id"] == o["customer_id"] and row["counted"] and row["purpose"] in purposes
                ]  # fmt: skip
                until = max(days, default=date.min) + timedelta(days=math.ceil(per * slowed))
                if until > self.day:
                    return ("deferred.class-slowed", until)
        return None

    def latest(self, full) -> tuple[str, date]:
        until = max(each for each, _ in full)
        return (f"deferred.{next(name for name in ('cap', 'gap') if (until, name) in full)}", until)

    def window(self, o) -> tuple[datetime, datetime]:
        moments = []
        for text in (o["hours"][0].split("-")[0], o["hours"][-1].split("-")[1]):
            local = datetime.fromisoformat(f"{self.day}T{text}:00").replace(tzinfo=ZoneInfo(o["zone"]))
            moments.append(local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None))
        return (o["promise_opens_at"] or moments[0], o["promise_closes_at"] or moments[1]) if o["appointed"] else tuple(moments)

    # --- together ---
    def minutes(self, o) -> set[str]:
        found = set()
        for text in o["hours"]:
            start, end = text.split("-")
            found |= {m for m in range(24 * 60) if start <= f"{m // 60:02}:{m % 60:02}" < end}
        return found

    def joins(self, o, lead) -> bool:
        if lead["channel"] not in o["can"]:
            return False
        if not o["promised"] and self.blocked(o["customer_id"], o["purpose"], lead["channel"], []):
            return False
        if o["appointed"]:
            return o["window"] == lead["window"]
        if lead["appointed"]:
            return o["window"][0] <= lead["window"][0] and o["window"][1] >= lead["window"][1]
        return o["zone"] == lead["zone"] and self.minutes(lead) <= self.minutes(o)

    def contacts(self, mine) -> list[list[dict]]:
        """Groups of one customer's occurrences, strongest lead first; `mine` is in order of strength."""
        together = [o for o in mine if o["rule"].bundle]
        groups = [[o] for o in mine if not o["rule"].bundle]
        if together:
            lead = together[0]
            groups.append([o for o in together if self.joins(o, lead)])
            rest = defaultdict(list)
            for o in together:
                if not self.joins(o, lead):
                    rest[(o["channel"], o["zone"], tuple(o["hours"]), o["window"] if o["appointed"] else None)].append(o)
            groups += rest.values()
        return sorted((group for group in groups if group), key=lambda group: mine.index(group[0]))

    def plan(self):
        waiting = defaultdict(list)
        for o in self.occurrences:
            decided = self.alone(o)
            if decided:
                self.decide(o, *decided)
            else:
                waiting[o["customer_id"]].append(o)
        made = []
        for customer, mine in waiting.items():
            mine.sort(key=lambda o: (o["strength"], o["deadline"], o["key"][0], o["key"][1], o["cause"]))
            today: list[tuple[str, str]] = []
            for place, group in enumerate(self.contacts(mine)):
                lead = group[0]
                full = [] if lead["promised"] else self.blocked(customer, lead["purpose"], lead["channel"], today)
                if full:
                    for o in group:
                        self.decide(o, *self.latest(full))
                else:
                    today.append((lead["purpose"], lead["channel"]))
                    made.append((lead, group, place))
        self.deal(made)
        return self.decisions, self.followups

    def decide(self, o, rule, until) -> None:
        if until and rule != "deferred.promised-later":
            until = self.next_allowed(o["rule"], o["book"], until)
            if not o["promised"] and until > o["expires"]:
                rule, until = "expired." + rule.removeprefix("deferred."), None
        self.decisions[o["key"]] = (rule, until)

    # --- by whom: only how many, of what rank; the very person is looked at by the properties ---
    def urgency(self, o) -> int:
        if self.day in (o["deadline"], o["expires"]):
            return 999
        left = (o["deadline"] - self.day).days
        return max(999 + left, 500) if left < 0 else max(500 - left, 0)

    def score(self, group) -> float:
        value = max(max((o["amount"] for o in group if o["amount"] is not None), default=0.0), 0.0)
        return 1000 * (3 - group[0]["strength"]) + max(self.urgency(o) for o in group) + value / (value + 1000)

    def deal(self, made) -> None:
        made.sort(
            key=lambda each: (
                -self.score(each[1]),
                md5(f"{self.day}|{each[0]['customer_id']}"),
                each[0]["customer_id"],
                each[2],
            )
        )
        places = sum(row["capacity"] for row in self.tables["staff"] if row["active"])
        for lead, group, _place in made:
            if lead["channel"] == "phone" and self.tables["staff"]:
                if places <= 0 and not lead["promised"]:
                    for o in group:
                        self.decide(o, "deferred.no-capacity", self.day + ONE)
                    continue
                places -= 1
            for o in group:
                self.decisions[o["key"]] = ("bundled.same-person", None)
            self.decisions[lead["key"]] = ("planned.promise" if lead["promised"] else "planned.first", None)
            self.followups[lead["key"]] = (lead["channel"], lead["window"], frozenset(o["key"] for o in group))
