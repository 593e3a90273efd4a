"""A manager writes a playbook by forms and text together; two people never overwrite each other; a second person approves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.utils import timezone

from huifang.app.configuration import Configuration
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import DryRun, Job, Notice, PlaybookDraft, PlaybookReview, PlaybookVersion, Staff
from huifang.app.services import dry_runs, playbook_drafts, playbook_reviews, playbooks
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from huifang.playbooks import library
from huifang.playbooks.forms import show
from huifang.playbooks.loader import loads
from huifang.playbooks.rewriting import values
from tests.playbooks.test_forms import posted

REPAIR = library.text("repair-shop")
DAY_AFTER = ("programmes", "day-after")


class Editor:
    """A browser at the draft."""

    def __init__(self, client: Client, version_id: int) -> None:
        self.client = client
        self.url = client.post(f"/playbooks/{version_id}/edit/").headers["Location"]

    @property
    def draft(self) -> PlaybookDraft:
        return PlaybookDraft.objects.get(pk=int(self.url.rstrip("/").rpartition("/")[2]))

    def send(self, part: tuple[str, ...] = (), text: str | None = None, revision: int | None = None, **more: Any) -> Any:
        draft = self.draft
        said = posted(values(draft.text), part) if show(values(draft.text), part) else {}
        about = {"text": draft.text if text is None else text, "revision": revision or draft.revision, "part": "/".join(part), "side": ""}
        headers = more.pop("headers", {})
        return self.client.post(self.url, {**said, **about, **more.pop("changes", {}), **more}, headers=headers)


@pytest.fixture
def editor(scene, signed_in) -> Editor:
    return Editor(signed_in(scene.manager), scene.version.pk)


def test_every_part_of_the_playbook_has_its_page_and_stays_the_same_when_sent(editor):
    for part in (
        "",
        "limits",
        "review",
        "programmes/day-after",
        "classes/loyal",
        "scripts/satisfaction",
        "cases/dissatisfied",
        "registers/daily-due",
        "nothing/x",
    ):
        page = editor.client.get(editor.url, {"part": part})
        assert page.status_code == 200
    for part in ((), ("limits",), ("review",), DAY_AFTER, ("ladders", "tier"), ("content", "service-sms")):
        editor.send(part)
        assert editor.draft.text == REPAIR
        assert editor.draft.revision == 1


@pytest.mark.parametrize("name", ["repair-shop", "relationship", "general-care", "satisfaction-growth", "household-aid", "hospital"])
def test_the_largest_playbooks_have_no_part_whose_page_is_over_100_kb(editor, name):
    editor.send(text=library.text(name))
    files = ("css/playbook-editor.css", "css/surveys.css", "js/playbook-editor.js", "js/keys.js")
    own = sum(Path(str(finders.find(f"web/{file}"))).stat().st_size for file in files)
    parts = [
        f"{section}/{key}"
        for section in ("programmes", "scripts", "registers", "questionnaires")
        for key in values(editor.draft.text).get(section, ())
    ]
    weights = {part: own + len(editor.client.get(editor.url, {"part": part}).content) for part in ("", "review", *parts)}
    assert max(weights.values()) <= 100_000, weights


TEN = ("questionnaires", "repair-ten")


def test_a_questionnaire_is_begun_filled_in_and_kept_without_the_text(editor):
    editor.send(do="new:questionnaires", **{"new:questionnaires": "Waiting"})
    part = ("questionnaires", "waiting")
    editor.send(part, do="add:questions/")
    editor.send(part, do="add:questions")
    asked = {"questions/1/ask.zh": "等了多久？", "questions/1/ask.en": "How long?", "questions/1/type": "single"}
    page = editor.send(part, changes=asked, opened="questions/1", headers={"HX-Request": "true"})
    assert "e-questions-1-options" in page.content.decode()
    page = editor.send(
        part, changes={"questions/1/options": "不久\n很久", "questions/1/if": "overall <= 3"}, headers={"HX-Request": "true"}
    )
    assert [line.asked.title for line in page.context["look"].preview] == ["How satisfied are you on the whole?"]
    page = editor.send(part, do="open:questions/1", headers={"HX-Request": "true"})
    assert [line.asked.title for line in page.context["look"].preview] == ["How long?"]
    folded = [item.folded for item in page.context["look"].sections[1].repeated[0].items]
    assert [one and one.en for one in folded] == ["How satisfied are you on the whole?", None]
    assert b'id="preview"' in page.content
    editor.send(part, do="keep")
    made = loads(PlaybookVersion.objects.order_by("-number")[0].text).playbook.questionnaires["waiting"]
    assert (made.version, made.questions[1].if_, list(made.questions[1].options)) == (1, "overall <= 3", ["o01", "o02"])


def test_a_questionnaire_that_is_asked_otherwise_is_kept_with_another_version(editor):
    before = loads(REPAIR).playbook.questionnaires
    editor.send(TEN, changes={"random": "on"})
    editor.send(TEN, do="keep")
    now = loads(PlaybookVersion.objects.order_by("-number")[0].text).playbook.questionnaires
    assert {key: now[key].version - one.version for key, one in before.items()} == {"repair-ten": 1, "lost-reasons": 0, "booking": 0}


def test_a_questionnaire_that_is_not_one_yet_has_no_preview(editor):
    page = editor.send(TEN, changes={"questions/0/type": "single"})
    assert len(page.context["look"].preview) == 1
    page = editor.send(TEN, changes={"questions/0/key": "No Key"})
    assert page.context["look"].preview == ()
    assert "comes back" in page.content.decode()
    assert editor.client.get(editor.url, {"part": "review"}).context["look"].preview is None


def test_the_page_of_a_playbook_opens_the_form_of_its_questionnaire(scene, signed_in):
    client = signed_in(scene.manager)
    assert 'value="questionnaires/repair-ten"' in client.get(f"/playbooks/{scene.version.pk}/").content.decode()
    page = client.post(f"/playbooks/{scene.version.pk}/edit/", {"part": "questionnaires/repair-ten"}, follow=True)
    assert page.context["look"].part == TEN


def test_what_is_changed_in_the_form_is_written_in_the_text_at_its_place(editor):
    page = editor.send(DAY_AFTER, changes={"within": "2", "within.unit": "working day"}, headers={"HX-Request": "true"})
    assert editor.draft.text == REPAIR.replace("    within: 1 working day\n    expires: 3", "    within: 2 working days\n    expires: 3", 1)
    assert "within: 2 working days" in page.content.decode()
    assert editor.draft.revision == 2


def _at(page):
    """What the browser sends with a part's lines: them, what stands around them, and the revision."""
    around = page.context["around"]
    about = {"lines-before": around.before, "lines-behind": around.behind, "revision": page.context["revision"]}
    return {"text": page.context["excerpt"], **about}


