"""The same plan with pandas: the same decisions, rules, follow-ups and people; only the figures in `detail` are left out."""

import sys
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

import numpy as np
import pandas as pd
from business import DAY as TODAYS

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
DAY = date.fromisoformat(sys.argv[3]) if len(sys.argv) > 3 else TODAYS
TODAY = pd.Timestamp(DAY)


def read(name: str) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{name}.parquet")
    if "day" in frame:
        frame["day"] = pd.to_datetime(frame["day"])
    return frame


def digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def days(number: int) -> pd.Timedelta:
    return pd.Timedelta(days=number)


events, known = read("events"), pd.read_parquet(folder / "customers.parquet", columns=["customer_id"])["customer_id"]
checked = events["day"].between(TODAY - days(31) if len(events) > 5_000_000 else pd.Timestamp.min, TODAY)
strangers = (~events.loc[checked, "customer_id"].isin(known)).sum()
print("events after the day, events of unknown customers:", (events["day"] > TODAY).sum(), strangers, file=sys.stderr)
events = events[(events["kind"] == "order") & (events["day"] <= TODAY)]
year = events[events["day"] > TODAY - pd.DateOffset(months=12)].groupby("customer_id")["amount"].agg(["count", "sum"])
facts = events.groupby("customer_id")["day"].max().to_frame("last").join(year).reset_index()
facts["core"] = ((TODAY - facts["last"]).dt.days <= 365) & (facts["count"] >= 6) & (facts["sum"] >= 600)


def lapsed(programme: str, purpose: str, strength: int, line: int, wait: int) -> pd.DataFrame:
    rows = facts[facts["last"].between(TODAY - days(wait + 2), TODAY - days(wait))]
    ids = events.merge(rows[["customer_id", "last"]], left_on=["customer_id", "day"], right_on=["customer_id", "last"])
    rows = rows.merge(ids.groupby("customer_id")["event_id"].max().reset_index(), on="customer_id")
    return pd.DataFrame(
        {
            "programme": programme, "purpose": purpose, "strength": strength, "line": line, "customer_id": rows["customer_id"],
            "cause": rows["last"].dt.strftime("%Y-%m-%d"), "event_id": rows["event_id"], "cause_day": rows["last"],
            "due": rows["last"] + days(wait), "value": rows["sum"],
        }
    )  # fmt: skip


fresh = events[events["day"].between(TODAY - days(3), TODAY - days(1))].merge(facts[facts["core"]], on="customer_id")
thanks = pd.DataFrame(
    {
        "programme": "thanks", "purpose": "relationship", "strength": 2, "line": 2, "customer_id": fresh["customer_id"],
        "cause": fresh["event_id"].astype(str), "event_id": fresh["event_id"], "cause_day": fresh["day"], "due": fresh["day"] + days(1),
        "value": fresh["sum"],
    }
)  # fmt: skip
due = pd.concat([lapsed("back", "marketing", 3, 0, 90), lapsed("quarter", "relationship", 2, 1, 30), thanks], ignore_index=True)
due["deadline"] = due["expires"] = due["due"] + days(2)

points, consents, contacts = read("contact_points"), read("consents"), read("contacts")
people = due["customer_id"].unique()
reached = set(points.loc[(points["channel"] == "phone") & points["usable"], "customer_id"])
said = (
    consents[consents["customer_id"].isin(people)].groupby("customer_id")["allowed"].min()
)  # consent is to marketing, a refusal of everything
recent = contacts[contacts["counted"] & contacts["day"].between(TODAY - days(29), TODAY) & contacts["customer_id"].isin(people)]
recent = recent.sort_values(["customer_id", "day"], ascending=[True, False])
third = recent.groupby("customer_id").nth(2).set_index("customer_id")["day"] + days(30)
gap = recent[recent["day"] > TODAY - days(7)].groupby("customer_id")["day"].max() + days(7)

consent = due["customer_id"].map(said.astype(float)).fillna(-1)
cap_free, gap_free = due["customer_id"].map(third), due["customer_id"].map(gap)
drawn = (due["programme"] == "thanks") & due["customer_id"].map(lambda number: digest(f"bench|thanks|{number}") < "0ccccccd")
due["rule"] = np.select(
    [
        consent == 0, ~due["customer_id"].isin(reached), (due["purpose"] == "marketing") & (consent < 1), drawn,
        cap_free.notna() & (gap_free.isna() | (cap_free >= gap_free)), gap_free.notna(),
    ],
    ["suppressed.opted-out", "suppressed.no-channel", "suppressed.no-consent", "held-out.draw", "deferred.cap", "deferred.gap"], "",
)  # fmt: skip
deferred = due["rule"].str.startswith("deferred.")
due["until"] = pd.concat([cap_free, gap_free], axis=1).max(axis=1).where(deferred)

going = due[due["rule"] == ""].sort_values(["customer_id", "strength", "deadline", "line", "cause"])
left = (going["deadline"] - TODAY).dt.days
going["urgency"] = np.where(left == 0, 999, np.where(left < 0, np.maximum(999 + left, 500), np.maximum(500 - left, 0)))
together = going.groupby("customer_id")
lead = together.first().reset_index()
for name, how, column in (
    ("urgency", "max", "urgency"),
    ("deadline", "min", "deadline"),
    ("value", "max", "value"),
    ("occurrences", "size", ""),
):
    lead[name] = (together.size() if how == "size" else together[column].agg(how)).to_numpy()
value = lead["value"].fillna(0).clip(lower=0)
lead["score"] = 1000 * (3 - lead["strength"]) + lead["urgency"] + value / (value + 1000)
lead["draw"] = lead["customer_id"].map(lambda number: digest(f"{DAY}|{number}"))
lead = lead.sort_values(["score", "draw", "customer_id"], ascending=[False, True, True], ignore_index=True)
staff = read("staff")
order = sorted(staff.loc[staff["active"], "staff_id"], key=lambda number: (digest(f"{DAY}|{number}"), str(number)))
lead = lead.head(int(staff.loc[staff["active"], "capacity"].sum()))
number = lead.index.to_numpy()
followups = lead.assign(
    followup=number + 1, staff_id=np.array(order)[number % len(order)], position=number // len(order) + 1, channel="phone",
    opens_at=TODAY + timedelta(hours=1), closes_at=TODAY + timedelta(hours=10), promised=False, day=TODAY, playbook="bench",
)  # fmt: skip

due = due.merge(followups[["customer_id", "followup"]], on="customer_id", how="left")
due.loc[due["rule"] != "", "followup"] = np.nan
leading = pd.MultiIndex.from_frame(due[["customer_id", "programme", "cause"]]).isin(
    pd.MultiIndex.from_frame(followups[["customer_id", "programme", "cause"]])
)
open_ = due["rule"] == ""
due.loc[open_, "rule"] = np.where(
    due["followup"].isna(), "deferred.no-capacity", np.where(leading, "planned.first", "bundled.same-person")
)[open_]
due.loc[due["rule"] == "deferred.no-capacity", "until"] = TODAY + days(1)
late = due["until"] > due["expires"]
due.loc[late, "rule"] = due.loc[late, "rule"].str.replace("deferred.", "expired.", regex=False)
due.loc[late, "until"] = pd.NaT
decisions = due.assign(playbook="bench", decision=due["rule"].str.split(".").str[0])
decisions.drop(columns=["strength", "line"]).to_parquet(out / "decisions.parquet")
followups.drop(columns=["strength", "line", "draw", "rule", "until", "urgency"]).to_parquet(out / "followups.parquet")
