"""What was promised to those who answer: an anonymous questionnaire stays anonymous from its first answer on."""

from __future__ import annotations

from huifang.app.records.models import Survey
from huifang.domain.errors import Conflict, Place, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Questionnaire


def survey_of(playbook: str, key: str, questionnaire: Questionnaire) -> Survey:
    """The survey of a questionnaire, made where it is missing.

    It follows the questionnaire's word on anonymity; once somebody has answered anonymously, never back.
    """
    survey, _ = Survey.objects.get_or_create(playbook=playbook, questionnaire=key, defaults={"anonymous": questionnaire.anonymous})
    if survey.anonymous != questionnaire.anonymous and not (survey.anonymous and survey.answered):
        survey.anonymous = questionnaire.anonymous
        survey.save(update_fields=["anonymous"])
    return survey


def check_anonymity(playbook: Playbook) -> None:
    """Raise `Conflict` where a version would take back the anonymity under which somebody has answered."""
    promised = set(Survey.objects.filter(playbook=playbook.playbook, anonymous=True, answered=True).values_list("questionnaire", flat=True))
    for key, questionnaire in playbook.questionnaires.items():
        if key in promised and not questionnaire.anonymous:
            title = questionnaire.title
            raise Conflict(
                Problem(
                    "survey.anonymity",
                    Words(
                        f"“{title.zh}”已有人匿名回答，不能再改为实名。",
                        f"“{title.en}” has been answered anonymously; that cannot be taken back.",
                    ),
                    Words(
                        "请保留 anonymous: true，或换一个新的问卷键。",
                        "Keep anonymous: true, or ask a new questionnaire under another key.",
                    ),
                    Place(key=f"questionnaires › {key}"),
                )
            )