def test_a_part_is_shown_with_its_own_lines_and_the_rest_stays_as_it_is(editor):
    address = {"part": "/".join(DAY_AFTER)}
    page = editor.client.get(editor.url, address)
    shown = page.content.decode()
    lines = REPAIR.split("\n")
    first, last = page.context["first"], page.context["last"]
    assert lines[first - 1 : last] == page.context["excerpt"].split("\n")
    assert lines[first - 1] == "  day-after:"
    assert "six-months:" not in page.context["excerpt"]
    assert f"#line-{first}" in shown
    typed = _at(page) | {"text": page.context["excerpt"].replace("    within: 1 working day", "    within: 3 working days")}
    answer = editor.client.post(editor.url, {**typed, "part": address["part"], "side": "text"}, headers={"HX-Request": "true"})
    assert editor.draft.text == REPAIR.replace("    within: 1 working day", "    within: 3 working days", 1)
    for broken in ("  day-after: [", "", "  day-after: {}\n  other: {}"):  # what stands around stays, whatever is typed between
        answer = editor.client.post(
            editor.url, {**_at(answer), "text": broken, "part": answer.context["look"].path, "side": "text"}, headers={"HX-Request": "true"}
        )
        assert editor.draft.text.split("\n") == [*lines[: first - 1], *broken.split("\n"), *lines[last:]]
    assert editor.client.get(editor.url).context["whole"]


