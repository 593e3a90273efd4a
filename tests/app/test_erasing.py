"""Erasing somebody: every table and every file, found by looking at the models themselves, so that a new one cannot be forgotten."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, models
from django.test import Client

from huifang.app.indexes import name_index, value_index
from huifang.app.personal_values import PersonalValues
from huifang.app.records import models as m
from huifang.app.records.erasable import HANGING, LOOKED_THROUGH, NOTHING_OF_CUSTOMERS, searched, wordy
from huifang.app.records.fields import SealedTextField
from huifang.app.records.kept_files import path_of
from huifang.app.services import audit, consents, erasing, recordings
from huifang.app.services.imports import prepare, run
from huifang.app.services.imports.undo import undo
from huifang.app.services.intake import bring, points
from huifang.app.services.job_queue import Job
from huifang.app.services.register import erased_identities
from huifang.app.services.register.asked import Asked
from huifang.app.services.register.rows import CustomerRow, Row
from huifang.cli import main
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, customer, planned
from tests.conftest import DATA

pytestmark = pytest.mark.django_db
NAME, PHONE, MAIL, PLATE, CODE = "欧阳若曦", "+8613987654321", "ruoxi.ouyang@example.com", "浙A·Q77X1", "KH-OY-778"
SAID = f"{NAME} 139-8765-4321 {MAIL} {PLATE} {CODE}"
"""Words in which everything that names her stands."""
SIGNS = (NAME, "13987654321", "139-8765-4321", MAIL, "ruoxi", "Q77X1", CODE, "1979-03-21")
REASON = "本人来电要求删除，2026-11-20"
CODES = {
    "asked_of", "attitude", "bundled", "by", "cause", "channel", "closed_as", "cluster", "code_index", "content", "decision",
    "digest", "driver", "fingerprint", "form", "index", "key", "kind", "language", "link", "mapping", "marks", "media_type",
    "model", "moved", "name", "next_step", "number", "options", "outcome", "outside", "playbook", "points", "programme",
    "purpose", "question", "questionnaire", "read_kind", "reader_model", "reasons", "risks", "road", "rule", "sha256",
    "source", "state", "status", "step", "stopped", "token", "way", "what", "work_state",
}  # fmt: skip
"""Columns in which codes of the playbook or of the product stand, and hashes; what people write stands in others."""


def reaching() -> set[type[models.Model]]:
    """Every table from which foreign keys lead to a customer."""
    found: set[type[models.Model]] = {m.Customer}
    while True:
        more = {
            model for model in apps.get_app_config("records").get_models()
            if any(one.is_relation and one.related_model in found for one in model._meta.concrete_fields)
        } - found  # fmt: skip
        if not more:
            return found - {m.Customer}
        found |= more


def test_every_table_that_hangs_on_a_customer_says_what_an_erasure_leaves_of_it() -> None:
    hanging = {each.model for each in HANGING}
    quoting = {model for model, _names in searched()}
    assert reaching() - hanging - quoting == set()
    assert hanging & set(NOTHING_OF_CUSTOMERS) == set()


def test_every_column_with_words_of_what_hangs_on_a_customer_is_emptied_or_looked_through() -> None:
    for each in HANGING:
        if not each.gone and each.model is not m.Coupon:  # its code is the business's own
            left = set(wordy(each.model)) - set(each.emptied) - set(LOOKED_THROUGH.get(each.model, ())) - CODES
            assert left == set(), f"{each.model.__name__}: say in records/erasable.py what becomes of {left}"


def test_every_sealed_column_is_emptied_or_looked_through() -> None:
    about = {each.model: each for each in HANGING}
    looked = dict(searched())
    for model in set(apps.get_app_config("records").get_models()) - set(NOTHING_OF_CUSTOMERS):
        for one in model._meta.concrete_fields:
            if isinstance(one, SealedTextField):
                each = about.get(model)
                known = each is not None and (each.gone or one.name in each.emptied or model is m.Coupon)
                assert known or one.name in looked.get(model, ()), f"{model.__name__}.{one.name}"


@pytest.fixture
def her(cast: Cast) -> m.Customer:
    made = customer(cast, CODE, NAME, PHONE)
    made.attributes, made.notes, made.birthday = {"plate": PLATE, "color": "白"}, SAID, date(1979, 3, 21)
    made.owner = cast.chen
    made.save()
    m.ContactPoint.objects.create(customer=made, kind="email", value=MAIL, value_index=value_index(MAIL))
    return made


class Filled:
    """A row of every table, each hanging on her where it can, with her words in each column that can hold words."""

    def __init__(self, cast: Cast, her: m.Customer) -> None:
        self.made: dict[type[models.Model], Any] = {
            m.Customer: her, m.Staff: cast.chen, m.Branch: cast.branch, m.PlaybookVersion: cast.version,
            m.ContactPoint: her.contact_points.first(),
        }  # fmt: skip
        for model in sorted({each.model for each in HANGING} | {model for model, _ in searched()}, key=lambda model: model.__name__):
            self.row(model)

    def row(self, model: type[models.Model]) -> Any:
        if model not in self.made:
            values = {one.name: self.value(model, one) for one in model._meta.concrete_fields if not one.primary_key or one.name == "id"}
            self.made[model] = model._default_manager.create(**{name: value for name, value in values.items() if value is not None})
        return self.made[model]

    def value(self, model: type[models.Model], one: Any) -> Any:
        kind = one.get_internal_type()
        if one.is_relation:
            wanted = one.related_model in {each.model for each in HANGING} | {m.Customer} or not one.null
            return self.row(one.related_model) if wanted and one.related_model is not model else None
        if one.primary_key:
            return None
        if kind in ("BinaryField", "JSONField", "CharField", "TextField"):
            return self.words(model, one, kind)
        return PLAIN.get(kind, lambda: 1)()

    def words(self, model: type[models.Model], one: Any, kind: str) -> Any:
        mark = f"x{model.__name__}"[: one.max_length or 99]
        if model in NOTHING_OF_CUSTOMERS or model is m.Coupon:
            return None if one.has_default() else mark
        if kind == "JSONField":
            return [] if isinstance(one.get_default(), list) else {"said": [SAID]} if one.name not in CODES else {}
        if kind == "BinaryField":
            return json.dumps([[0, SAID]]) if one.name in ("changes", "rows", "cells") else SAID
        if one.choices:
            return one.choices[0][0]
        code = one.name in CODES or one.unique or one.name.endswith(("_hash", "_index", "_key"))
        return mark if code or (one.max_length or 999) < len(SAID) else SAID


PLAIN: dict[str, Callable[[], Any]] = {
    "UUIDField": uuid.uuid4, "DateTimeField": lambda: NOW, "DateField": lambda: DAY, "TimeField": lambda: time(9),
    "DecimalField": lambda: Decimal(1), "BooleanField": lambda: False,
}  # fmt: skip
"""A value for each kind of column that holds no words."""


def texts() -> Iterator[tuple[str, str]]:
    """All that stands in any column of any table, unsealed."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            for one in row._meta.concrete_fields:
                said = getattr(row, one.attname)
                yield (
                    f"{model.__name__}.{one.name}",
                    json.dumps(said, ensure_ascii=False, default=str) if not isinstance(said, str) else said,
                )


