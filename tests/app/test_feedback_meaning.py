"""Feedback is read with the embedding model where it is installed, and as before where it is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from huifang.analytics.feedback.extra import UP_TO
from huifang.analytics.feedback.meaning import WIDTH, Floats
from huifang.app.queries import feedback as queries
from huifang.app.records.models import Feedback, FeedbackModel
from huifang.app.services import feedback_learning, feedback_reader, feedback_reading, feedback_topics
from tests.app.cast import NOW, Cast

TREE = """title: {zh: 店, en: Shop}
topics:
  price: {title: {zh: 价格, en: Price}, words: 贵 多收}
  noise: {title: {zh: 异响, en: Noise}, words: 异响}
"""
USERS = (feedback_learning, feedback_reader, feedback_reading, queries)


def by_mood(texts: Sequence[str]) -> Floats:
    """Stands in for the model: one number tells blame."""
    found = np.zeros((len(texts), WIDTH))
    found[:, 0] = [6.0 if "响" in text or "差" in text else -6.0 for text in texts]
    return found


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in USERS:
        monkeypatch.setattr(user, "installed", lambda: True)
    for user in (feedback_learning, feedback_reader):
        monkeypatch.setattr(user, "meaning", by_mood)


def decided(cast: Cast, number: int) -> None:
    feedback_topics.keep_tree(cast.wang, TREE, NOW)
    told = (("complaint", "咣当咣当响", "noise"), ("praise", "杠杠滴，没得挑", "price"))
    for place in range(number):
        kind, words, topic = told[place % 2]
        Feedback.objects.create(
            customer=cast.customers[0], words=f"{words}{place}", at=NOW, kind=kind, topic=topic, state="decided", deed="corrected"
        )


@pytest.mark.usefixtures("installed")
def test_what_it_learned_is_kept_and_read_and_not_needed_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert feedback_reader.current().deeper is not None
    decided(cast, 40)
    row = feedback_learning.learn_now(NOW)
    assert row.deeper
    reader = feedback_reader.current()
    assert reader.deeper is not None
    assert reader.deeper.topics is not None
    assert reader.deeper.decided == reader.decided == 40
    assert [each.kind for each in reader.read(["杠杠滴", "咣当响"])] == ["praise", "complaint"]
    feedback_topics.keep_tree(cast.wang, TREE + "  extra: {title: {zh: 其他, en: Other}, words: 其他}\n", NOW)
    assert feedback_reader.current().deeper.topics is None
    monkeypatch.setattr(feedback_reader, "installed", lambda: False)
    feedback_reader._reader.cache_clear()
    assert feedback_reader.current().deeper is None
    assert feedback_reader.current().read(["杠杠滴，没得挑"])[0].kind == "praise"


def test_when_it_is_installed_later_it_learns_with_the_next_night(cast: Cast, request: pytest.FixtureRequest) -> None:
    decided(cast, 40)
    before = feedback_learning.learn_now(NOW)
    assert not before.deeper
    assert not feedback_reading.worth_learning()
    assert queries.reader_in_use(before) == "characters"
    request.getfixturevalue("installed")
    assert queries.reader_in_use(before) == "waiting"
    assert feedback_reading.worth_learning()
    after = feedback_learning.learn_now(NOW)
    assert queries.reader_in_use(after) == "meaning"
    assert not feedback_reading.worth_learning()


@pytest.mark.usefixtures("installed")
def test_with_enough_decided_it_rests(db: None) -> None:
    row = FeedbackModel.objects.create(at=NOW, kinds="x", decided=UP_TO + 1)
    assert queries.reader_in_use(row) == "resting"
    assert not feedback_reading.worth_learning()
    assert queries.reader_in_use(None) == "meaning"


def test_without_the_libraries_nothing_is_read(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in (queries, feedback_reading):
        monkeypatch.setattr(user, "find_spec", lambda _name: None)
    assert queries.reader_in_use(None) == "none"
    assert not feedback_reading.worth_learning()
