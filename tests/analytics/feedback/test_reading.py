"""Readings, what they learn from, and how sure they are."""

from __future__ import annotations

import io
from random import Random
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from huifang.analytics.feedback.calibration import STRAIGHT, Bin, bend_of, bent, calibration_error, reliability, softmax, temperature
from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.examples import examples
from huifang.analytics.feedback.kinds import KINDS
from huifang.analytics.feedback.learning import Decided, accuracy, day_one, kind_figures, learn
from huifang.analytics.feedback.model import Model, _folds, fit
from huifang.analytics.feedback.ranking import Count, ranked
from huifang.analytics.feedback.similarity import ALIKE, nearest, vectors
from huifang.analytics.feedback.topics import trades, tree_of
from huifang.demo import shop_words

TREE = tree_of("repair-shop")
FACTS = {"vehicle": "途观", "work": "保养", "adviser": "小王", "technician": "李师傅"}


def said(seed: int, number: int) -> list[Decided]:
    rng = Random(seed)
    found = []
    for place in range(number):
        kind, topic = KINDS[place % 3], rng.choice(shop_words.QUESTIONS)
        found.append(Decided(shop_words.words(rng, kind, topic, **FACTS), kind, topic, "corrected"))
    return found


def test_on_day_one_plain_statements_are_read_and_what_it_is_sure_of_is_mostly_right():
    reader = learn(TREE, ())
    assert reader.topics is None
    found = accuracy(reader, said(11, 900))
    assert found is not None
    assert found.right > 0.75
    assert found.sure_right > 0.88
    assert found.error < 0.06
    assert accuracy(reader, ()) is None


@pytest.mark.parametrize(
    ("text", "kind", "topic"),
    [
        ("结账多收了一百块，太坑人了", "complaint", "bill"),
        ("希望可以开电子发票", "suggestion", "payment"),
        ("師傅手藝好，一次就修好", "praise", "quality"),
        ("態度好差，等咗成個鐘", "complaint", ""),
        ("the staff were rude, never again", "complaint", ""),
        ("👍👍", "praise", ""),
    ],
)
def test_chinese_first_dialects_english_and_pictures(text, kind, topic):
    (reading,) = learn(TREE, ()).read([text])
    assert (reading.kind, reading.topic) == (kind, topic)


@pytest.mark.parametrize("text", ["", "。。。？", "123456", "<script>alert(1)</script>", "嗯", "x" * 100_000])
def test_what_says_nothing_is_unsure(text):
    (reading,) = learn(TREE, ()).read([text])
    assert not reading.sure
    assert reading.urgency == 0


def test_danger_is_urgent_and_praise_never_is():
    readings = learn(TREE, ()).read(
        ["刹车失灵，马上处理！太差了", "很满意，尽快处理好了，谢谢", "发票一直没给，投诉，要求退款", "车没洗，脏"]
    )
    assert [each.urgency for each in readings] == [2, 0, 1, 0]


def test_corrections_teach_kinds_and_topics():
    decided, asked = said(1, 600), said(2, 300)
    before, after = learn(TREE, ()), learn(TREE, decided)
    assert after.decided == 600
    first, then = accuracy(before, asked), accuracy(after, asked)
    assert first is not None
    assert then is not None
    assert then.right > max(first.right, 0.9)
    topics = [[each.topic for each in reader.read([one.words for one in asked])] for reader in (before, after)]
    right = [sum(a == one.topic for a, one in zip(found, asked, strict=True)) / len(asked) for found in topics]
    assert right[1] > right[0]


def test_what_is_no_statement_no_kind_or_no_topic_teaches_nothing():
    nothing = [Decided("。。", "praise", "bill", "entered"), Decided("好", "gossip", "bill", "entered")]
    assert learn(TREE, nothing).kinds is day_one()
    rare = [Decided(f"第{n}次来", "praise", "gone", "entered") for n in range(40)]
    assert learn(TREE, rare).topics is None


def test_a_label_cannot_come_from_the_reader_itself():
    assert set(get_args(get_type_hints(Decided)["origin"])) == {"entered", "corrected", "agreed"}


def test_a_model_is_kept_as_plain_arrays_and_reads_the_same():
    kept = day_one().to_bytes()
    again = Model.from_bytes(kept, kind_figures)
    texts = [words for words, _ in examples()[:20]]
    assert np.allclose(day_one().probabilities(texts), again.probabilities(texts), atol=1e-5)
    assert again.probabilities([]).shape == (0, 3)
    with np.load(io.BytesIO(kept), allow_pickle=False) as held:
        assert all(held[name].dtype != object for name in held.files)
    with pytest.raises(ValueError, match="pickle"):
        Model.from_bytes(np.array([{}], dtype=object).dumps(), kind_figures)


