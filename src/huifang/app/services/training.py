"""Making an article required reading, and confirming that one has read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import SEE_KNOWLEDGE, WRITE_KNOWLEDGE, articles_for, require, staff_for
from huifang.app.queries.training import ROLES
from huifang.app.records.models import Article, Staff, Training, TrainingRecord
from huifang.app.services import audit
from huifang.app.services.notices import tell
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.training import quiz_of, wrong_answers
from huifang.domain.words import Words


def ask(by: Staff, article_id: int, roles: Collection[str], quiz: str, due: date | None, now: datetime) -> Training | None:
    """Make an article required reading for roles, from its present version on; without roles it is no longer. Who lacks it is told.

    Raises `Invalid` for a quiz that cannot be read, `NotAllowed` for an article out of sight.
    """
    require(by, WRITE_KNOWLEDGE)
    article = _seen(by, article_id)
    kept = [role.value for role in ROLES if role in roles]
    quiz_of(quiz)
    with transaction.atomic():
        audit.write(by, "training.asked", f"article:{article.pk}", roles=kept, version=article.version)
        if not kept:
            Training.objects.filter(article=article).delete()
            return None
        values = {"roles": kept, "quiz": quiz.strip(), "version": article.version, "due": due, "asked_by": by, "asked_at": now}
        made, _new = Training.objects.update_or_create(article=article, defaults=values)
        done = TrainingRecord.objects.filter(article=article, version__gte=made.version, confirmed_at__isnull=False).values("staff")
        people = staff_for(by).filter(is_active=True, role__in=kept, sign_in_name__isnull=False).exclude(pk__in=done)
        if article.branch_id is not None:
            people = people.filter(branch=article.branch_id)
        words = Words(f"请学习并确认：{article.title}", f"Please read and confirm: {article.title}")
        tell([each for each in people if each.pk != by.pk], words, f"training:{article.pk}", now)
    return made


def confirm(by: Staff, article_id: int, answers: Mapping[int, str], now: datetime) -> tuple[int, ...]:
    """Confirm that one has read the article as it is now; the questions that were answered wrongly: then it is not confirmed yet.

    Confirming again keeps the first date. Raises `NotAllowed` where it is not required or out of sight.
    """
    require(by, SEE_KNOWLEDGE)
    article = _seen(by, article_id)
    training = Training.objects.filter(article=article).first()
    if training is None or article.retired_at is not None:
        raise NotAllowed(_missing())
    quiz = quiz_of(training.quiz)
    wrong = wrong_answers(quiz, answers)
    with transaction.atomic():
        row, _new = TrainingRecord.objects.select_for_update(no_key=True).get_or_create(staff=by, article=article, version=article.version)
        if row.confirmed_at is not None:
            return ()
        row.tries, row.questions = row.tries + 1, len(quiz) - len(wrong)
        row.confirmed_at = None if wrong else now
        row.save(update_fields=["tries", "questions", "confirmed_at"])
        if not wrong:
            audit.write(by, "training.confirmed", f"article:{article.pk}", version=article.version)
    return wrong


def check_due(text: str) -> date | None:
    """A last day as it is typed; None for none. Raises `Invalid`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(
            Problem("training.due", Words("截止日期不对。", "The last day is no date."), Words("请重新选择。", "Choose it again."))
        ) from None


def _seen(by: Staff, article_id: int) -> Article:
    found = articles_for(by).filter(pk=article_id).first()
    if found is None:
        raise NotAllowed(_missing())
    return found


def _missing() -> Problem:
    return Problem(
        "training.missing",
        Words("找不到这篇要学习的文章。", "There is no such article to be read."),
        Words("它可能已停用，或不再要求学习。", "It may have been retired, or is not required any more."),
    )
