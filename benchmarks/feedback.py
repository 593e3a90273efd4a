"""Reading what customers say, on real collections in ../shared/data, beside the plain baseline, the rules alone and always the commonest.

    python benchmarks/feedback.py [hotel car-topic car-sentiment citizens unseen day-one learning speed]

Each collection in 5 folds (every row read once by a model that has not seen its text). The baseline is character 1–3-gram TF-IDF with
logistic regression without rules and without a temperature, in the same folds. ECE: expected calibration error in 15 bins; after ≥ what
chance alone would show of as many confidences that are exactly true (mean of 200 draws). Where a collection repeats a text with several
labels, no one answer is right for all its rows: the best possible is told, and how often the answer is one of the text's labels.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import python_calamine
from goals import goal
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from huifang.analytics.feedback.calibration import calibration_error, reliability
from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.learning import Decided, day_one, kind_figures, learn, topic_figures
from huifang.analytics.feedback.model import Model, fit
from huifang.analytics.feedback.reader import Reader
from huifang.analytics.feedback.rules import signs
from huifang.analytics.feedback.topics import tree_of
from huifang.demo import shop_words

READ = int(os.environ.get("FOLDS", "5"))
"""So many of the five folds are read; fewer take less time."""
HERE = Path(__file__).resolve().parent.parent
DATA = next(each / "shared/data" for each in HERE.parents if (each / "shared/data").exists())
HEAD = "macro-F1 | accuracy | ECE | sure (≥ 0.7) | right when sure | CPU s |\n|---|---|---|---|---|---|---|"
Rules = Callable[[str], Sequence[float]]
Rows = tuple[list[str], np.ndarray]
Work = Callable[[list[str], np.ndarray], tuple[np.ndarray, np.ndarray]]


def hotel() -> Rows:
    with (DATA / "zh_chnsenticorp_hotel/ChnSentiCorp_htl_all.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["review"].strip()]
    return [clean(row["review"]) for row in rows], np.array(["praise" if row["label"] == "1" else "complaint" for row in rows])


def cars(column: str) -> Rows:
    with (DATA / "zh_car_opinions_bdci2018/train_2.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [clean(row["content"]) for row in rows], np.array([row[column] for row in rows])


def clear_cars() -> Rows:
    """The statements on cars that praise or blame."""
    texts, felt = cars("sentiment_value")
    clear = felt != "0"
    return [text for text, keep in zip(texts, clear, strict=True) if keep], np.where(felt[clear] == "1", "praise", "complaint")


def citizens() -> Rows:
    sheet = python_calamine.CalamineWorkbook.from_path(DATA / "zh_gov_messages/附件2.xlsx").get_sheet_by_index(0)
    rows = [row for row in sheet.to_python() if str(row[0]).strip()][1:]
    return [clean(f"{row[2]} {row[4]}") for row in rows], np.array([str(row[5]) for row in rows])


def by_tree(trade: str) -> Callable[[str], str]:
    tree = tree_of(trade)
    titles = [topic.title.zh for topic in tree.topics.values()]
    return lambda text: titles[int(np.argmax(tree.scores(text)))]


def by_sentiment(text: str) -> str:
    return "praise" if signs(text).sentiment > -0.1 else "complaint"


def by_sentiment_of_three(text: str) -> str:
    felt = signs(text).sentiment
    return "1" if felt > 0.35 else "-1" if felt < -0.35 else "0"


def parts(texts: list[str], truth: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows to read, `READ` times."""
    return list(StratifiedGroupKFold(5, shuffle=True, random_state=7).split(texts, truth, texts))[:READ]