def sealed() -> set[bytes]:
    """The sealed bytes of every sealed column, as the database holds them."""
    found: set[bytes] = set()
    for model in apps.get_app_config("records").get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, SealedTextField):
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT "{one.column}" FROM "{model._meta.db_table}"')
                    found |= {bytes(value) for (value,) in cursor.fetchall() if value}
    return found


def test_afterwards_no_table_holds_anything_that_names_her(cast: Cast, her: m.Customer) -> None:
    filled = Filled(cast, her)
    m.Case.objects.update(state="closed")
    m.Attempt.objects.update(state="ended")
    m.ImportBatch.objects.update(state="done")
    audit.write(cast.tao, "followup.withdrawn", "followup:1", reason=f"{NAME}说不用了")
    audit.write(cast.tao, "plan.done", "plan:1")
    before = {where for where, said in texts() if any(sign in said for sign in SIGNS)}
    assert {model.__name__ for model in filled.made} - {where.split(".")[0] for where in before} <= WITHOUT_WORDS
    counts = {model: model._default_manager.count() for model in apps.get_app_config("records").get_models()}
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    left = [(where, said[:90]) for where, said in texts() if any(sign in said for sign in SIGNS)]
    assert left == []
    gone = {each.model for each in HANGING if each.gone}
    for model, count in counts.items():
        if model not in gone | {m.AuditEntry, m.FeedbackModel, m.ErasedIdentity, m.Job}:
            assert model._default_manager.count() == count, f"what was counted stays: {model.__name__}"
    assert audit.faults() == []