def test_a_model_of_two_kinds_and_few_texts():
    with pytest.raises(ValueError, match="two classes"):
        fit(["好"], ["praise"], [1.0], kind_figures)
    model = fit(["真好", "太差"], ["praise", "complaint"], [1.0, 1.0], kind_figures)
    assert model.temperature == 1.0
    assert not model.strangeness(np.array([0.0, 1.0])).any()
    chances = model.probabilities(["真好", "太差"])
    assert np.allclose(chances.sum(axis=1), 1)
    assert chances.argmax(axis=1).tolist() == [1, 0]


def test_a_temperature_mends_too_much_confidence():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (4_000, 3))
    truth = np.array([rng.choice(3, p=row) for row in softmax(logits)])
    found = temperature(logits * 5, truth)
    assert found == pytest.approx(5, rel=0.1)
    mended, loud = softmax(logits * 5 / found), softmax(logits * 5)
    right = mended.argmax(axis=1) == truth
    assert calibration_error(reliability(mended.max(axis=1), right)) < 0.03 < calibration_error(reliability(loud.max(axis=1), right))


def test_a_bend_mends_a_curve_that_no_temperature_can():
    rng = np.random.default_rng(3)
    first = rng.uniform(0.35, 0.99, 4_000)
    true = 1 / (1 + np.exp(-(0.5 * np.log(first) - 0.4 * np.log1p(-first) - 0.3)))  # flatter than it says
    rest = rng.dirichlet([1, 1, 1], 4_000) * (1 - first)[:, None]
    keep = rest.max(axis=1) < first
    chances, true = np.column_stack([first, rest])[keep], true[keep]
    truth = np.where(rng.random(keep.sum()) < true, 0, 1)
    mended = bent(chances, bend_of(chances, truth))

    def error(found):
        return calibration_error(reliability(found.max(axis=1), truth == 0))

    assert error(mended) < 0.03 < 0.1 < error(chances)
    assert (mended.argmax(axis=1) == 0).all()
    assert np.allclose(mended.sum(axis=1), 1)


@given(
    arrays(np.float64, (5, 4), elements=st.floats(-30, 30)),
    st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(-5, 5)),
)
def test_a_bend_never_changes_which_class_comes_first(logits, bend):
    chances = softmax(logits)
    found = bent(chances, bend)
    assert np.allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()
    assert np.allclose(found[np.arange(5), chances.argmax(axis=1)], found.max(axis=1))


def test_a_few_examples_bend_little():
    chances = np.array([[0.9, 0.1], [0.6, 0.4]])
    assert np.allclose(bend_of(chances, np.array([0, 0])), STRAIGHT, atol=0.5)
    assert np.allclose(bent(chances, STRAIGHT), chances)


def test_a_text_that_comes_with_two_labels_is_held_out_whole():
    texts, truth = ["价格贵"] * 4 + [f"{each}动力好" for each in range(8)], np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    for learned, held in _folds(texts, truth, 2):
        assert not {texts[place] for place in learned} & {texts[place] for place in held}
        assert len(learned) + len(held) == len(texts)
    assert _folds(["价格贵"] * 9, np.array([0] * 9), 2) == []


def test_the_curve_counts_every_answer_once():
    curve = reliability(np.array([0.1, 0.95, 1.0]), np.array([False, True, False]), bins=10)
    assert curve == [Bin(1, pytest.approx(0.1), 0.0), Bin(2, pytest.approx(0.975), 0.5)]
    assert calibration_error(curve) == pytest.approx((0.1 + 2 * 0.475) / 3)
    assert calibration_error([]) == 0


def test_alike_statements_find_each_other_and_others_do_not():
    known = vectors(["休息室空调不制冷，热死了", "发票到现在没给我"])
    new = vectors(["休息室的空调不制冷", "发票到现在都没给我", "师傅态度很好", "!"])
    assert nearest(new, known, np.full((4, 2), ALIKE)) == [0, 1, None, None]
    assert nearest(new[:1], known, np.array([[np.inf, ALIKE]])) == [None]
    assert nearest(new, known[:0], np.zeros((4, 0))) == [None] * 4


def test_pareto_by_number_and_by_weight():
    counts = [Count("a", "suggestion", 0, 5), Count("b", "complaint", 2, 2), Count("b", "praise", 0, 1), Count("c", "praise", 0, 9)]
    often = ranked(counts, "number")
    assert [(one.topic, one.number) for one in often] == [("c", 9), ("a", 5), ("b", 3)]
    assert often[-1].so_far == pytest.approx(1)
    heavy = ranked(counts, "weight")
    assert [(one.topic, one.weight) for one in heavy] == [("b", 12.0), ("a", 5.0)]
    assert ranked([], "number") == []


@pytest.mark.parametrize("trade", trades())
def test_a_complaint_about_being_contacted_has_a_topic_in_every_trade(trade: str) -> None:
    found = tree_of(trade)
    assert found.title_of("calls", "zh").endswith("被打扰")
    scores = dict(zip(found.keys, found.scores(clean("你们老是打骚扰电话，不要再打了")), strict=True))
    assert max(scores, key=lambda key: scores[key]) == "calls"
