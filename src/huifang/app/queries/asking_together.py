"""What a follow-up asks: the questionnaire of the programme that leads it, then those of the programmes bundled into the same contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huifang.app.records.models import FollowUp
from huifang.app.records.prepared import Row
from huifang.domain.words import Words
from huifang.playbooks.answering import Scores, plain_value, score, take
from huifang.playbooks.schema import Playbook, Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Together:
    """`key` is the first questionnaire's; `all` has the questions of every one, a key that two share once; `titles` by question key."""

    key: str
    all: Questionnaire
    titles: Mapping[str, Words]


def programmes_of(followup: FollowUp, playbook: Playbook, behind: Iterable[Row]) -> tuple[str, ...]:
    """The programmes of the playbook that are `behind` a follow-up, the leading one first."""
    programmes = (row["programme"] for row in behind if row["playbook"] == playbook.playbook)
    return tuple(key for key in dict.fromkeys((followup.programme, *programmes)) if key in playbook.programmes)


def together(playbook: Playbook, programmes: Iterable[str]) -> Together | None:
    """Their questionnaires as one; None where none of them asks anything."""
    return _joined(playbook, dict.fromkeys(ask for key in programmes if (ask := playbook.programmes[key].ask)))


def as_answered(playbook: Playbook, first: str, programmes: Iterable[str], answered: Iterable[str]) -> Together | None:
    """What a record answers: its `first` questionnaire, those of the programmes behind it, and those that hold what was `answered`.

    Occurrences may have gone on to another follow-up since, their answers have not. None where the record has no questionnaire.
    """
    if first not in playbook.questionnaires:
        return None
    keys = dict.fromkeys((first, *(ask for key in programmes if (ask := playbook.programmes[key].ask))))
    known = {question.key for key in keys for question in playbook.questionnaires[key].questions}
    left = set(answered) - known
    others = (key for key, one in playbook.questionnaires.items() if left & {question.key for question in one.questions})
    return _joined(playbook, {**keys, **dict.fromkeys(others)})


def _joined(playbook: Playbook, named: Iterable[str]) -> Together | None:
    keys = list(named)
    if not keys:
        return None
    questions: dict[str, Question] = {}
    titles: dict[str, Words] = {}
    for key in keys:
        for question in playbook.questionnaires[key].questions:
            questions.setdefault(question.key, question)
            titles.setdefault(question.key, playbook.questionnaires[key].title)
    leading = playbook.questionnaires[keys[0]]
    return Together(keys[0], leading.model_copy(update={"questions": tuple(questions.values())}), titles)


def own_scores(questionnaire: Questionnaire, answers: Mapping[str, object], day: date) -> Scores:
    """The scores of one questionnaire's questions among the answers to several."""
    own = {question.key for question in questionnaire.questions}
    return score(questionnaire, {key: answer for key, answer in answers.items() if key in own}, day)


def seen(questionnaire: Questionnaire, answers: Mapping[str, object], day: date) -> dict[str, object]:
    """What conditions see of the answers given so far: the answers that can be taken, the scores, whether they satisfy."""
    taken = take(questionnaire, answers, day, complete=False).answers
    scores = score(questionnaire, taken, day)
    questions = {question.key: question for question in questionnaire.questions}
    known = {question.key: None for question in questionnaire.questions} | {
        key: plain_value(questions[key], answer) for key, answer in taken.items()
    }
    return known | {"min_score": scores.min_score, "mean_score": scores.mean_score, "satisfied": scores.satisfied}


def typed(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, object]:
    """Answers as a form or a draft holds them (JSON), as the values they stand for; what cannot be read is left out."""
    found = {question.key: _value(question, answers.get(question.key)) for question in questionnaire.questions}
    return {key: value for key, value in found.items() if value is not None}


def _value(question: Question, answer: Any) -> Any:
    """An answer as `answering` takes it; None where there is none."""
    if answer in (None, "", [], {}):
        return None
    try:
        match question.type:
            case "yes-no":
                return answer if isinstance(answer, bool) else str(answer) == "yes"
            case "scale" | "nps" | "csat" | "ces" | "number":
                return float(answer)
            case "date":
                return date.fromisoformat(str(answer))
            case "multiple":
                return [str(one) for one in answer]
            case "matrix":
                return {row: float(point) for row, point in answer.items()}
            case _:
                return str(answer)
    except (ValueError, TypeError, AttributeError):
        return None