WITHOUT_WORDS = {
    "Absence", "ApiKey", "ArticleTerm", "Attempt", "Branch", "CaseCall", "ContactPolicy", "Coupon", "CouponPool", "Customer",
    "DiallingList", "DuplicateDecision", "ErasedIdentity", "ExportRequest", "FeedbackGroup", "FollowUp", "HandOver",
    "HandedItem", "ImportChange", "LearnedNumber", "MassSending", "MessageLink", "OutlookChange", "PlanRun",
    "PlaybookVersion", "Promise", "Record", "Recording", "ReportSubscription", "Request", "Review", "Staff", "Subscription",
    "Survey", "SurveyInvitation", "SurveyResponse",
}  # fmt: skip
"""Tables in which nothing but codes and figures stand."""


@pytest.mark.django_db(transaction=True)
def test_afterwards_no_file_of_the_data_folder_holds_a_value_or_a_sealed_row(cast: Cast, her: m.Customer, tmp_path: Path) -> None:
    followup = planned(cast, her, cast.chen)
    attempt = m.Attempt.objects.create(
        ticket=uuid.uuid4(), key="a" * 64, followup=followup, customer=her, channel="sms", purpose="service", programme="day-after", at=NOW,
        day=DAY, state="ended", staff=cast.chen,
    )  # fmt: skip
    recording = recordings.attach_file(cast.chen, followup.pk, [b"RIFF\x00\x00\x00\x00WAVEfmt " + SAID.encode() * 9], 900, NOW)
    m.Message.objects.create(followup=followup, attempt=attempt, channel="sms", text=SAID, at=NOW)
    written = settings.HUIFANG.data / "outbox" / "sms" / "2026-11-20" / f"{'a' * 64}.json"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(SAID)
    batch = brought(BytesIO(FILE))
    before = sealed()
    mine = {bytes(value) for value in before if len(value) > 20}
    theirs = path_of(recording)
    stored = Path(settings.MEDIA_ROOT) / batch.stored_as
    assert theirs.exists() and stored.exists()
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    assert not theirs.exists()
    assert not stored.exists()
    assert not written.exists()
    kept = sealed()
    for path in (one for one in DATA.rglob("*") if one.is_file()):
        content = path.read_bytes()
        assert not [sign for sign in SIGNS if sign.encode() in content or json.dumps(sign).strip('"').encode() in content], path
        assert not [value for value in mine - kept if value in content], path


def test_the_same_file_again_does_not_bring_her_back_and_keeps_nothing_of_her_row(cast: Cast, her: m.Customer) -> None:
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    batch = brought(BytesIO(FILE))
    assert (batch.created, batch.rejected) == (1, 1)
    row = m.RejectedRow.objects.get()
    assert (row.code, row.cells) == ("customer.erased", "[]")


