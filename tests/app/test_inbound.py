"""What customers write back: a refusal is in force when it has been taken, the rest reaches the person who looks after them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app.indexes import value_index
from huifang.app.records.models import Attempt, Consent, ContactPoint, Customer, FollowUp, Incoming, Notice, Occurrence, OptOut
from huifang.app.services import delivery, duplicates, inbound, playbooks
from huifang.channels.inbound import Reply
from huifang.domain.contact import Channel
from huifang.domain.errors import NotAllowed
from tests.app.messages import NOW, PLAYBOOK, Business, Provider, business

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def firm() -> Business:
    return business()


def write(
    text: str, sender: str = "13800000001", number: str = "r1", *, channel: Channel = Channel.SMS, complaint: bool = False
) -> Incoming:
    return inbound.take(channel, "provider", Reply(number, sender, text, complaint), LATER)


@pytest.mark.parametrize("word", ["R", "TD", "ｔｄ", "T", "STOP", "退订", "“退订”，谢谢", "Unsubscribe!", "请不要再发短信了"])
def test_a_refusal_by_whatever_word_stops_the_next_message_on_every_channel(firm: Business, word: str) -> None:
    text, mail = firm.follow_up(), firm.again(Customer.objects.get(), "after-mail", "email")
    assert write(word).kind == "refusal"
    provider = Provider()
    assert delivery.deliver_due(LATER, drivers=provider.drivers) == {"blocked": 2}
    assert provider.got == []
    assert Consent.objects.values_list("purpose", "channel", "allowed", "road").get() == ("any", "any", False, "reply")
    assert {text.customer, mail.customer} == {Incoming.objects.get().customer}


def test_a_mail_marked_as_unwanted_is_a_refusal_without_words(firm: Business) -> None:
    firm.follow_up("after-mail", "email")
    assert write("", "User1@Example.com", channel=Channel.EMAIL, complaint=True).kind == "complaint"
    assert delivery.deliver_due(LATER, drivers=Provider().drivers) == {"blocked": 1}


def test_a_refusal_by_a_number_nobody_knows_clings_to_the_number(firm: Business) -> None:
    taken = write("TD", "13999990000")
    assert taken.customer is None
    assert OptOut.objects.count() == 1
    followup = firm.follow_up()
    index = OptOut.objects.get().value_index
    ContactPoint.objects.filter(customer=followup.customer, kind="phone").update(value="+8613999990000", value_index=index)
    assert delivery.deliver_due(LATER, drivers=Provider().drivers) == {"blocked": 1}


def test_a_number_that_two_customers_share_refuses_for_both(firm: Business) -> None:
    one, other = firm.follow_up(), firm.follow_up()
    shared = ContactPoint.objects.get(customer=one.customer, kind="phone")
    ContactPoint.objects.filter(customer=other.customer, kind="phone").update(value=shared.value, value_index=shared.value_index)
    write("退订")
    assert Consent.objects.filter(allowed=False).count() == 2


def test_an_ordinary_reply_stops_nothing_stands_on_the_timeline_and_reaches_the_owner(firm: Business) -> None:
    followup = firm.follow_up()
    Customer.objects.update(owner=firm.agent)
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    taken = write("请在周五 stop by，谢谢")
    assert (taken.kind, taken.customer, taken.text) == ("reply", followup.customer, "请在周五 stop by，谢谢")
    assert taken.message == followup.messages.get()
    assert not Consent.objects.exists()
    assert list(Notice.objects.values_list("to", "subject")) == [(firm.agent.pk, f"incoming:{taken.pk}")]


def test_without_an_owner_the_supervisors_of_the_branch_are_told(firm: Business) -> None:
    firm.follow_up()
    write("好的")
    assert list(Notice.objects.values_list("to", flat=True)) == [firm.supervisor.pk]


def test_the_same_reply_pushed_twice_is_taken_once(firm: Business) -> None:
    firm.follow_up()
    first = write("TD")
    assert write("TD") == first
    assert Consent.objects.count() == Incoming.objects.count() == Notice.objects.count() == 1
    without_id = [write("TD", number="") for _ in range(2)]
    assert without_id[0] == without_id[1] != first


def test_a_merged_customer_s_reply_is_that_of_the_one_they_became(firm: Business) -> None:
    gone, kept = firm.follow_up().customer, firm.follow_up().customer
    Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert write("TD").customer == kept
    assert Consent.objects.get().customer == kept


@pytest.mark.parametrize(
    ("held", "sender"),
    [
        ("+447911123456", "447911123456"), ("+447911123456", "+447911123456"), ("+12125551234", "12125551234"),
        ("+85298765432", "85298765432"), ("+13105551234", "13105551234"), ("+8613105551234", "13105551234"),
        ("+8613105551234", "8613105551234"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("later", [False, True])
def test_a_number_without_a_plus_sign_is_whoever_has_it(firm: Business, held: str, sender: str, later: bool) -> None:
    followup = firm.follow_up()
    written = {"value": held, "value_index": value_index(held)}
    if not later:
        ContactPoint.objects.filter(customer=followup.customer, kind="phone").update(**written)
    assert (write("STOP", sender).customer == followup.customer) is not later
    ContactPoint.objects.filter(customer=followup.customer, kind="phone").update(**written)
    assert delivery.deliver_due(LATER, drivers=Provider().drivers) == {"blocked": 1}


def test_a_number_that_can_be_read_in_two_ways_refuses_for_nobody_else(firm: Business) -> None:
    firm.follow_up()
    ContactPoint.objects.filter(kind="phone").update(value="+13105551234", value_index=value_index("+13105551234"))
    write("STOP", "13105551234")
    assert not OptOut.objects.filter(value_index=value_index("+8613105551234")).exists()


def test_by_the_old_code_of_somebody_merged_twice_the_last_one_refuses(firm: Business) -> None:
    first, second, third = (firm.follow_up().customer for _ in range(3))
    duplicates.merge(firm.supervisor, second, first, NOW)
    duplicates.merge(firm.supervisor, third, second, NOW)
    assert write("退订", first.code, channel=Channel.IN_APP).customer == third
    assert Consent.objects.get().customer == third


def test_a_mail_answers_the_message_that_it_names_and_not_the_last_one(firm: Business) -> None:
    wife, husband = firm.follow_up("after-mail", "email").customer, firm.follow_up("after-mail", "email").customer
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    first = Attempt.objects.get(customer=wife)
    firm.again(wife, "after-sms", "email")
    delivery.deliver_due(LATER, drivers=Provider().drivers)
    for number, sender in enumerate(("user1@example.com", "user2@example.com", "somebody@example.com")):
        answer = Reply(f"m{number}", sender, "周五来取车", about=first.key[:40])
        taken = inbound.take(Channel.EMAIL, "email", answer, LATER)
        assert (taken.customer, taken.message) == (wife, first.message)
    assert inbound.take(Channel.EMAIL, "email", Reply("m9", "user2@example.com", "好的"), LATER).customer == husband


def test_a_reply_takes_off_what_waits_where_the_programme_says_so(firm: Business) -> None:
    text = PLAYBOOK.replace("    send: [thanks-often, thanks]", "    send: [thanks-often, thanks]\n    on reply: stop")
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    stops, goes_on = firm.follow_up(), firm.again(Customer.objects.get(), "after-mail", "email")
    write("已经预约了")
    stops.refresh_from_db()
    goes_on.refresh_from_db()
    assert (stops.state, goes_on.state) == ("withdrawn", "open")
    assert Occurrence.objects.get(followup=stops).closed_as == "replied"
    assert delivery.deliver_due(LATER, drivers=Provider().drivers) == {"sent": 1}
    assert FollowUp.objects.get(pk=stops.pk).state == "withdrawn"


def test_a_sender_that_is_no_number_is_kept_as_it_is(firm: Business) -> None:
    assert write("你好", "106-service").sender == "106-service"
    assert write("你好", "", "r2").customer is None
    assert write("你好", "****", "r3").sender == "****"


def test_only_those_who_work_with_the_customer_put_a_reply_away(firm: Business) -> None:
    firm.follow_up()
    taken = write("好的")
    assert not inbound.mark_read(firm.stranger, taken.pk, LATER)
    assert inbound.mark_read(firm.agent, taken.pk, LATER)
    assert not inbound.mark_read(firm.agent, taken.pk, LATER)
    firm.agent.role = "reviewer"
    with pytest.raises(NotAllowed):
        inbound.mark_read(firm.agent, taken.pk, LATER)
