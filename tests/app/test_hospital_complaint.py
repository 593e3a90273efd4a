"""P13: a complaint or strong distress reaches the attending doctor at once."""

from __future__ import annotations

import pytest

from huifang.app.records.models import Case, Event, Notice, Occurrence, Role, Staff
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.followups import claim
from huifang.app.services.playbooks import activate, add_version
from huifang.playbooks import library
from tests.app.cast import DAY, NOW, Cast, planned


@pytest.mark.parametrize(("service", "complaint", "distress", "kind"), [(2, True, False, "dissatisfied"), (5, False, True, "medical")])
def test_the_attending_doctor_hears_of_it_at_once(cast: Cast, service: int, complaint: bool, distress: bool, kind: str) -> None:
    doctor = Staff.objects.create(code="YS1", name="沈医生", sign_in_name="shen", role=Role.AGENT, branch=cast.branch)
    cast.version = activate(None, add_version(None, library.text("hospital"), "hospital.yaml", NOW), NOW)
    followup = planned(cast, cast.customers[0], cast.chen, "inpatient")
    event = Event.objects.create(
        customer=cast.customers[0], kind="visit.discharged", code="V1", at=NOW, day=DAY, branch=cast.branch, staff=doctor,
        attributes={"surgery": False},
    )  # fmt: skip
    Occurrence.objects.filter(followup=followup).update(event=event)
    answers = {"recovery": "good", "service": service, "medication": True, "distress": distress}
    said = [{"kind": "complaint", "topic": "", "words": "没人理"}] if complaint else []
    save(cast.chen, followup.pk, claim(cast.chen, followup.pk, NOW), RecordForm("completed", answers, feedback=said), NOW)
    case = Case.objects.get()
    assert (case.kind, Notice.objects.filter(to=doctor, at=NOW).exists()) == (kind, True)
    assert case.owner == (doctor if kind == "medical" else cast.tao)
