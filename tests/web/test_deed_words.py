"""The audit trail is read in words; whatever the services write has its Chinese."""

import re
from pathlib import Path

from django.urls import reverse

import huifang.app
from huifang.app.queries.case_words import _STEPS
from huifang.app.queries.deed_words import DEEDS, THINGS, deed_words
from huifang.app.services import audit

SERVICES = Path(huifang.app.__file__).parent / "services"


def written():
    """Every action that stands as a text in the services."""
    text = "\n".join(path.read_text("utf-8") for path in SERVICES.rglob("*.py"))
    return set(re.findall(r'audit\.write\(\s*[^,]+,\s*"([a-z_-]+\.[a-z.-]+)"', text))


def test_every_action_that_is_written_has_words():
    assert len(written()) > 50
    strange = {action for action in written() if action.partition(".")[0] not in THINGS or action.partition(".")[2] not in DEEDS}
    assert not strange, f"give these words in deed_words.py: {sorted(strange)}"
    assert not set(_STEPS) - set(DEEDS)


def test_names_of_several_words_are_read_as_words():
    assert (deed_words("api-key.made").say("en"), deed_words("api-key.made").say("zh")) == ("Api key: made", "接口密钥：生成")
    assert deed_words("playbook.draft.thrown-away").say("en") == "Playbook: draft thrown away"


def test_an_action_of_another_release_stays_as_it_was_written():
    assert deed_words("ghost.seen").say("zh") == "ghost：seen"
    assert deed_words("contact_point.revealed").say("en") == "Contact point: revealed"


def test_what_a_customer_says_of_being_contacted_is_no_word_of_the_gate_s():
    assert [deed_words(f"consent.{what}").say("zh") for what in ("given", "refused")] == ["联络意愿：同意", "联络意愿：拒绝"]
    assert deed_words("contact.refused").say("zh") == "联络：拦截"
    assert deed_words("contact-point.marked").say("en") == "Contact point: marked"


def test_the_trail_reads_in_words(scene, signed_in):
    audit.write(scene.administrator, "playbook.activated", "playbook:1")
    html = signed_in(scene.administrator).get(reverse("audit")).content.decode()
    assert 'title="playbook.activated"' in html  # the name other systems know, for whoever points at it
    assert "Playbook: activated" in html