def test_a_file_that_was_not_through_must_be_uploaded_again(cast: Cast, her: m.Customer) -> None:
    waiting = prepare.upload(None, BytesIO(FILE), "k.csv", NOW, kind="customers")
    stopped = brought(BytesIO(FILE + b"KH-9,x,13900000009\n"))
    m.ImportBatch.objects.filter(pk=stopped.pk).update(state="stopped")
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    waiting.refresh_from_db()
    assert waiting.state == "undone"
    erasing._destroy([run.stored(stopped)])
    with pytest.raises(Conflict, match="Upload it again"):
        run.run(stopped.pk, NOW)


FILE = f"客户编号,姓名,电话\n{CODE},{NAME},13987654321\nKH-2x,别人,13900000002\n".encode()


def brought(source: BytesIO) -> m.ImportBatch:
    """A file of customers, brought in."""
    batch = prepare.upload(None, source, "客户.csv", NOW, kind="customers")
    prepare.confirm(None, batch, NOW)
    return run.run(batch.pk, NOW)


def test_counts_stay_and_her_refusal_outlives_her(cast: Cast, her: m.Customer) -> None:
    consents.opt_out(cast.chen, her, "any", "any", "agent", NOW)
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    her.refresh_from_db()
    assert (her.code, her.name, her.status, her.owner) == (f"erased-{her.pk}", f"erased-{her.pk}", "closed", None)
    assert m.OptOut.objects.filter(value_index=value_index(PHONE)).exists()
    again = customer(cast, "KH-NEW", "同号新客", PHONE)
    assert m.OptOut.objects.filter(value_index__in=again.contact_points.values("value_index")).exists()
    said = m.AuditEntry.objects.get(action="customer.erased")
    assert (said.subject, said.by, said.detail["reason"]) == (f"customer:{her.pk}", cast.an, REASON)


@pytest.mark.parametrize("row", [CustomerRow(CODE, "改了名"), CustomerRow("", NAME, points=points([("phone", "139 8765 4321", "")]))])
def test_neither_number_nor_phone_with_name_brings_her_back_until_she_wishes_it(cast: Cast, her: m.Customer, row: CustomerRow) -> None:
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    with pytest.raises(Invalid, match="erased on request"):
        bring(cast.an, [Row(1, row)], NOW)
    assert not m.Customer.objects.filter(contact_points__value_index=value_index(PHONE)).exists()
    erasing.let_return(cast.an, her, NOW)
    assert bring(cast.an, [Row(1, row)], NOW) == ["created"]


def test_a_namesake_with_another_number_is_entered_as_ever(cast: Cast, her: m.Customer) -> None:
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    assert bring(cast.an, [Row(1, CustomerRow("KH-3", NAME, points=points([("phone", "13900000003", "")])))], NOW) == ["created"]
    assert bring(cast.an, [Row(1, CustomerRow("KH-4", "家人", points=points([("phone", "13987654321", "")])))], NOW) == ["created"]


def test_what_was_learned_from_her_words_goes_and_is_learned_anew(cast: Cast, her: m.Customer) -> None:
    m.Feedback.objects.create(customer=her, kind="praise", words=SAID, at=NOW)
    m.FeedbackModel.objects.create(at=NOW, kinds=SAID, decided=1)
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    assert not m.FeedbackModel.objects.exists()
    assert Job.objects.filter(kind="feedback-learn").count() == 1


def test_those_merged_into_her_go_with_her(cast: Cast, her: m.Customer) -> None:
    other = customer(cast, "KH-OLD", "欧阳旧档", "+8613700000009")
    other.merged_into = her
    other.save()
    with pytest.raises(Conflict, match="merged into another"):
        erasing.erase(None, other, "KH-OLD", REASON, NOW)
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    other.refresh_from_db()
    assert (other.name, other.contact_points.count()) == (f"erased-{other.pk}", 0)


