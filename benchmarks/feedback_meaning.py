"""What the optional embedding model (extra `embed`) adds to reading what customers say, and what it costs.

    python benchmarks/feedback_meaning.py [citizens learning unseen day-one speed]

Each line without it and with it, on the same texts. Collections, baselines and figures are those of benchmarks/feedback.py; fewer texts,
because a text takes the model 0.03 to 0.3 s. Where it takes part it reads what the first reader is less than 0.7 sure of.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from feedback import HEAD, Rows, citizens, clear_cars, hotel, line, parts, shop

from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.learning import Decided, learn, topic_figures
from huifang.analytics.feedback.meaning import Meaning, meaning
from huifang.analytics.feedback.model import Model, fit
from huifang.analytics.feedback.reader import SURE, Reader
from huifang.analytics.feedback.topics import tree_of

ASKED = 1_000
WAYS: tuple[tuple[str, Meaning | None], ...] = (("without", None), ("with", meaning))


def gated(plain: Model, deeper: Model | None, texts: list[str], columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers and confidences among the first `columns` classes; the deeper model's where the plain one is not sure."""
    chances = plain.probabilities(texts)
    doubted = np.flatnonzero(chances.max(1) < SURE)
    if deeper and len(doubted):
        chances[doubted] = deeper.probabilities([texts[i] for i in doubted])
    chances = chances[:, :columns] / chances[:, :columns].sum(1, keepdims=True)
    return np.array(plain.classes, dtype=object)[chances.argmax(1)], chances.max(1)


def asked(name: str, reader: Reader, rows: Rows, columns: int) -> None:
    started = time.process_time()
    said, sure = gated(reader.kinds, reader.deeper and reader.deeper.kinds, rows[0], columns)
    line(name, rows[1], said, sure, time.process_time() - started)


def mixed(rows: Rows) -> Rows:
    """In the order of the table of corrections: 2,000 to ask first, then those that are decided."""
    texts, truth = rows
    order = np.random.default_rng(5).permutation(len(texts))
    return [texts[i] for i in order], truth[order]


def decided(rows: Rows, first: int, number: int) -> list[Decided]:
    return [Decided(rows[0][i], str(rows[1][i]), "", "corrected") for i in range(first, first + number)]


def of(rows: Rows, first: int, number: int) -> Rows:
    return rows[0][first : first + number], rows[1][first : first + number]


def learning() -> None:
    print(f"\ncorrections, asked on {ASKED:,} hotel statements\n\n| decided | {HEAD}")
    rows = mixed(hotel())
    for number in (0, 20, 50, 100, 200, 500):
        for name, knows in WAYS:
            asked(f"{number}, {name}", learn(tree_of("hotel"), decided(rows, 2000, number), knows), of(rows, 0, ASKED), 2)


def unseen() -> None:
    print(f"\nunseen domain: 500 decided in one trade, {ASKED:,} asked in another\n\n| learned on → asked on | {HEAD}")
    car, house = mixed(clear_cars()), mixed(hotel())
    for title, said, asks in (
        ("hotels → cars", decided(house, 2000, 500), of(car, 500, ASKED)),
        ("cars → hotels", decided(car, 0, 500), of(house, 0, ASKED)),
    ):
        for name, knows in WAYS:
            asked(f"{title}, {name}", learn(tree_of("general"), said, knows), asks, 2)


def day_one() -> None:
    print(f"\nday one\n\n| asked on | {HEAD}")
    said, kinds, _ = shop(3, 1_500)
    for title, rows, columns in (
        ("hotels (praise or complaint)", of(mixed(hotel()), 0, ASKED), 2),
        ("generated repair shop (three kinds)", ([clean(text) for text in said], kinds), 3),
    ):
        for name, knows in WAYS:
            asked(f"{title}, {name}", learn(tree_of("general"), (), knows), rows, columns)


def citizens_topics() -> None:
    texts, truth = citizens()
    rules = topic_figures(tree_of("public-service"))
    print(f"\ncitizens' messages, topic: {len(texts)} texts in 5 folds\n\n| reader | {HEAD}")
    answers = {name: (np.empty(len(texts), dtype=object), np.zeros(len(texts))) for name, _ in WAYS}
    for learned, held in parts(texts, truth):
        given = [texts[i] for i in learned], truth[learned].tolist(), [1.0] * len(learned), rules
        plain, deeper = fit(*given), fit(*given, meaning)
        for name, knows in WAYS:
            answers[name][0][held], answers[name][1][held] = gated(plain, deeper if knows else None, [texts[i] for i in held], 7)
    for name, (said, sure) in answers.items():
        line(name, truth, said, sure, 0)


def speed() -> None:
    """One core, one text after the other, none read before."""
    for title, texts in (("hotels", mixed(hotel())[0][-50:]), ("cars", mixed(clear_cars())[0][-50:])):
        started = time.process_time()
        meaning(texts)
        used = time.process_time() - started
        print(f"\nmeaning alone, {title}, {np.mean([len(text) for text in texts]):.0f} characters: {len(texts) / used:.0f} a CPU second")


def main(wanted: list[str]) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    works: dict[str, Callable[[], None]] = {
        "citizens": citizens_topics, "learning": learning, "unseen": unseen, "day-one": day_one, "speed": speed,
    }  # fmt: skip
    for name in wanted or works:
        works[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