def folds(texts: list[str], truth: np.ndarray, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Answers and confidences, each by a model fitted on the other four folds."""
    said, sure = np.empty(len(texts), dtype=object), np.zeros(len(texts))
    for learned, held in parts(texts, truth):
        model = fit([texts[i] for i in learned], truth[learned].tolist(), [1.0] * len(learned), rules)
        chances = model.probabilities([texts[i] for i in held])
        said[held], sure[held] = np.array(model.classes)[chances.argmax(1)], chances.max(1)
    return said, sure


def plain(texts: list[str], truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    said, sure = np.empty(len(texts), dtype=object), np.zeros(len(texts))
    for learned, held in parts(texts, truth):
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
        model = LogisticRegression(C=4, max_iter=300, tol=1e-3).fit(grams.fit_transform([texts[i] for i in learned]), truth[learned])
        chances = model.predict_proba(grams.transform([texts[i] for i in held]))
        said[held], sure[held] = model.classes_[chances.argmax(1)], chances.max(1)
    return said, sure


def line(name: str, truth: np.ndarray, said: np.ndarray, sure: np.ndarray | None, seconds: float) -> float:
    """Print a reader's row; its calibration error, 1 where it tells no confidence."""
    error = 1.0
    f1, right = f1_score(truth.astype(str), said.astype(str), average="macro", zero_division=0), said == truth
    told = "| – | – | – "
    if sure is not None:
        known = sure >= 0.7
        error = calibration_error(reliability(sure, right))
        told = f"| {error:.3f} ≥ {least_error(sure):.3f} | {known.mean():.0%} | {right[known].mean():.3f} "
    print(f"| {name} | {f1:.3f} | {right.mean():.3f} {told}| {seconds:.0f} |", flush=True)
    return error


def least_error(sure: np.ndarray) -> float:
    """The calibration error that chance alone leaves to a reader whose confidences are exactly true."""
    drawn = np.random.default_rng(3).random((200, len(sure))) < sure
    return float(np.mean([calibration_error(reliability(sure, each)) for each in drawn]))


def any_of(texts: list[str], truth: np.ndarray, said: np.ndarray) -> np.ndarray:
    """The truth in whose sense an answer is right when it is one of its text's labels."""
    labels: dict[str, set[str]] = {}
    for text, label in zip(texts, truth, strict=True):
        labels.setdefault(text, set()).add(label)
    return np.array(
        [answer if answer in labels[text] else label for text, label, answer in zip(texts, truth, said, strict=True)], dtype=object
    )


def best_possible(texts: list[str], truth: np.ndarray) -> np.ndarray:
    """For each row the label its text has most often."""
    found: dict[str, Counter[str]] = {}
    for text, label in zip(texts, truth, strict=True):
        found.setdefault(text, Counter())[label] += 1
    return np.array([found[text].most_common(1)[0][0] for text in texts], dtype=object)


def curve(truth: np.ndarray, said: np.ndarray, sure: np.ndarray) -> None:
    bins = reliability(sure, said == truth, 10)
    print("\nreliability: " + ", ".join(f"{each.confidence:.2f}→{each.right:.2f} ({each.number})" for each in bins) + "\n")


def kind_folds(texts: list[str], truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `folds`, each as the application learns: from the product's sentences and the other four folds as a team's decisions."""
    said, sure = np.empty(len(texts), dtype=object), np.zeros(len(texts))
    for learned, held in parts(texts, truth):
        said[held], sure[held] = praise_or_complaint(taught(texts, truth, learned), [texts[i] for i in held])
    return said, sure


def taught(texts: list[str], truth: np.ndarray, rows: Sequence[int] | np.ndarray) -> Model:
    """The model of kinds after a team has decided these rows."""
    return learn(tree_of("general"), [Decided(texts[i], str(truth[i]), "", "corrected") for i in rows]).kinds


def praise_or_complaint(model: Model, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Answers and confidences where it is known that a text is no suggestion."""
    chances = model.probabilities(texts)[:, :2]
    chances = chances / chances.sum(1, keepdims=True)
    return np.array(model.classes[:2], dtype=object)[chances.argmax(1)], chances.max(1)


def collection(name: str, rows: Rows, alone: Callable[[str], str], ours: Work) -> None:
    texts, truth = rows
    print(f"\n{name}: {len(texts):,} texts, {len(set(truth))} classes\n")
    print(f"| reader | {HEAD}")
    common = Counter(truth.tolist()).most_common(1)[0][0]
    line("always the commonest", truth, np.full(len(truth), common, dtype=object), None, 0)
    line("rules alone", truth, np.array([alone(text) for text in texts], dtype=object), None, 0)
    read = np.sort(np.concatenate([held for _learned, held in parts(texts, truth)]))
    repeated = len(set(texts)) < len(set(zip(texts, truth.tolist(), strict=True)))
    if repeated:
        line("the best one answer a text", truth, best_possible(texts, truth), None, 0)
    error = 1.0
    for title, work in (("characters alone", plain), ("Huifang", ours)):
        started = time.process_time()
        said, sure = work(texts, truth)
        error = line(title, truth[read], said[read], sure[read], time.process_time() - started)
        if repeated:
            line(f"{title}, right if one of the text's", any_of(texts, truth, said)[read], said[read], sure[read], 0)
    curve(truth[read], said[read], sure[read])
    goal(f"reader, {name}: calibration error", error, at_most=0.05)


def by_folds(rules: Rules) -> Work:
    return lambda texts, truth: folds(texts, truth, lru_cache(maxsize=None)(rules))


def by_topic(name: str, rows: Rows, trade: str) -> None:
    collection(name, rows, by_tree(trade), by_folds(topic_figures(tree_of(trade))))


def unseen() -> None:
    """Learned on one trade, asked in another: hotels and the clear statements on cars."""
    car = clear_cars()
    print(f"\nunseen domain\n\n| learned on → asked on | {HEAD}")
    errors = {}
    for name, one, other in (("hotels → cars", hotel(), car), ("cars → hotels", car, hotel())):
        started = time.process_time()
        model = fit(one[0], one[1].tolist(), [1.0] * len(one[0]), lambda _text: (0.0,))
        line(f"{name}, characters alone", other[1], *praise_or_complaint(model, other[0]), time.process_time() - started)
        started = time.process_time()
        model = taught(*one, range(len(one[0])))
        errors[name] = line(f"{name}, Huifang", other[1], *praise_or_complaint(model, other[0]), time.process_time() - started)
        line(f"{name}, Huifang, nothing left to day one", other[1], *praise_or_complaint(replace(model, elsewhere=None), other[0]), 0)
        line(f"{name}, rules alone", other[1], np.array([by_sentiment(text) for text in other[0]], dtype=object), None, 0)
    for name, error in errors.items():
        goal(f"reader, {name}: calibration error", error, at_most=0.05)


def day_one_alone() -> None:
    """Before anybody has decided anything: the product's own sentences only."""
    print(f"\nday one\n\n| asked on | {HEAD}")
    texts, truth = hotel()
    errors = {}
    errors["hotels"] = line("hotels (praise or complaint)", truth, *praise_or_complaint(day_one(), texts), 0)
    texts, truth = clear_cars()
    errors["cars"] = line("cars (praise or complaint)", truth, *praise_or_complaint(day_one(), texts), 0)
    said, kinds, _ = shop(3, 1_500)
    chances = day_one().probabilities([clean(text) for text in said])
    errors["repair shop"] = line(
        "generated repair shop (three kinds)", kinds, np.array(day_one().classes, dtype=object)[chances.argmax(1)], chances.max(1), 0
    )
    for name, error in errors.items():
        goal(f"reader on day one, {name}: calibration error", error, at_most=0.05)


def shop(seed: int, number: int) -> tuple[list[str], np.ndarray, list[str]]:
    rng, told = Random(seed), []
    for place in range(number):
        kind, topic = ("praise", "suggestion", "complaint")[place % 3], rng.choice(shop_words.QUESTIONS)
        facts = {"vehicle": "途观", "work": "保养", "adviser": "小王", "technician": "李师傅"}
        told.append((shop_words.words(rng, kind, topic, **facts), kind, topic))
    return [each[0] for each in told], np.array([each[1] for each in told], dtype=object), [each[2] for each in told]


def learning() -> None:
    """What corrections are worth: hotel statements decided one after the other, asked on 2,000 others."""
    print(f"\ncorrections\n\n| decided | {HEAD}")
    texts, truth = hotel()
    order = np.random.default_rng(5).permutation(len(texts))
    asked, rest = order[:2000], order[2000:]
    for number in (0, 20, 50, 100, 200, 500, 2000):
        started = time.process_time()
        said, sure = praise_or_complaint(taught(texts, truth, rest[:number]), [texts[i] for i in asked])
        line(f"{number:,}", truth[asked], said, sure, time.process_time() - started)


def speed() -> None:
    """Whole readings (kind, topic, sentiment, urgency) with a learned model of 20,000 and more n-grams, one core."""
    texts, truth = hotel()
    decided = [Decided(text, str(kind), "room" if "房" in text else "staff", "corrected") for text, kind in zip(texts, truth, strict=True)]
    reader: Reader = learn(tree_of("hotel"), decided[:3000])
    started = time.process_time()
    reader.read(texts)
    used = time.process_time() - started
    length = np.mean([len(text) for text in texts])
    goal("reader: texts a CPU second", len(texts) / used, at_least=1_000)
    print(f"\nspeed: {len(texts):,} texts of {length:.0f} characters on average: {len(texts) / used:,.0f} a CPU second")


def main(wanted: list[str]) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    works: dict[str, Callable[[], None]] = {
        "hotel": lambda: collection("hotels, praise or complaint", hotel(), by_sentiment, kind_folds),
        "citizens": lambda: by_topic("citizens' messages, topic", citizens(), "public-service"),
        "car-topic": lambda: by_topic("cars, topic", cars("subject"), "car-dealer"),
        "car-sentiment": lambda: collection("cars, sentiment", cars("sentiment_value"), by_sentiment_of_three, by_folds(kind_figures)),
        "unseen": unseen, "day-one": day_one_alone, "learning": learning, "speed": speed,
    }  # fmt: skip
    for name in wanted or works:
        works[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