def test_a_form_beside_a_part_s_lines_changes_them_and_nothing_else(editor):
    page = editor.client.get(editor.url, {"part": "/".join(DAY_AFTER)})
    said = posted(values(REPAIR), DAY_AFTER) | _at(page) | {"within": "3", "within:unit": "working days", "part": "/".join(DAY_AFTER)}
    answer = editor.client.post(editor.url, {**said, "side": "form"}, headers={"HX-Request": "true"})
    changed = [(old, new) for old, new in zip(REPAIR.split("\n"), editor.draft.text.split("\n"), strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1] in answer.context["excerpt"]


def test_a_part_somebody_else_has_moved_meanwhile_is_put_where_it_stands_now(scene, signed_in, editor):
    page = editor.client.get(editor.url, {"part": "/".join(DAY_AFTER)})
    mine = page.context["excerpt"].replace("purpose: service", "purpose: relationship", 1)
    theirs = REPAIR.replace("\nprogrammes:", "\n# one\n# more\nprogrammes:", 1)
    editor.send(text=theirs)
    refused = editor.client.post(editor.url, {**_at(page), "text": mine, "part": "/".join(DAY_AFTER), "side": "text"})
    assert refused.status_code == 409
    assert [line.kind for line in refused.context["theirs"] if line.kind not in ("same", "gap")] == ["changed"]
    editor.client.post(editor.url, {**_at(refused), "text": mine, "part": "/".join(DAY_AFTER), "do": "mine"})
    assert editor.draft.text == theirs.replace(page.context["excerpt"], mine)


def test_what_is_typed_in_the_text_is_shown_in_the_form(editor):
    text = REPAIR.replace("忠诚客户, en: Loyal", "老朋友, en: Old friend")
    page = editor.send(("classes", "loyal"), text=text, changes={"side": "text"}, headers={"HX-Request": "true"}).content.decode()
    assert 'value="老朋友"' in page
    assert '<textarea id="text"' not in page


def test_both_sides_changed_at_once_are_both_kept(editor):
    editor.send(DAY_AFTER, text=REPAIR + "# mine\n", changes={"coverage": "97"})
    assert editor.draft.text.endswith("# mine\n")
    assert "coverage: 97 %" in editor.draft.text


def test_a_fault_is_told_with_its_line_and_the_draft_is_kept_all_the_same(editor):
    text = REPAIR.replace("purpose: service", "purpose: selling", 1)
    line = text.splitlines().index("    purpose: selling") + 1
    page = editor.send(DAY_AFTER, text=text).content.decode()
    assert f'data-line="{line}" data-severity="error"' in page
    assert editor.draft.text == text
    editor.send(DAY_AFTER, do="keep")
    assert PlaybookVersion.objects.count() == 1


def test_a_text_that_cannot_be_read_has_no_form_until_it_can(editor):
    page = editor.send(text="format: [", changes={"do": "add:caps"}).content.decode()
    assert "The form comes back" in page
    assert editor.draft.text == "format: ["
    assert "The form comes back" not in editor.client.post(editor.url, {"text": REPAIR, "revision": 2}).content.decode()


def test_entries_are_begun_added_to_and_taken_out_by_buttons(editor):
    page = editor.send(do="new:programmes", changes={"new:programmes": "Birthday"}).content.decode()
    assert "Birthday" in page
    part = ("programmes", "birthday")
    editor.send(part, changes={"when/": "before"})
    assert loads(editor.draft.text).playbook.programmes["birthday"].when.before == "birthday"
    editor.send(part, do="add:on answer")
    editor.send(part, do="remove:on answer/0")
    editor.send(part, do="drop:entry")
    assert editor.draft.text == REPAIR


def test_the_draft_becomes_a_version(editor):
    editor.send(DAY_AFTER, changes={"coverage": "90", "do": "keep"})
    made = PlaybookVersion.objects.get(number=2)
    assert "coverage: 90 %" in made.text
    assert made.state == "draft"
    assert not PlaybookDraft.objects.exists()


def test_htmx_is_sent_on_when_the_draft_is_gone(editor):
    answer = editor.send(do="discard", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/playbooks/"
    assert not PlaybookDraft.objects.exists()


def test_two_people_on_one_draft_see_each_other_and_choose(scene, signed_in, editor):
    other = Editor(signed_in(scene.administrator), scene.version.pk)
    assert other.url == editor.url
    editor.send(DAY_AFTER, changes={"coverage": "91"})
    answer = other.send(text=REPAIR + "# the administrator's\n", revision=1)
    assert answer.status_code == 409
    assert "郑国平" in answer.content.decode()
    assert "91 %" in editor.draft.text
    other.send(text=REPAIR + "# the administrator's\n", revision=1, do="mine")
    assert editor.draft.text == REPAIR + "# the administrator's\n"
    with pytest.raises(Conflict):
        playbook_drafts.keep(scene.manager, editor.draft.pk, 1, timezone.now())


def test_a_draft_that_is_gone_or_too_long_is_said_so(scene, editor):
    with pytest.raises(Invalid):
        playbook_drafts.save(scene.manager, editor.draft.pk, "x" * 1_000_001, 1, timezone.now())
    gone = editor.draft.pk
    playbook_drafts.throw_away(scene.manager, gone, timezone.now())
    playbook_drafts.throw_away(scene.manager, gone, timezone.now())
    with pytest.raises(Conflict):
        playbook_drafts.save(scene.manager, gone, "x", 1, timezone.now())


def second_manager(scene) -> Staff:
    return Staff.objects.create(code="M02", name="林静", sign_in_name="m02", role="manager", branch=scene.here, all_branches=True)


def new_version(scene) -> PlaybookVersion:
    return playbooks.add_version(scene.manager, REPAIR + "# two\n", "", timezone.now())


def test_with_two_managers_a_second_person_approves_before_it_goes_into_force(scene, signed_in):
    other, row = second_manager(scene), new_version(scene)
    client, url = signed_in(scene.manager), f"/playbooks/{row.pk}/"
    assert client.post(f"{url}activate/").status_code == 409
    client.post(f"{url}ask/", {"words": "longer window"})
    client.post(f"{url}ask/")
    assert PlaybookReview.objects.count() == 1
    assert Notice.objects.filter(to=other).count() == 1
    assert client.post(f"{url}decide/", {"do": "approve"}).status_code == 403
    assert "longer window" in signed_in(other).get(url).content.decode()
    assert signed_in(other).post(f"{url}decide/", {"do": "return"}).status_code == 422
    signed_in(other).post(f"{url}decide/", {"do": "return", "comment": "too long"})
    assert "too long" in client.get(url).content.decode()
    assert client.post(f"{url}activate/").status_code == 409
    client.post(f"{url}ask/")
    signed_in(other).post(f"{url}decide/", {"do": "approve"})
    assert client.post(f"{url}activate/").status_code == 302
    row.refresh_from_db()
    assert row.state == "active"


def test_nothing_is_decided_twice(scene):
    with pytest.raises(Conflict):
        playbook_reviews.decide(scene.manager, scene.version, True, "", timezone.now())
    with pytest.raises(NotAllowed):
        playbook_reviews.ask(scene.agent, scene.version, "", timezone.now())


@pytest.mark.parametrize(("how", "needed"), [("always", True), ("never", False), ("auto", False)])
def test_the_installation_says_whether_a_second_person_is_needed(scene, tmp_path, how, needed):
    with override_settings(HUIFANG=Configuration.read({"HUIFANG_DATA": str(tmp_path), "HUIFANG_PLAYBOOK_APPROVAL": how})):
        assert playbook_reviews.required() is needed


def test_versions_are_compared_and_an_earlier_one_comes_back_as_a_new_one(scene, signed_in):
    client = signed_in(scene.manager)
    assert "only one version" in client.get(f"/playbooks/{scene.version.pk}/compare/").content.decode()
    row = playbooks.add_version(scene.manager, REPAIR.replace("wait: 1 day}", "wait: 2 days}", 1), "", timezone.now())
    page = client.get(f"/playbooks/{row.pk}/compare/").content.decode()
    assert "2 days after" in page
    assert client.get(f"/playbooks/{scene.version.pk}/compare/?with={row.pk}").status_code == 200
    playbooks.activate(scene.manager, row, timezone.now())
    client.post(f"/playbooks/{scene.version.pk}/return/")
    again = PlaybookVersion.objects.get(number=3)
    assert (again.text, again.state) == (REPAIR, "draft")


def test_a_dry_run_names_who_comes_and_who_goes_and_writes_no_plan(scene, signed_in):
    client = signed_in(scene.manager)
    row = playbooks.add_version(
        scene.manager,
        REPAIR.replace("    through: [phone, survey]", "    for: has_email\n    through: [phone, survey]", 1),
        "",
        timezone.now(),
    )
    answer = client.post(f"/playbooks/{row.pk}/dry-run/", follow=True)
    run = DryRun.objects.get()
    assert run.state == "done"
    assert sum(run.result["counts"].values()) >= run.result["followups"]
    assert "Dry run" in answer.content.decode()
    assert client.get(f"/playbooks/{row.pk}/dry-run/").status_code == 200
    assert client.post(f"/playbooks/{row.pk}/dry-run/", headers={"HX-Request": "true"}).status_code == 200
    assert scene.run.__class__.objects.count() == 1


def test_a_large_dry_run_waits_its_turn_and_is_not_asked_for_twice(scene, monkeypatch):
    monkeypatch.setattr(dry_runs, "AT_ONCE", 0)
    run = dry_runs.ask(scene.manager, scene.version, timezone.now())
    assert dry_runs.ask(scene.manager, scene.version, timezone.now()).pk == run.pk
    job = Job.objects.get(kind="dry-run")
    from huifang.app.jobs.handlers import HANDLERS

    HANDLERS["dry-run"].run(job.payload, timezone.now())
    run.refresh_from_db()
    assert run.state == "done"
    assert run.result["counts"]["came"] == run.result["counts"]["gone"] == 0


def test_differences_are_told_customer_by_customer():
    found = dry_runs._differences({1: "a", 2: "a", 3: "a"}, {2: "a,b", 3: "a", 4: "b"})
    assert found["counts"] == {"came": 1, "gone": 1, "other": 1, "same": 1}
    assert found["customers"] == {"came": [(4, "b")], "gone": [(1, "a")], "other": [(2, "a", "a,b")], "same": [(3, "a")]}


FIVE = {"business": "安达", "hours": "08:30-12:00，14:00-17:30", "days": "own", "weekdays": ["mon", "sat"],
        "programmes": ["day-after", "after-case"],
        "people": "3", "calls": "30", "channels": ["phone"]}  # fmt: skip


def test_five_questions_make_a_version_of_ones_own(scene, signed_in):
    client = signed_in(scene.manager)
    assert "Which programmes" in client.get("/playbooks/library/repair-shop/guide/").content.decode()
    answer = client.post("/playbooks/library/repair-shop/guide/", FIVE)
    made = playbook_of(PlaybookVersion.objects.get(number=2))
    assert made.title.zh == "安达 · 汽修厂客户回访"
    assert made.calendar.days == ("mon", "sat")
    assert list(made.programmes) == ["day-after", "after-case"]
    assert "90 contacts a day" in client.get(answer.headers["Location"].partition("#")[0]).content.decode()


def test_answers_that_cannot_be_are_told(scene, signed_in):
    client = signed_in(scene.manager)
    answer = client.post("/playbooks/library/repair-shop/guide/", {**FIVE, "hours": "morning", "channels": []})
    assert answer.status_code == 422
    assert "Choose at least one channel." in answer.content.decode()
    answer = client.post("/playbooks/library/repair-shop/guide/", {**FIVE, "hours": "25:00-26:00"})
    assert answer.status_code == 422
    assert client.get("/playbooks/library/none/guide/").status_code == 404
