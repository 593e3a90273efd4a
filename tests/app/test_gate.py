"""The gate: no contact without a ticket, none against the person's word, the law, the hour or the cap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client

from huifang.app.records.models import Attempt, AuditEntry, Consent, ContactPoint, Customer, PlaybookVersion, Promise
from huifang.app.services import cases, consents, customers, gate, playbooks
from huifang.app.services.gate import ContactRefused
from huifang.app.services.imports import prepare
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, in_hand


def test_an_allowed_contact_is_written_before_it_begins(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    ticket = gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    attempt = Attempt.objects.get(pk=ticket.attempt_id)
    assert attempt.ticket == ticket.uuid
    assert (attempt.state, attempt.customer_id, attempt.staff, attempt.day) == ("attempting", followup.customer_id, cast.chen, DAY)
    assert attempt.contact_point == ContactPoint.objects.get(customer=followup.customer)


def test_asking_again_for_the_same_step_gives_the_same_ticket(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    first = gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    again = gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW + timedelta(seconds=2))
    assert (again.attempt_id, again.repeated) == (first.attempt_id, True)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("road", ["agent", "import", "reply", "link", "api"])
def test_an_opt_out_by_any_road_works_at_once(cast: Cast, road: str) -> None:
    consents.opt_out(None, cast.customers[0], "any", "any", road, NOW)
    followup, fence = in_hand(cast)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert (refused.value.rule, refused.value.next_allowed) == ("opted-out", None)
    assert AuditEntry.objects.filter(action="contact.refused", detail__rule="opted-out").exists()
    assert not Attempt.objects.exists()


def test_a_refusal_clings_to_the_number_whoever_has_it_next(cast: Cast) -> None:
    who = cast.customers[0]
    consents.opt_out(None, who, "any", "phone", "reply", NOW)
    again = customer(cast, "KH9", "雷华", ContactPoint.objects.get(customer=who).value)
    followup, fence = in_hand(cast, again)
    with pytest.raises(ContactRefused, match="refused"):
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_only_the_customers_own_word_brings_contact_back(cast: Cast) -> None:
    who = cast.customers[0]
    consents.opt_out(None, who, "any", "any", "agent", NOW)
    with pytest.raises(NotAllowed):
        consents.opt_in(None, who, "any", "any", "import", NOW)
    consents.opt_in(cast.chen, who, "any", "any", "agent", NOW + timedelta(minutes=1))
    followup, fence = in_hand(cast)
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("clock", "rule", "opens"),
    [
        (datetime(2026, 11, 20, 0, 59, 59, 999_999, tzinfo=UTC), "hours.closed", datetime(2026, 11, 20, 1, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 4, 0, tzinfo=UTC), "hours.closed", datetime(2026, 11, 20, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "hours.closed", datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 14, 0, tzinfo=UTC), "law.hours", datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),
    ],
)
def test_outside_the_hours_the_next_opening_is_told(cast: Cast, clock: datetime, rule: str, opens: datetime) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, clock)
    assert (refused.value.rule, refused.value.next_allowed) == (rule, opens)
    local = opens + timedelta(hours=8)
    assert f"{local:%Y-%m-%d %H:%M}" in refused.value.say("zh")


def test_the_cap_counts_attempts_of_every_programme(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    for number in range(4):
        Attempt.objects.create(
            ticket=f"00000000-0000-0000-0000-00000000000{number}",
            key=str(number),
            customer=followup.customer,
            channel="phone",
            purpose="relationship",
            programme="thanks",
            state=Attempt.State.ENDED,
            at=NOW - timedelta(minutes=50 - number),
            day=DAY,
        )
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "cap.full"
    assert refused.value.next_allowed is not None
    Attempt.objects.filter(key="0").update(counted=False)
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_marketing_needs_consent_on_record(cast: Cast) -> None:
    followup, fence = in_hand(cast, programme="offer", purpose="marketing")
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "law.consent"
    consents.opt_in(cast.chen, followup.customer, "any", "any", "agent", NOW, "电话里说可以联系")
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "law.consent", "consent to any purpose is not consent to marketing"
    with pytest.raises(Invalid, match="It is not said how the customer agreed"):
        consents.opt_in(cast.chen, followup.customer, "marketing", "phone", "agent", NOW)
    Consent.objects.create(customer=followup.customer, purpose="marketing", channel="any", allowed=True, at=NOW, road="import")
    with pytest.raises(ContactRefused):
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    consents.opt_in(cast.chen, followup.customer, "marketing", "phone", "agent", NOW, "2026-11-20 电话里对小陈说愿意收优惠")
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_the_switches_of_the_page_enter_what_is_meant(cast: Cast, client: Client) -> None:
    """“Allow” lifts a refusal of a channel and is no consent to marketing; marketing itself needs the customer's words."""
    who = cast.customers[0]
    client.force_login(cast.chen, backend="django.contrib.auth.backends.ModelBackend")
    for what in ("phone", "marketing"):
        client.post(f"/customers/{who.pk}/consent/", {"what": what, "allowed": "0"})
    assert 'name="proof"' in client.get(f"/customers/{who.pk}/").content.decode()
    client.post(f"/customers/{who.pk}/consent/", {"what": "phone", "allowed": "1"})
    answer = client.post(f"/customers/{who.pk}/consent/", {"what": "marketing", "allowed": "1", "proof": "  "}, follow=True)
    assert "没有写明客户是怎样同意的" in answer.content.decode()
    said = {(row.purpose, row.channel): row.allowed for row in Consent.objects.order_by("at", "pk")}
    assert said == {("any", "phone"): True, ("marketing", "any"): False}
    client.post(f"/customers/{who.pk}/consent/", {"what": "marketing", "allowed": "1", "proof": "来店时对小陈说愿意"})
    assert Consent.objects.order_by("pk").last().proof == "来店时对小陈说愿意"
    followup, fence = in_hand(cast, programme="offer", purpose="marketing")
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_the_dead_and_wrong_numbers_are_not_called(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    customers.mark_contact_point(cast.chen, ContactPoint.objects.get(customer=followup.customer), False, NOW)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "point.unusable"
    customers.change_status(cast.chen, followup.customer, Customer.Status.DECEASED, NOW)
    followup, fence = in_hand(cast)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "status.deceased"


def test_a_number_of_somebody_else_is_no_contact_point(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    foreign = ContactPoint.objects.get(customer=cast.customers[1])
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", foreign.pk, NOW)
    assert refused.value.rule == "point.missing"


def test_what_is_no_longer_relevant_is_not_asked(cast: Cast) -> None:
    """`still: open_cases = 0` held in the morning, and is looked at again at the moment of the call."""
    followup, fence = in_hand(cast)
    cases.open_case(None, followup.customer, "dissatisfied", "异响没修好", NOW, version=cast.version)
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "no-longer-relevant"


def test_a_promise_comes_before_the_firms_hours_and_never_before_its_time(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    noon = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    Promise.objects.create(
        customer=followup.customer,
        occurrence=followup.occurrences.get(),
        staff=cast.chen,
        opens_at=noon,
        closes_at=noon + timedelta(hours=2),
        day=DAY,
        made_at=NOW,
    )
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert (refused.value.rule, refused.value.next_allowed) == ("promise.not-yet", noon)
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, noon)


def test_once_the_promised_time_is_over_the_firms_hours_hold_again(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    noon = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    ends = noon + timedelta(minutes=30)
    Promise.objects.create(
        customer=followup.customer, occurrence=followup.occurrences.get(), opens_at=noon, closes_at=ends, day=DAY, made_at=NOW
    )
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, ends)
    assert (refused.value.rule, refused.value.next_allowed) == ("hours.closed", datetime(2026, 11, 20, 6, 0, tzinfo=UTC))
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, ends - timedelta(seconds=1))


def test_calls_about_a_debt_stop_for_a_week_after_a_conversation(cast: Cast) -> None:
    text = PLAYBOOK.replace("{country: CN,", "{country: CN, laws: [us-debt],")
    playbooks.activate(None, playbooks.add_version(None, text, "small-shop.yaml", NOW), NOW)
    cast.version = PlaybookVersion.objects.get(state="active")
    followup, fence = in_hand(cast)
    Attempt.objects.create(
        ticket="00000000-0000-0000-0000-000000000001", key="1", customer=followup.customer, channel="phone", purpose="service",
        programme="thanks", state=Attempt.State.ENDED, reached=True, at=NOW - timedelta(days=2), day=DAY - timedelta(days=2),
    )  # fmt: skip
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "law.conversation"
    assert refused.value.next_allowed == NOW.replace(day=25, hour=1)


def test_without_the_claim_there_is_no_ticket(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    with pytest.raises(Conflict):
        gate.allow(cast.chen, followup.pk, fence - 1, "phone", None, NOW)
    with pytest.raises(Conflict):
        gate.allow(cast.lin, followup.pk, fence, "phone", None, NOW)
    with pytest.raises(NotAllowed):
        gate.allow(cast.an, followup.pk, fence, "phone", None, NOW)
    with pytest.raises(Invalid, match="There is no channel"):
        gate.allow(cast.chen, followup.pk, fence, "telepathy", None, NOW)


def american(cast: Cast) -> PlaybookVersion:
    """The playbook for the United States, where people live in many zones."""
    text = PLAYBOOK.replace('{country: CN, hours: ["09:00-12:00", "14:00-18:00"], days: working}', '{country: US, hours: ["00:00-24:00"]}')
    text = text.replace("playbook: small-shop", "playbook: small-shop\ntime zone: America/New_York")
    cast.version = playbooks.activate(None, playbooks.add_version(None, text, "us.yaml", NOW), NOW)
    cast.branch.time_zone = "America/New_York"
    cast.branch.calendar = "US"
    cast.branch.save()
    return cast.version


def test_an_unknown_zone_waits_until_the_law_allows_it_everywhere_and_is_said(cast: Cast, client: Client) -> None:
    american(cast)
    who = cast.customers[0]
    followup, fence = in_hand(cast, who)
    morning = datetime(2026, 11, 20, 16, tzinfo=UTC)  # eleven in New York, six in Honolulu
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, morning)
    assert (refused.value.rule, refused.value.next_allowed) == ("law.hours-somewhere", datetime(2026, 11, 20, 20, tzinfo=UTC))
    client.force_login(cast.an, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/customers/{who.pk}/").content.decode()
    assert "America/New_York" in page
    assert "不是客户本人的" in page
    who.time_zone = "America/Chicago"
    who.save()
    assert gate.allow(cast.chen, followup.pk, fence, "phone", None, morning)
    page = client.get(f"/customers/{who.pk}/").content.decode()
    assert "America/Chicago" in page
    assert "不是客户本人的" not in page


def test_a_file_of_customers_for_such_a_country_is_told_that_it_lacks_their_zones(cast: Cast, client: Client) -> None:
    client.force_login(cast.an, backend="django.contrib.auth.backends.ModelBackend")
    for zones in (False, True):
        if zones:
            american(cast)
        batch = prepare.upload(cast.an, BytesIO(f"编号,姓名,电话\nU{zones},周新,13800000077\n".encode()), "k.csv", NOW, kind="customers")
        assert ("文件里没有客户的时区" in client.get(f"/imports/{batch.pk}/").content.decode()) is zones
