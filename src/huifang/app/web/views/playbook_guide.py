"""The guide: a playbook of one's own from one of the library, by five questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS, branches_for
from huifang.app.services import dry_runs
from huifang.app.services import playbooks as service
from huifang.app.web.guard import needs, person
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.errors import PlaybookError
from huifang.playbooks import library, wording
from huifang.playbooks.form_fields import DAYS, WEEKDAYS
from huifang.playbooks.guide import Answers, channels_of, write
from huifang.playbooks.rewriting import values
from huifang.playbooks.schema import Playbook

_HOURS = r"^\s*\d\d:\d\d-\d\d:\d\d(\s*[,，、]\s*\d\d:\d\d-\d\d:\d\d)*\s*$"


class Five(forms.Form):
    """The five questions, with the choices a playbook of the library gives."""

    business = forms.CharField(max_length=60, required=False)
    hours = forms.RegexField(_HOURS, error_messages={"invalid": gettext_lazy("Write hours as 09:00-12:00, 14:00-18:00.")})
    days = forms.ChoiceField()
    weekdays = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    programmes = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Choose at least one programme.")})
    people = forms.IntegerField(min_value=1, max_value=10_000)
    calls = forms.IntegerField(min_value=1, max_value=500)
    channels = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("Choose at least one channel.")}
    )

    def __init__(self, book: Playbook, text: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        choices = {
            "days": [(key, words.say(language)) for key, words in DAYS],
            "weekdays": [(key, words.say(language)) for key, words in WEEKDAYS],
            "programmes": [(key, one.title.say(language)) for key, one in book.programmes.items()],
            "channels": [(key, CHANNEL_WORDS[Channel(key)].say(language)) for key in channels_of(values(text))],
        }
        for name, given in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
            field.choices = given

    def answers(self) -> Answers:
        """What was answered."""
        said = self.cleaned_data
        hours = tuple(each.strip() for each in said["hours"].replace("，", ",").replace("、", ",").split(","))
        days = tuple(said["weekdays"]) or ("mon", "tue", "wed", "thu", "fri") if said["days"] == "own" else said["days"]
        return Answers(said["business"].strip(), hours, days, tuple(said["programmes"]), tuple(said["channels"]))


@require_http_methods(["GET", "POST"])
@needs(EDIT_PLAYBOOKS)
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the five questions; the answers make a draft version, tried on today's customers."""
    if name not in library.names():
        raise Http404
    text, book = library.text(name), library.read(name).playbook
    form = Five(book, text, request.POST or None, initial=_first(request, book, text))
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            row = service.add_version(person(request), write(text, form.answers()), f"{name}.yaml", business_clock.now())
            dry_runs.ask(person(request), row, business_clock.now())
            messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": row.number})
            room = form.cleaned_data["people"] * form.cleaned_data["calls"]
            return redirect(f"/playbooks/{row.pk}/?room={room}#dry-run")
        except PlaybookError as error:
            problems = list(error.problems)
    cards = [(key, one.title, wording.when(book, one), wording.how(one)) for key, one in book.programmes.items()]
    chosen = set(form["programmes"].value() or ())
    about = {"book": book, "form": form, "cards": cards, "chosen": chosen, "problems": problems, "name": name}
    return render(request, "web/playbooks/guide.html", about, status=422 if request.method == "POST" else 200)


def _first(request: HttpRequest, book: Playbook, text: str) -> dict[str, Any]:
    """What stands in the form at first: the library's own answers, the business by its only branch."""
    branches = list(branches_for(person(request)).filter(active=True)[:2])
    days = book.calendar.days
    return {
        "business": branches[0].name if len(branches) == 1 else "", "hours": ", ".join(book.calendar.hours),
        "days": days if isinstance(days, str) else "own", "weekdays": [] if isinstance(days, str) else list(days),
        "programmes": list(book.programmes), "channels": list(channels_of(values(text))), "people": 2, "calls": 40,
    }  # fmt: skip
