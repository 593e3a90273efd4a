"""Playbooks: read as cards, checked with line and remedy, put in force and retired by those who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huifang.app.records.models import PlaybookVersion
from huifang.playbooks import library


def test_the_shelf_shows_every_playbook_in_both_languages(scene, signed_in):
    for language in ("zh-hans", "en"):
        page = signed_in(scene.agent, language).get("/playbooks/").content.decode()
        for name in library.names():
            assert library.read(name).playbook.title.say(language) in page.replace("&#x27;", "'").replace("&amp;", "&")


@pytest.mark.parametrize("name", library.names())
def test_a_playbook_of_the_shelf_is_read_as_cards(scene, signed_in, name):
    page = signed_in(scene.manager, "zh-hans").get(f"/playbooks/library/{name}/").content.decode()
    assert "回访项目" in page
    assert 'id="line-1"' in page


def test_what_is_not_on_the_shelf_is_said_so(scene, signed_in):
    client = signed_in(scene.manager)
    assert client.get("/playbooks/library/none/").status_code == 404
    assert client.post("/playbooks/library/none/take/").status_code == 404
    assert client.get("/playbooks/999999/").status_code == 404


def test_a_playbook_goes_from_the_shelf_into_force_and_out_again(scene, signed_in):
    client = signed_in(scene.manager)
    client.post("/playbooks/library/hospital/take/")
    draft = PlaybookVersion.objects.get(playbook="hospital")
    assert draft.state == "draft"
    client.post(f"/playbooks/{draft.pk}/activate/")
    draft.refresh_from_db()
    assert draft.state == "active"
    assert "#retire" in client.get(f"/playbooks/{draft.pk}/").content.decode()
    client.post(f"/playbooks/{draft.pk}/retire/")
    draft.refresh_from_db()
    assert draft.state == "retired"
    assert client.post(f"/playbooks/{draft.pk}/retire/").status_code == 409


def test_a_broken_text_is_told_with_its_line_and_nothing_is_kept(scene, signed_in):
    client = signed_in(scene.manager)
    before = PlaybookVersion.objects.count()
    text = library.text("repair-shop").replace("purpose: service", "purpose: selling", 1)
    answer = client.post("/playbooks/new/", {"text": text, "keep": ""})
    page = answer.content.decode()
    line = next(number for number, said in enumerate(text.splitlines(), 1) if "selling" in said)
    assert answer.status_code == 422
    assert f"line {line}" in page
    assert "To mend" in page
    assert PlaybookVersion.objects.count() == before


def test_a_good_text_is_checked_then_kept(scene, signed_in):
    client = signed_in(scene.manager)
    text = library.text("repair-shop") + "\n# mine\n"
    assert client.post("/playbooks/new/", {"text": text, "check": ""}).status_code == 200
    upload = SimpleUploadedFile("mine.yaml", text.encode())
    answer = client.post("/playbooks/new/", {"file": upload, "keep": ""})
    assert answer.status_code == 302
    assert PlaybookVersion.objects.filter(playbook="repair-shop", number=2, created_by=scene.manager).exists()


def test_a_file_that_is_far_too_large_is_refused_in_words(scene, signed_in):
    upload = SimpleUploadedFile("big.yaml", b"#" * 1_000_001)
    answer = signed_in(scene.manager).post("/playbooks/new/", {"file": upload, "check": ""})
    assert answer.status_code == 422
    assert "1 MB" in answer.content.decode()


def test_a_new_version_begins_with_the_text_that_was_asked_for(scene, signed_in):
    client = signed_in(scene.manager)
    assert "playbook: hospital" in client.get("/playbooks/new/?from=hospital").content.decode()
    assert "playbook: repair-shop" in client.get(f"/playbooks/new/?version={scene.version.pk}").content.decode()
    assert "<script" not in client.post("/playbooks/new/", {"text": "</textarea><script>x</script>"}).content.decode().split("<main")[1]


def test_who_may_not_edit_is_not_offered_it(scene, signed_in):
    page = signed_in(scene.agent).get(f"/playbooks/{scene.version.pk}/").content.decode()
    assert "#retire" not in page
    assert "playbooks/new" not in page


def test_the_laws_that_hold_stand_with_source_and_date(scene, signed_in):
    page = signed_in(scene.agent, "en").get("/playbooks/library/repair-shop/").content.decode()
    assert all(
        words in page for words in ("Mainland China", "Consumer Rights Protection Law 29", "entered 2026-11-22", "Not legal advice.")
    )
    assert "Bulk mail" in page
