"""The boundary table of the gate, one promise a test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huifang.domain.caps import Cap, PastContact, gap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import SENSITIVE, Consent, ContactFacts, CustomerStatus, Promise
from huifang.domain.contact_rules import RULES, Allowed, Refused, decide
from huifang.domain.law import BULK_MAIL, CN, UK_EU, US_CALLS, US_DEBT, DayHours
from huifang.domain.spans import Span
from huifang.domain.windows import WHOLE_DAY, Hours
from tests.domain.made_calendars import china_2026

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
MICRO = timedelta(microseconds=1)
WEEK, HOURS = Span.parse("7 days"), Span.parse("168 h")
MONDAY = datetime(2026, 6, 1, 10, tzinfo=SHANGHAI)
WANG = ContactFacts(
    purpose=Purpose.SERVICE, channel=Channel.PHONE, usable=True, zone="Asia/Shanghai", calendar=china_2026(), laws=(CN,),
    hours=(Hours.parse("09:00-12:00"), Hours.parse("14:00-18:00")),
)  # fmt: skip
OPEN = replace(WANG, hours=(WHOLE_DAY,), days="every")
YES = Consent(Purpose.MARKETING, "any", allowed=True, proven=True)
SEPARATE = Consent(SENSITIVE, "any", allowed=True, proven=True)
OFFER = replace(OPEN, purpose=Purpose.MARKETING, consents=(YES,))


def refused(moment: datetime, facts: ContactFacts) -> Refused:
    answer = decide(moment, facts)
    assert isinstance(answer, Refused), answer
    assert answer.words.zh
    assert answer.words.en
    assert "{" not in answer.words.zh + answer.words.en
    return answer


def call(at: datetime, purpose: Purpose = Purpose.SERVICE, **more: bool) -> PastContact:
    return PastContact(at, Channel.PHONE, purpose, **more)


def test_a_service_call_in_working_hours_is_allowed():
    assert decide(MONDAY, WANG) == Allowed()


@pytest.mark.parametrize(
    ("hour", "allowed"),
    [
        ((7, 59, 59, 999_000), False), ((7, 59, 59, 999_999), False), ((8, 0, 0, 0), True), ((20, 59, 59, 999_000), True),
        ((20, 59, 59, 999_999), True), ((21, 0, 0, 0), False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("zone", "law"), [("Asia/Shanghai", CN), ("America/New_York", US_DEBT), ("America/New_York", US_CALLS)])
def test_the_hours_of_the_law_hold_to_the_millisecond(hour, allowed, zone, law):
    moment = datetime(2026, 6, 1, *hour, tzinfo=ZoneInfo(zone))
    facts = replace(OPEN, zone=zone, laws=(law,), region="NY")
    if allowed:
        assert decide(moment, facts) == Allowed()
        return
    answer = refused(moment, facts)
    morning = datetime(2026, 6, 1 if hour[0] == 7 else 2, 8, tzinfo=ZoneInfo(zone))
    assert (answer.rule, answer.next_allowed) == ("law.hours", morning)


def test_chinas_hours_are_beijings_in_urumqi_too():
    facts = replace(OPEN, zone="Asia/Urumqi")
    assert decide(datetime(2026, 6, 1, 20, 59, tzinfo=SHANGHAI), facts) == Allowed()
    assert refused(datetime(2026, 6, 1, 20, tzinfo=ZoneInfo("Asia/Urumqi")), facts).rule == "law.hours"


@pytest.mark.parametrize(
    ("region", "day", "hour", "allowed"),
    [
        ("NY", 1, 20, True), ("FL", 1, 20, False), ("fl", 1, 19, True), ("KY", 1, 9, False), ("KY", 1, 10, True), ("TX", 7, 11, False),
        ("TX", 7, 12, True), ("TX", 1, 9, True), (None, 1, 9, False), (None, 1, 10, True), (None, 1, 20, False), (None, 7, 11, False),
    ],
)  # fmt: skip
def test_each_state_has_its_hours_and_an_unknown_state_has_the_strictest(region, day, hour, allowed):
    facts = replace(OPEN, zone="America/New_York", laws=(US_CALLS,), region=region)
    assert isinstance(decide(datetime(2026, 6, day, hour, tzinfo=NEW_YORK), facts), Allowed) is allowed


def test_hours_of_calls_do_not_bind_mail():
    night = datetime(2026, 6, 1, 3, tzinfo=SHANGHAI)
    assert decide(night, replace(OPEN, channel=Channel.EMAIL, laws=(CN, BULK_MAIL, UK_EU))) == Allowed()


@pytest.mark.parametrize(
    ("past", "allowed"),
    [(timedelta(days=7), True), (timedelta(days=7) - MICRO, False), (timedelta(days=7) + MICRO, True)],
)
def test_a_cap_of_hours_ends_after_so_many_hours_to_the_microsecond(past, allowed):
    facts = replace(OPEN, caps=(Cap(1, HOURS),), past=(call(MONDAY - past),))
    if allowed:
        assert decide(MONDAY, facts) == Allowed()
    else:
        answer = refused(MONDAY, facts)
        assert (answer.rule, answer.next_allowed) == ("cap.full", MONDAY + MICRO)
        assert answer.words.zh == "已达联络上限：168 小时内 1 次，已联络 1 次。"


@pytest.mark.parametrize(("past", "allowed"), [(timedelta(days=7), True), (timedelta(days=7) - MICRO, False)])
def test_a_gap_ends_to_the_microsecond(past, allowed):
    facts = replace(OFFER, gaps=(gap(HOURS),), past=(call(MONDAY - past, Purpose.RELATIONSHIP),))
    if allowed:
        assert decide(MONDAY, facts) == Allowed()
    else:
        assert (refused(MONDAY, facts).rule, refused(MONDAY, facts).next_allowed) == ("gap", MONDAY + MICRO)


@pytest.mark.parametrize(
    ("per", "made", "free"),
    [
        ("1 day", "2026-06-01 17:55", "2026-06-02 00:00"), ("5 days", "2026-06-01 17:55", "2026-06-06 00:00"),
        ("1 week", "2026-06-01 00:00", "2026-06-08 00:00"), ("1 month", "2026-05-31 12:00", "2026-06-30 00:00"),
        ("1 working day", "2026-06-05 09:00", "2026-06-08 00:00"), ("24 h", "2026-06-01 17:55", "2026-06-02 17:55"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
def test_days_are_the_customers_own_and_hours_go_by_the_clock(per: str, made: str, free: str, zone: str):
    at, then = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (made, free))
    facts = replace(OPEN, zone=zone, channel=Channel.EMAIL, caps=(Cap(1, Span.parse(per)),), past=(call(at.astimezone(UTC)),))
    assert (refused(then - MICRO, facts).rule, refused(then - MICRO, facts).next_allowed) == ("cap.full", then)
    assert decide(then, facts) == Allowed()


def test_the_day_that_was_kept_counts_where_the_customer_has_moved_since():
    """Called in New York on Sunday evening, which was Monday in Shanghai."""
    there = PastContact(datetime(2026, 5, 31, 20, tzinfo=NEW_YORK), Channel.PHONE, Purpose.SERVICE)
    facts = replace(OPEN, caps=(Cap(1, Span.parse("1 day")),))
    assert refused(MONDAY, replace(facts, past=(there,))).rule == "cap.full"
    assert decide(MONDAY, replace(facts, past=(replace(there, day=datetime(2026, 5, 31).date()),))) == Allowed()


def test_a_gap_is_for_the_purposes_it_names():
    service = call(MONDAY - timedelta(days=1))
    assert decide(MONDAY, replace(OFFER, gaps=(gap(WEEK),), past=(service,))) == Allowed()
    assert decide(MONDAY, replace(OPEN, gaps=(gap(WEEK),), past=(call(MONDAY, Purpose.MARKETING),))) == Allowed()


def test_debt_calls_stop_at_seven_in_seven_days_and_for_seven_days_after_a_conversation():
    facts = replace(OPEN, laws=(US_DEBT,))
    calls = tuple(call(MONDAY - timedelta(days=n), counted=False) for n in range(1, 8))
    assert decide(MONDAY, replace(facts, past=calls)) == Allowed()
    full = refused(MONDAY, replace(facts, past=(*calls[:-1], call(MONDAY - timedelta(days=6)))))
    assert (full.rule, full.next_allowed) == ("law.cap", datetime(2026, 6, 2, 8, tzinfo=SHANGHAI))
    talked = (call(MONDAY - timedelta(days=6), conversation=True),)
    assert refused(MONDAY, replace(facts, past=talked)).rule == "law.conversation"
    assert decide(MONDAY + timedelta(days=1), replace(facts, past=talked)) == Allowed()


def test_carriers_allow_five_calls_in_24_hours():
    calls = tuple(call(MONDAY - timedelta(hours=n / 10)) for n in range(1, 6))
    answer = refused(MONDAY, replace(OPEN, past=calls))
    assert (answer.rule, answer.next_allowed) == ("law.cap", calls[-1].at + timedelta(hours=24))
    assert decide(MONDAY, replace(OPEN, past=calls[1:])) == Allowed()
    assert decide(MONDAY, replace(OPEN, past=calls, channel=Channel.EMAIL)) == Allowed()


def test_an_attempt_that_never_rang_does_not_count_except_where_the_law_counts_it():
    facts = replace(OPEN, caps=(Cap(1, WEEK),), past=(call(MONDAY - timedelta(days=1), counted=False),))
    assert decide(MONDAY, facts) == Allowed()
    assert refused(MONDAY, replace(facts, laws=(UK_EU,))).rule == "cap.full"


def test_a_contact_dated_in_the_future_counts_when_the_clock_was_put_back():
    assert refused(MONDAY, replace(OPEN, caps=(Cap(1, WEEK),), past=(call(MONDAY + timedelta(hours=1)),))).rule == "cap.full"


def test_a_cap_of_zero_allows_nothing_ever():
    cap = Cap(0, WEEK, purposes=frozenset({Purpose.MARKETING}))
    answer = refused(MONDAY, replace(OFFER, caps=(cap,)))
    assert (answer.rule, answer.next_allowed) == ("cap.never", None)
    assert decide(MONDAY, replace(OPEN, caps=(cap,))) == Allowed()


@pytest.mark.parametrize("status", [CustomerStatus.DECEASED, CustomerStatus.CLOSED])
def test_a_death_or_a_closed_file_stops_everything(status):
    answer = refused(MONDAY, replace(OFFER, status=status, promise=Promise()))
    assert (answer.rule, answer.next_allowed) == (f"status.{status}", None)


@pytest.mark.parametrize(
    ("purpose", "channel", "stops"),
    [
        ("any", "any", True),
        ("service", "phone", True),
        ("any", "phone", True),
        ("service", "any", True),
        ("marketing", "any", False),
        ("any", "sms", False),
    ],
)
def test_an_opt_out_stops_what_it_names_even_a_promise(purpose, channel, stops):
    facts = replace(OPEN, consents=(YES, Consent(purpose, channel, allowed=False)), promise=Promise())
    answer = decide(MONDAY, facts)
    assert (isinstance(answer, Refused) and answer.rule == "opted-out") is stops


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"zone": None}, "zone.unknown"), ({"zone": "Mars/Olympus"}, "zone.unknown"), ({"calendar": None}, "calendar.unknown"),
        ({"usable": None}, "point.missing"), ({"usable": False}, "point.unusable"), ({"purpose": Purpose.MARKETING}, "law.consent"),
        ({"consent_for": frozenset(Purpose)}, "law.consent"), ({"hours": ()}, "hours.closed"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_not_contacted(change, rule):
    answer = refused(MONDAY, replace(WANG, **change))
    assert (answer.rule, answer.next_allowed) == (rule, None)


@pytest.mark.parametrize(
    ("purpose", "words", "allowed"),
    [
        (Purpose.SERVICE, (), True), (Purpose.RELATIONSHIP, (), False), (Purpose.MARKETING, (YES,), False),
        (Purpose.RELATIONSHIP, (SEPARATE,), True), (Purpose.MARKETING, (YES, SEPARATE), True), (Purpose.MARKETING, (SEPARATE,), False),
        (Purpose.RELATIONSHIP, (replace(SEPARATE, proven=False),), False),
        (Purpose.RELATIONSHIP, (replace(SEPARATE, channel="sms"),), False),
        (Purpose.SERVICE, (replace(SEPARATE, allowed=False),), False),
        (Purpose.SERVICE, (replace(SEPARATE, allowed=False, channel="sms"),), True),
        (Purpose.RELATIONSHIP, (SEPARATE, replace(SEPARATE, allowed=False, channel="phone")), False),
        (Purpose.RELATIONSHIP, (Consent("any", "any", allowed=True, proven=True),), False),
    ],
)  # fmt: skip
def test_sensitive_data_need_separate_proven_consent_but_for_the_service_itself_which_can_be_refused(purpose, words, allowed):
    answer = decide(MONDAY, replace(OPEN, sensitive=True, purpose=purpose, consents=words))
    assert isinstance(answer, Allowed) is allowed
    if SEPARATE not in words and purpose is not Purpose.MARKETING:
        assert allowed or answer.rule == "law.sensitive"


def test_a_day_beyond_the_calendar_is_unknown():
    beyond = datetime(2027, 1, 4, 10, tzinfo=SHANGHAI)
    assert refused(beyond, WANG).rule == "calendar.unknown"
    answer = refused(datetime(2026, 12, 31, 19, tzinfo=SHANGHAI), WANG)
    assert (answer.rule, answer.next_allowed) == ("hours.closed", None)


def test_outside_hours_the_next_opening_of_a_working_day_is_named():
    answer = refused(datetime(2026, 4, 30, 18, tzinfo=SHANGHAI), WANG)
    assert (answer.rule, answer.next_allowed) == ("hours.closed", datetime(2026, 5, 6, 9, tzinfo=SHANGHAI))


def test_the_next_allowed_time_satisfies_every_rule():
    talk = MONDAY.replace(hour=19) - timedelta(days=7)
    answer = refused(MONDAY, replace(WANG, caps=(Cap(1, HOURS),), past=(call(talk),)))
    assert (answer.rule, answer.next_allowed) == ("cap.full", datetime(2026, 6, 2, 9, tzinfo=SHANGHAI))


def test_hours_that_the_law_never_allows_have_no_next_time():
    assert refused(MONDAY, replace(OPEN, hours=(Hours.parse("22:00-23:00"),))).next_allowed is None


def test_an_open_complaint_stops_marketing_only():
    assert refused(MONDAY, replace(OFFER, open_complaint=True)).rule == "complaint.open"
    assert decide(MONDAY, replace(OFFER, open_complaint=True, promise=Promise())) == Allowed(promised=True)
    assert decide(MONDAY, replace(WANG, open_complaint=True)) == Allowed()


def test_a_promise_comes_before_caps_gaps_and_the_firms_hours():
    evening = datetime(2026, 6, 6, 19, 30, tzinfo=SHANGHAI)
    promise = Promise(opens=evening, closes=evening + timedelta(hours=1))
    past = (call(evening - timedelta(hours=1), Purpose.MARKETING),)
    facts = replace(WANG, purpose=Purpose.MARKETING, consents=(YES,), caps=(Cap(0, WEEK),), gaps=(gap(WEEK),), past=past, promise=promise)
    assert decide(evening, facts) == Allowed(promised=True)
    early = refused(evening - MICRO, facts)
    assert (early.rule, early.next_allowed) == ("promise.not-yet", evening)
    late = refused(evening + timedelta(hours=1), facts)
    assert (late.rule, late.next_allowed) == ("hours.closed", datetime(2026, 6, 8, 9, tzinfo=SHANGHAI))


def test_a_promise_does_not_come_before_the_law():
    night = datetime(2026, 6, 1, 22, tzinfo=SHANGHAI)
    assert refused(night, replace(OPEN, promise=Promise(opens=night))).rule == "law.hours"


def test_caps_that_count_working_days_need_a_calendar():
    facts = replace(OPEN, caps=(Cap(1, Span.parse("2 working days")),), past=(call(MONDAY - timedelta(hours=1)),))
    assert refused(MONDAY, facts).next_allowed == datetime(2026, 6, 3, 8, tzinfo=SHANGHAI)
    assert refused(MONDAY, replace(facts, calendar=None)).rule == "calendar.unknown"
    own = Cap(1, Span.parse("2 working days"), calendar=china_2026())
    assert refused(MONDAY, replace(facts, caps=(own,), calendar=None)).rule == "cap.full"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        decide(datetime(2026, 6, 1, 10), WANG)


def test_every_rule_has_words_in_both_languages():
    assert all(words.zh.endswith("。") and words.en.endswith(".") for words in RULES.values())
    assert decide(MONDAY.astimezone(UTC), WANG) == Allowed()


@pytest.mark.parametrize(
    ("clock", "opens"),
    [
        (datetime(2026, 3, 2, 10, tzinfo=NEW_YORK), datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Pacific/Honolulu"))),
        (datetime(2026, 3, 2, 20, 30, tzinfo=NEW_YORK), datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("Pacific/Honolulu"))),
        (datetime(2026, 3, 8, 13, tzinfo=NEW_YORK), datetime(2026, 3, 8, 12, tzinfo=ZoneInfo("Pacific/Honolulu"))),
        (datetime(2026, 3, 2, 16, tzinfo=NEW_YORK), None),
    ],
    ids=["morning in New York", "evening in New York", "Sunday", "afternoon"],
)
def test_where_the_zone_is_not_known_it_must_be_allowed_in_every_zone_of_the_country(clock: datetime, opens: datetime | None):
    hours = (Hours.parse("00:00-24:00"),)
    facts = replace(OPEN, zone="America/New_York", zone_assumed=True, laws=(US_CALLS,), hours=hours, days="every")
    answer = decide(clock, facts)
    if opens is None:
        assert answer == Allowed()
        return
    assert isinstance(answer, Refused)
    assert (answer.rule, answer.next_allowed) == ("law.hours-somewhere", opens)
    assert decide(answer.next_allowed, facts) == Allowed()
    assert not isinstance(decide(clock, replace(facts, zone_assumed=False)), Refused) or clock.hour >= 20
    assert decide(clock, replace(facts, laws=(BULK_MAIL,))) == Allowed()


def test_where_no_hour_is_allowed_everywhere_no_waiting_helps():
    far = replace(US_CALLS, zones=("America/New_York", "Asia/Shanghai"), hours=DayHours(Hours.parse("10:00-11:00")), regions={})
    facts = replace(OPEN, zone_assumed=True, laws=(far,))
    answer = decide(MONDAY, facts)
    assert isinstance(answer, Refused)
    assert (answer.rule, answer.next_allowed) == ("law.hours-somewhere", None)