def test_only_an_administrator_with_her_number_and_a_reason_that_does_not_name_her(cast: Cast, her: m.Customer) -> None:
    with pytest.raises(NotAllowed):
        erasing.erase(cast.wang, her, CODE, REASON, NOW)
    with pytest.raises(NotAllowed):
        erasing.let_return(cast.tao, her, NOW)
    for code, reason in (("KH-1", REASON), (CODE, "  "), (CODE, f"{NAME}来电要求")):
        with pytest.raises(Invalid):
            erasing.erase(cast.an, her, code, reason, NOW)
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    with pytest.raises(Conflict, match="erased already"):
        erasing.erase(cast.an, her, f"erased-{her.pk}", REASON, NOW)
    her.pk = 999_999
    with pytest.raises(NotAllowed):
        erasing.erase(None, her, CODE, REASON, NOW)


def test_not_while_a_contact_a_case_or_an_import_is_open(cast: Cast, her: m.Customer) -> None:
    batch = m.ImportBatch.objects.create(file_name="x.csv", stored_as="x", sha256="x", state="running")
    with pytest.raises(Conflict, match="brought in"):
        erasing.erase(cast.an, her, CODE, REASON, NOW)
    batch.delete()
    case = m.Case.objects.create(number="C1", kind="dissatisfied", customer=her, title="x", opened_at=NOW)
    with pytest.raises(Conflict, match="open case"):
        erasing.erase(cast.an, her, CODE, REASON, NOW)
    m.Case.objects.filter(pk=case.pk).update(state="closed")
    m.Attempt.objects.create(
        ticket=uuid.uuid4(), key="k", customer=her, channel="phone", purpose="service", programme="thanks", at=NOW, day=DAY
    )
    with pytest.raises(Conflict, match="under way"):
        erasing.erase(cast.an, her, CODE, REASON, NOW)


def test_the_page_asks_for_the_number_once_more_and_tells_what_is_left(cast: Cast, her: m.Customer) -> None:
    client = Client()
    client.force_login(cast.an, backend="django.contrib.auth.backends.ModelBackend")
    part = f"/customers/{her.pk}/said/"
    assert "永久删除" in client.get(part).content.decode()
    answer = client.post(f"/customers/{her.pk}/erase/", {"code": "KH1", "reason": REASON})
    wrong = answer.content.decode()
    assert (answer.status_code, "客户编号不一致" in wrong, f'value="{REASON}"' in wrong) == (422, True, True)
    done = client.post(f"/customers/{her.pk}/erase/", {"code": CODE, "reason": REASON}, follow=True).content.decode()
    assert f"erased-{her.pk}" in done
    assert NAME not in done
    assert "允许重新登记" in client.get(part).content.decode()
    client.post(f"/customers/{her.pk}/let-return/")
    assert not m.ErasedIdentity.objects.exists()
    client.force_login(cast.tao, backend="django.contrib.auth.backends.ModelBackend")
    assert "永久删除" not in client.get(f"/customers/{cast.customers[0].pk}/said/").content.decode()


def test_the_command_asks_for_the_number_too(cast: Cast, her: m.Customer, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["erase", "nobody", "--reason", REASON, "--language", "en"]) == 1
    monkeypatch.setattr("builtins.input", lambda _asked: "KH1")
    assert main(["erase", CODE, "--reason", REASON, "--language", "en"]) == 2
    assert main(["erase", CODE, "--reason", REASON, "--confirm", CODE, "--language", "en"]) == 0
    assert "Erased:" in capsys.readouterr().out


def test_a_busy_database_is_told_in_the_log_and_nothing_is_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Busy:
        vendor, in_atomic_block = "sqlite", False

        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(erasing, "connection", Busy())
    erasing._destroy([])
    assert "could not be written anew" in caplog.text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("电话 139 8765 4321 找欧阳 若曦", "电话 ＊＊＊ 找＊＊＊"), ("(+86) 139-8765-4321", "(+＊＊＊"),
        ("9139876543210", "9139876543210"),
        ("KH-OY-7789", "KH-OY-7789"), ("kh-oy-778。", "＊＊＊。"), ('{"name": "\\u6b27\\u9633\\u82e5\\u66e6"}', '{"name": "＊＊＊"}'),
        ("12", "12"),
    ],
)  # fmt: skip
def test_what_names_her_is_found_however_it_is_written(her: m.Customer, text: str, left: str) -> None:
    m.Event.objects.create(customer=her, kind="job", code="12", at=NOW, day=DAY)
    assert PersonalValues.of([her]).out_of(text) == left


