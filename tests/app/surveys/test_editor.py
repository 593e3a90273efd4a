"""Somebody who does not program changes a questionnaire."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import PlaybookVersion
from tests.app.surveys.asked import Shop, shop


@pytest.fixture
def place(db: None) -> Shop:
    return shop()


class Editor:
    def __init__(self, place: Shop, key: str = "quarterly") -> None:
        self.client = Client()
        self.client.force_login(place.manager, backend="django.contrib.auth.backends.ModelBackend")
        self.url = reverse("questionnaire", args=[place.version.pk, key])
        self.page = self.client.get(self.url)

    def fields(self) -> dict[str, Any]:
        own, rows = self.page.context["own"], self.page.context["rows"]
        found: dict[str, Any] = {
            "count": len(rows),
            "title.zh": own["title"]["zh"],
            "title.en": own["title"]["en"],
            "per page": own["per page"],
            "open for": own["open for"] or "",
        }
        if own["intro"]:
            found |= {"intro.zh": own["intro"]["zh"], "intro.en": own["intro"]["en"]}
        if own["remind"]:
            found |= {"remind.wait": own["remind"]["wait"], "remind.at most": own["remind"]["at most"]}
        if own["anonymous"]:
            found["anonymous"] = "on"
        for at, row in enumerate(rows):
            names = {
                "was": row.was,
                "key": row.key,
                "ask.zh": row.zh,
                "ask.en": row.en,
                "type": row.type,
                "options": row.options,
                "if": row.condition,
                "scale": row.scale,
            }
            found |= {f"{at}.{name}": value for name, value in names.items()}
            if row.required:
                found[f"{at}.required"] = "on"
        return found

    def send(self, do: str, **changes: Any) -> Any:
        self.page = self.client.post(self.url, self.fields() | {"do": do} | changes, follow=True)
        return self.page


def test_nothing_changed_is_no_new_version(place: Shop):
    Editor(place).send("save")
    assert PlaybookVersion.objects.count() == 1


def test_a_question_is_added_named_moved_and_saved_as_a_draft(place: Shop):
    editor = Editor(place)
    editor.send("add")
    last = len(editor.page.context["rows"]) - 1
    editor.send(
        "preview",
        **{
            f"{last}.ask.zh": "停车方便吗？",
            f"{last}.ask.en": "Parking?",
            f"{last}.type": "single",
            f"{last}.options": "good | 方便 | Easy | 3\n不便",
            f"{last}.low": "低 | low",
            f"{last}.high": "高 | high",
            f"{last}.hint.zh": "提示",
        },
    )
    assert "停车方便吗" in editor.page.content.decode()
    editor.send(f"up:{last}")
    editor.send("down:0")
    editor.send("remove:1")
    assert PlaybookVersion.objects.count() == 1
    editor.send("save")
    made = PlaybookVersion.objects.get(number=2)
    asked = playbook_of(made).questionnaires["quarterly"]
    assert (made.state, asked.version, asked.anonymous) == ("draft", 2, True)
    added = next(one for one in asked.questions if one.ask.en == "Parking?")
    assert {name: title.zh for name, title in added.options.items()} == {"good": "方便", "o2": "不便"}
    assert added.scores == {"good": 3.0}
    assert [one.key for one in asked.questions] == ["kinds", "grid", "cost", "day", added.key, "wish"]


def test_how_long_a_link_is_open_and_when_the_silent_are_asked_again_is_set_in_the_form(place: Shop):
    assert 'value="2 days"' in Editor(place, "after-job").page.content.decode()
    Editor(place, "after-job").send("save")
    assert PlaybookVersion.objects.count() == 1
    Editor(place, "after-job").send("save", **{"open for": "2 周", "remind.wait": "3 working days", "remind.at most": "2"})
    asked = playbook_of(PlaybookVersion.objects.get(number=2)).questionnaires["after-job"]
    assert asked.remind is not None
    assert (str(asked.open_for), str(asked.remind.wait), asked.remind.at_most) == ("2 weeks", "3 working days", 2)
    Editor(place, "after-job").send("save", **{"remind.wait": ""})
    assert playbook_of(PlaybookVersion.objects.get(number=3)).questionnaires["after-job"].remind is None
    assert Editor(place, "after-job").send("save", **{"open for": "soon"}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"0.if": "nothing > 1"}, "nothing"), ({"0.key": "Bad Key"}, ""), ({"1.options": ""}, ""), ({"title.zh": "", "title.en": ""}, "")],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(place: Shop, changes: dict[str, str], said: str):
    answer = Editor(place).send("save", **changes)
    assert answer.status_code == 422
    assert answer.context["problems"]
    assert said in answer.content.decode()
    assert PlaybookVersion.objects.count() == 1


def test_a_questionnaire_that_is_not_there(place: Shop):
    editor = Editor(place)
    assert editor.client.get(reverse("questionnaire", args=[place.version.pk, "none"])).status_code == 404
