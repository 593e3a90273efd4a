"""P13: phone, message platform, letter. Whom nobody reaches gets a message that tells nothing of the illness; the answer comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huifang.app.records.models import Event, Incoming, Notice, Occurrence
from huifang.app.services import delivery, followups, gate, inbound
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.playbooks import activate, add_version
from huifang.channels.inbound import Reply
from huifang.domain.contact import Channel
from huifang.playbooks import library
from tests.app.cast import DAY, NOW, Cast, planned
from tests.app.messages import Provider

AFTERNOON = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("programme", "event"), [("inpatient", "discharged"), ("special-first", "special_first"), ("basic-first", "basic_first")]
)
def test_three_calls_in_vain_and_a_message_goes_out_whose_answer_comes_back(cast: Cast, settings: Any, programme: str, event: str) -> None:
    cast.version = activate(None, add_version(None, library.text("hospital"), "hospital.yaml", NOW), NOW)
    settings.HUIFANG = replace(settings.HUIFANG, phone="028-5550 1234")
    customer = cast.customers[0]
    followup = planned(cast, customer, cast.chen, programme)
    told = {"department": "肿瘤科", "doctor": "沈医生", "diagnosis": "淋巴瘤"}
    happened = Event.objects.create(
        customer=customer, kind=f"visit.{event}", code="V1", at=NOW, day=DAY, branch=cast.branch, attributes=told
    )
    Occurrence.objects.filter(followup=followup).update(event=happened)
    channels = []
    for moment in (NOW, NOW + timedelta(minutes=20), AFTERNOON):
        fence = followups.claim(cast.chen, followup.pk, moment)
        gate.allow(cast.chen, followup.pk, fence, "phone", None, moment)
        channels.append(
            save(cast.chen, followup.pk, fence, RecordForm("no_answer", token=str(moment)), moment + timedelta(minutes=1)).message
        )
    assert channels == ["", "", "sms"]
    provider = Provider()
    assert delivery.deliver_due(AFTERNOON + timedelta(minutes=5), drivers=provider.drivers) == {"sent": 1}
    ((_, message),) = provider.got
    assert "未能联系上您" in message.text
    assert not [said for said in told.values() if said in message.text]
    inbound.take(Channel.SMS, "provider", Reply("r1", message.to, "恢复得还行，伤口有点痒"), AFTERNOON + timedelta(minutes=9))
    answer = Incoming.objects.get()
    assert (answer.customer, answer.message) == (customer, followup.messages.get())
    assert Notice.objects.filter(subject=f"incoming:{answer.pk}").exists()
