"""The gate against an independent checker, over random facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.caps import Cap, PastContact, gap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import Consent, ContactFacts, CustomerStatus, Promise
from huifang.domain.contact_rules import RULES, Allowed, Refused, decide
from huifang.domain.law import CN, UK_EU, US_CALLS, US_DEBT
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import WEEKDAYS, Hours
from tests.domain.made_calendars import china_2026

CHINA = china_2026()
MOMENTS = st.integers(0, 100 * 24 * 60).map(lambda m: datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=m))
HOURS = st.sampled_from(["09:00-12:00", "14:00-18:00", "00:00-24:00", "07:30-08:30", "20:00-22:00"]).map(Hours.parse)
SPANS = st.builds(Span, st.integers(1, 10), st.sampled_from([Unit.HOUR, Unit.DAY]))
SETS = st.sampled_from(Purpose), st.sampled_from(Channel)
CAPS = st.builds(Cap, st.integers(0, 3), SPANS, st.frozensets(SETS[0], min_size=1), st.just(frozenset(Channel)))
PAST = st.builds(PastContact, MOMENTS, st.sampled_from([Channel.PHONE, Channel.SMS]), SETS[0], st.booleans(), st.booleans())
CONSENTS = st.builds(
    Consent,
    st.one_of(SETS[0], st.just("any"), st.just("sensitive")),
    st.sampled_from(["phone", "sms", "any"]),
    st.sampled_from([True, True, False]),
    st.booleans(),
)
FACTS = st.builds(
    ContactFacts,
    purpose=SETS[0], channel=st.sampled_from([Channel.PHONE, Channel.SMS, Channel.EMAIL]),
    status=st.sampled_from([CustomerStatus.ACTIVE] * 8 + [CustomerStatus.CLOSED]), usable=st.sampled_from([True] * 8 + [False, None]),
    consents=st.lists(CONSENTS, max_size=2).map(tuple), sensitive=st.booleans(),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Urumqi", "UTC"]),
    region=st.sampled_from([None, "TX", "FL", "NY"]), hours=st.lists(HOURS, min_size=1, max_size=2).map(tuple),
    days=st.one_of(st.sampled_from(["working", "every"]), st.lists(st.sampled_from(WEEKDAYS), max_size=3).map(tuple)),
    calendar=st.just(CHINA), laws=st.lists(st.sampled_from([CN, US_CALLS, US_DEBT, UK_EU]), max_size=2, unique_by=id).map(tuple),
    caps=st.lists(CAPS, max_size=2).map(tuple), gaps=st.lists(SPANS.map(gap), max_size=1).map(tuple),
    past=st.lists(PAST, max_size=5).map(tuple),
    open_complaint=st.booleans(), promise=st.one_of(st.none(), st.builds(Promise, st.one_of(st.none(), MOMENTS), st.none())),
)  # fmt: skip


def counts(span: Span, contact: PastContact, moment: datetime, zone: str) -> bool:
    """By the clock for hours, by the customer's own calendar for days."""
    if span.unit is Unit.HOUR:
        return moment - contact.at < timedelta(hours=span.amount)
    here, there = (each.astimezone(ZoneInfo(zone)).date() for each in (moment, contact.at))
    return (here - there).days < span.amount


def breaks_the_persons_word(facts: ContactFacts) -> bool:
    said = [c for c in facts.consents if c.purpose in {"any", facts.purpose} and c.channel in {"any", facts.channel}]
    agreed = any(c.purpose == "marketing" and c.proven for c in said if c.allowed)
    refused = any(not c.allowed for c in said)
    if facts.sensitive:
        separate = [c for c in facts.consents if c.purpose == "sensitive" and c.channel in {"any", facts.channel}]
        refused = refused or any(not c.allowed for c in separate) or not (facts.purpose == "service" or any(c.proven for c in separate))
    return facts.status != "active" or facts.usable is not True or refused or (facts.purpose == "marketing" and not agreed)


def breaks_a_cap(moment: datetime, facts: ContactFacts) -> bool:
    loose = facts.promise is None
    strict = any(law is UK_EU or (law is US_DEBT and facts.channel == "phone") for law in facts.laws)
    for cap in facts.caps if loose else ():
        if facts.purpose in cap.purposes:
            inside = [
                p for p in facts.past if (p.counted or strict) and p.purpose in cap.purposes and counts(cap.per, p, moment, facts.zone)
            ]
            if len(inside) >= cap.at_most:
                return True
    return False


@given(MOMENTS, FACTS)
def test_what_is_allowed_breaks_no_rule(moment, facts):
    if not isinstance(decide(moment, facts), Allowed):
        return
    assert not breaks_the_persons_word(facts)
    assert not breaks_a_cap(moment, facts)
    if CN in facts.laws and facts.channel in {"phone", "sms"}:
        assert 8 <= moment.astimezone(ZoneInfo("Asia/Shanghai")).hour < 21
    local = moment.astimezone(ZoneInfo(facts.zone))
    if facts.promise is None:
        assert any(h.start <= local.hour * 60 + local.minute < h.end for h in facts.hours)
        assert facts.days != "working" or CHINA.is_working(local.date())


@given(MOMENTS, FACTS)
def test_every_refusal_names_a_rule_and_a_time_at_which_it_really_is_allowed(moment, facts):
    answer = decide(moment, facts)
    if isinstance(answer, Refused):
        assert answer.rule in RULES
        assert answer.next_allowed is None or answer.next_allowed > moment
        assert answer.next_allowed is None or isinstance(decide(answer.next_allowed, facts), Allowed)


@given(MOMENTS, FACTS, st.floats(0, 1, exclude_max=True))
def test_no_earlier_moment_would_have_been_allowed(moment, facts, share):
    answer = decide(moment, facts)
    if isinstance(answer, Refused) and answer.next_allowed is not None:
        between = min(moment + (answer.next_allowed - moment) * share, answer.next_allowed - timedelta(microseconds=1))
        assert isinstance(decide(between, facts), Refused)


@given(MOMENTS, FACTS, SETS[0])
def test_an_opt_out_of_everything_stops_everything(moment, facts, purpose):
    answer = decide(moment, replace(facts, purpose=purpose, consents=(*facts.consents, Consent("any", "any", allowed=False))))
    assert isinstance(answer, Refused)
    assert answer.next_allowed is None


@given(MOMENTS, FACTS, PAST)
def test_one_more_contact_never_makes_a_refusal_an_allowance(moment, facts, contact):
    if isinstance(decide(moment, facts), Refused):
        assert isinstance(decide(moment, replace(facts, past=(*facts.past, contact))), Refused)
