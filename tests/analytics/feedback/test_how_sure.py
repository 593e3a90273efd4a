"""How sure the reader may be: little changes on little evidence, nothing gets much worse, and what is strange is read with doubt."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.analytics.feedback.calibration import Matrix, bend_of, bent, softmax, temperature
from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.features import Grams
from huifang.analytics.feedback.learning import Decided, day_one, kinds_of, learn
from huifang.analytics.feedback.model import Model
from huifang.analytics.feedback.topics import tree_of

HOTEL = (
    ("praise", "前台小姑娘办入住很快，第{}回住了还会来"), ("complaint", "隔音差，隔壁电视响到半夜，{}点才睡着"),
    ("praise", "早餐品种多，{}楼餐厅也干净"), ("complaint", "毛巾发黄，{}号房还有烟味"),
)  # fmt: skip
FAR = ("变速箱低速顿挫，转向虚位大", "悬挂滤震不错，底盘整体感强")


def drawn(seed: int, number: int, loud: float) -> tuple[Matrix, np.ndarray]:
    """Logits of three classes that say `loud` times too much, and the truth."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (number, 3))
    truth = (softmax(logits).cumsum(axis=1) < rng.random((number, 1))).sum(axis=1).clip(0, 2)
    return logits * loud, truth


def loss(chances: Matrix, truth: np.ndarray) -> float:
    return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())


def worse(seed: int, number: int, loud: float) -> float:
    """By how much calibrating on `number` statements raises the log loss on 2,000 others."""
    seen, held = drawn(seed, number, loud), drawn(seed + 1, 2_000, loud)
    degree = temperature(*seen)
    bend = bend_of(softmax(seen[0] / degree), seen[1])
    return loss(bent(softmax(held[0] / degree), bend), held[1]) - loss(softmax(held[0]), held[1])


@given(st.integers(0, 10_000), st.integers(150, 400), st.sampled_from([0.4, 1.0, 3.0]))
@settings(max_examples=40, deadline=None)
def test_calibration_never_makes_the_log_loss_on_held_out_statements_much_worse(seed: int, number: int, loud: float) -> None:
    assert worse(seed, number, loud) < 0.12


@pytest.mark.parametrize("number", [20, 50, 100, 400])
def test_where_nothing_was_wrong_few_statements_do_little_harm_on_the_whole_and_where_much_was_they_help(number: int) -> None:
    assert np.mean([worse(seed, number, 1.0) for seed in range(30)]) < 1 / number + 0.01
    assert np.mean([worse(seed, number, 3.0) for seed in range(10)]) < -0.2


@given(st.integers(0, 10_000), st.integers(1, 2), st.sampled_from([0.4, 1.0, 3.0]))
@settings(max_examples=40, deadline=None)
def test_one_or_two_examples_leave_confidence_almost_as_it_was(seed: int, number: int, loud: float) -> None:
    logits, truth = drawn(seed, number, loud)
    degree = temperature(logits, truth)
    chances = softmax(logits / degree)
    assert 0.2 < degree < 6
    assert np.allclose(bent(chances, bend_of(chances, truth)), chances, atol=0.01)


@cache
def learned() -> Model:
    """The model of kinds after 80 decisions of a hotel."""
    return learn(tree_of("hotel"), [Decided(HOTEL[n % 4][1].format(n), HOTEL[n % 4][0], "", "corrected") for n in range(80)]).kinds


def test_the_share_of_a_text_that_is_known_counts_its_ones_twos_and_threes() -> None:
    grams = Grams.of(["干净", "干净"], 2)
    rows, known = grams.rows(["干净", "干活", "脏", ""])
    assert known.tolist() == [1.0, 1 / 3, 0.0, 0.0]
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)).ravel(), [1, 1, 0, 0])


def test_on_day_one_it_is_less_sure_of_what_it_knows_less_of() -> None:
    first = day_one()
    _, known = first.read([clean(each) for each in ("师傅手艺好，一次就修好了", *FAR)])
    degrees = first.temperature * np.exp(-first.slope * known)
    assert known[0] > max(known[1:])
    assert degrees[0] < min(degrees[1:])


def test_what_is_strange_to_what_was_learned_is_read_as_on_day_one() -> None:
    kinds, far = learned(), [clean(each) for each in FAR]
    near = [clean(HOTEL[1][1].format(99))]
    assert kinds.strangeness(kinds.read(near)[1]).tolist() == [0.0]
    assert kinds.strangeness(kinds.read(far)[1]).tolist() == [1.0, 1.0]
    assert np.allclose(kinds.probabilities(far), day_one().probabilities(far))
    assert not np.allclose(kinds.probabilities(near), day_one().probabilities(near))


def test_between_known_and_strange_the_two_readers_share_and_the_shares_sum_to_one() -> None:
    kinds = learned()
    mean, deviation = kinds.usual
    shares = kinds.strangeness(np.array([mean + 1, mean - deviation, mean - 2 * deviation, mean - 3 * deviation, 0.0]))
    assert np.allclose(shares, [0, 0, 0.5, 1, 1])
    assert np.allclose(kinds.probabilities([clean(each) for each in FAR]).sum(axis=1), 1)


def test_a_kept_model_still_leaves_to_day_one_what_is_strange() -> None:
    kinds, far = learned(), [clean(each) for each in FAR]
    again = kinds_of(kinds.to_bytes())
    assert again.elsewhere is day_one()
    assert np.allclose(again.probabilities(far), kinds.probabilities(far), atol=1e-5)
