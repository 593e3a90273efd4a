"""A list of numbers that must not be contacted: in force when it has been taken, for whoever has them now or later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huifang.app.indexes import value_index
from huifang.app.records.models import AuditEntry, Consent, ContactPoint, OptOut
from huifang.app.services import consents, gate, refusal_lists
from huifang.app.services.gate import ContactRefused
from huifang.domain.errors import Invalid, NotAllowed
from tests.app.cast import NOW, Cast, customer, in_hand, planned

LIST = """电话,备注
138 0000 0001,本人来电
+86-13800009999
Somebody@Example.com\t
abc12,
nobody@
13800000001

""".encode("gb18030")


def test_whoever_is_on_the_list_is_not_contacted_from_now_on(cast: Cast) -> None:
    taken = refusal_lists.take(cast.tao, LIST, NOW)
    followup, fence = in_hand(cast)
    assert (taken.new, taken.known, taken.customers) == (3, 0, 1)
    assert [line for line, _words in taken.unread] == [5, 6]
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert refused.value.rule == "opted-out"
    said = Consent.objects.get(customer=followup.customer)
    assert (said.allowed, said.road, said.by, said.proof) == (False, "import", cast.tao, "do-not-contact list, line 2")
    assert AuditEntry.objects.filter(action="consent.refused", detail__road="import").count() == 1
    assert AuditEntry.objects.get(action="refusals.brought-in").detail == {"new": 3, "customers": 1, "unread": 2}


def test_the_same_list_again_changes_nothing_and_one_s_own_word_brings_contact_back(cast: Cast) -> None:
    refusal_lists.take(cast.tao, LIST, NOW)
    again = refusal_lists.take(cast.tao, LIST, NOW + timedelta(minutes=1))
    assert (again.new, again.known, again.customers) == (0, 3, 0)
    assert Consent.objects.count() == 1
    consents.opt_in(cast.chen, cast.customers[0], "any", "any", "agent", NOW + timedelta(minutes=2))
    assert refusal_lists.take(cast.tao, LIST, NOW + timedelta(minutes=3)).customers == 1


def test_it_holds_for_another_branch_for_their_other_numbers_and_for_who_is_entered_later(cast: Cast) -> None:
    elsewhere = customer(cast, "KH8", "外店", "+8613800009999", cast.other_branch)
    ContactPoint.objects.create(customer=elsewhere, kind="email", value="x@example.com", value_index=value_index("x@example.com"))
    gone = customer(cast, "KH7", "旧档", "+8613800000001")
    gone.merged_into = cast.customers[1]
    gone.save()
    assert refusal_lists.take(cast.tao, LIST, NOW).customers == 3
    assert Consent.objects.filter(customer__in=[elsewhere, cast.customers[1]], allowed=False).count() == 2
    assert OptOut.objects.filter(value_index=value_index("x@example.com")).exists()
    later = customer(cast, "KH9", "后来", "+8613800009999")
    followup, fence = in_hand(cast, later)
    with pytest.raises(ContactRefused):
        gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)


def test_a_longer_list_asks_no_more_of_the_database(cast: Cast) -> None:
    counts = []
    for size in (20, 200):
        lines = "\n".join(f"1391234{number + size:04}" for number in range(size)).encode()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            refusal_lists.take(cast.tao, lines, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_too_large_is_refused_and_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="more than 5 MB"):
        refusal_lists.take(cast.tao, b"1" * (refusal_lists.LARGEST + 1), NOW)
    monkeypatch.setattr(refusal_lists, "MOST", 3)
    with pytest.raises(Invalid, match="100,000 lines"):
        refusal_lists.take(cast.tao, LIST, NOW)
    assert not OptOut.objects.exists()


def test_only_those_who_bring_files_in_bring_it_in(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        refusal_lists.take(cast.chen, LIST, NOW)


FOREIGN = b"""+44 20 7946 0018
0049 30 901820
(415) 555-2671
+1-212-555-0100;left by mail
0012125550101
138 0000 0001
"""


@pytest.mark.parametrize(
    ("region", "read"),
    [
        ("us", {"+442079460018", "+4930901820", "+14155552671", "+12125550100", "+12125550101"}),
        ("CN", {"+442079460018", "+4930901820", "+864155552671", "+12125550100", "+12125550101", "+8613800000001"}),
    ],
)
def test_numbers_of_other_countries_are_read_by_their_own_code_and_the_rest_by_the_country_that_is_said(
    cast: Cast, region: str, read: set[str]
) -> None:
    who = customer(cast, "KH-F", "Li", "+14155552671")
    followup = planned(cast, who, cast.chen)
    taken = refusal_lists.take(cast.tao, FOREIGN, NOW, region)
    assert set(OptOut.objects.values_list("value_index", flat=True)) == {value_index(one) for one in read}
    assert (taken.new, len(taken.unread)) == (len(read), 6 - len(read))
    followup.refresh_from_db()
    assert followup.state == ("withdrawn" if region == "us" else "open")


def test_a_country_that_there_is_not_is_told(cast: Cast, client: Client) -> None:
    with pytest.raises(Invalid, match="no country"):
        refusal_lists.take(cast.tao, FOREIGN, NOW, "XX")
    client.force_login(cast.tao, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/imports/refusals/", {"list": "(415) 555-2671", "region": "us"})
    assert answer.status_code == 200
    assert OptOut.objects.get().value_index == value_index("+14155552671")