def test_numbers_that_no_country_has_and_figures_are_left_as_they_are(her: m.Customer) -> None:
    m.ContactPoint.objects.create(customer=her, kind="phone", value="分机12345", value_index="x")
    assert PersonalValues.of([her]).out_of_any({"a": [12, None, "分机 12345"], MAIL: 1.5}) == {
        "a": [12, None, "分机 ＊＊＊"],
        "＊＊＊": 1.5,
    }


def test_an_undo_does_not_bring_back_what_an_import_had_changed_of_her(cast: Cast) -> None:
    batch = brought(BytesIO(FILE))
    her = m.Customer.objects.get(code=CODE)
    remembered = [her.pk, her.contact_points.get().pk]
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    left = [entry[0] for change in m.ImportChange.objects.all() for entry in json.loads(change.changes) if change.model == "customer"]
    assert remembered[0] not in left
    assert len(left) == 1
    undone = undo(cast.an, batch, NOW)
    assert undone.kept == ()
    assert m.Customer.objects.filter(pk=her.pk, code=f"erased-{her.pk}").exists()
    assert not m.Customer.objects.filter(code="KH-2x").exists()


def test_results_of_a_dialler_and_letters_nobody_could_place_lose_what_is_hers(cast: Cast, her: m.Customer) -> None:
    followup = planned(cast, her, cast.chen)
    made = m.DiallingList.objects.create(driver="dialler-file", day=DAY, made_at=NOW, until=NOW)
    row = m.DiallingRow.objects.create(list=made, followup=followup, key=uuid.uuid4(), fence=1, until=NOW, state="done")
    lines = [{"line": 1, "told": {"key": str(row.key), "words": "孩子病了"}}, {"line": 2, "told": {"key": "other", "words": "好"}}]
    results = m.DiallingResults.objects.create(by=cast.tao, name="r.csv", at=NOW, rows=json.dumps(lines, ensure_ascii=False))
    letters = [
        m.Incoming.objects.create(key=sender, channel="sms", sender=sender, text="请回电", at=NOW) for sender in (PHONE, "+8613511112222")
    ]
    batch = m.ImportBatch.objects.create(file_name="x.csv", stored_as="x", sha256="x", state="done")
    for cells in (["x", "139 8765-4321"], ["y", "135"]):
        m.RejectedRow.objects.create(batch=batch, line=1, code="x", reason={}, cells=json.dumps(cells))
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    assert list(m.RejectedRow.objects.order_by("pk").values_list("cells", flat=True)) == ["[]", '["y", "135"]']
    results.refresh_from_db()
    assert json.loads(results.rows) == lines[1:]
    assert list(m.Incoming.objects.order_by("pk").values_list("sender", "text")) == [("", ""), ("+8613511112222", "请回电")]
    assert m.Incoming.objects.get(pk=letters[0].pk).key == f"erased-{letters[0].pk}"


def test_a_draft_of_many_rows_is_not_taken_where_one_is_of_somebody_erased(cast: Cast, her: m.Customer) -> None:
    mine = Asked({CODE}, {}, {}, {})
    by_phone = Asked({"KH-X"}, {value_index(PHONE): {name_index(NAME)}}, {}, {})
    nobody = Asked({"KH-X"}, {value_index(PHONE): {name_index("别人")}}, {}, {})
    assert not erased_identities.any_of(mine), "nobody was ever erased"
    her.name_index = name_index(NAME)
    her.save()
    erasing.erase(cast.an, her, CODE, REASON, NOW)
    assert [erased_identities.any_of(one) for one in (mine, by_phone, nobody)] == [True, True, False]
    assert str(m.ErasedIdentity.objects.first()) == str(her.pk)
