"""What statements are about: the business's own tree of topics, each with the words that tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import sqrt
from typing import Any

from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.lexicon import Lexicon
from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.yaml_tree import Path, read_tree, text_of

_FOLDER = files("huifang.analytics.feedback").joinpath("trees")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_KNOWN = frozenset({"title", "words", "topics"})
MOST = 200
"""So many topics in a tree at most: a list that people can choose from."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; `parent` is the key of the one above, or empty. `words` are cleaned, as they are found in a cleaned text."""

    key: str
    title: Words
    parent: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class TopicTree:
    """Topics in the order of the file."""

    title: Words
    topics: Mapping[str, Topic]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys in the order of the file."""
        return tuple(self.topics)

    @cached_property
    def _lexicon(self) -> Lexicon:
        entries: dict[str, list[tuple[str, float]]] = {}
        for topic in self.topics.values():
            for word in topic.words:
                entries.setdefault(word, []).append((topic.key, sqrt(len(word))))
        return Lexicon(entries)

    def title_of(self, key: str, language: str) -> str:
        """``修车质量 › 异响``; a key that is not in the tree as it is."""
        names = []
        topic = self.topics.get(key)
        while topic is not None:
            names.append(topic.title.say(language))
            topic = self.topics.get(topic.parent)
        return " › ".join(reversed(names)) or key

    def key_of(self, said: str) -> str:
        """The topic of which `said` is the key or a title in either language; empty where it is none."""
        wanted = said.strip()
        found = (each.key for each in self.topics.values() if wanted and wanted in {each.key, each.title.zh, each.title.en})
        return next(found, "")

    def scores(self, text: str) -> tuple[float, ...]:
        """How much of a cleaned text is about each topic, in the order of `keys`; longer words tell more."""
        told = dict.fromkeys(self.keys, 0.0)
        for one in self._lexicon.find(text):
            told[one.role] += one.weight
        return tuple(min(each, 6.0) for each in told.values())


def trades() -> tuple[str, ...]:
    """Names of the trees that come with the product."""
    return tuple(sorted(one.name.removesuffix(".yaml") for one in _FOLDER.iterdir() if one.name.endswith(".yaml")))


@cache
def tree_text(trade: str) -> str:
    """The text of a trade's tree, for a business to begin with; KeyError for a name that is not in `trades`."""
    if trade not in trades():
        raise KeyError(trade)
    return _FOLDER.joinpath(f"{trade}.yaml").read_text("utf-8")


@cache
def tree_of(trade: str) -> TopicTree:
    """The tree of a trade; KeyError as `tree_text`."""
    return read_topics(tree_text(trade), f"{trade}.yaml")


def read_topics(text: str, file: str = "") -> TopicTree:
    """A tree from its text; raises `PlaybookError` with every fault, its line and what to do."""
    held = read_tree(text_of(text.encode("utf-8", "surrogatepass"), file), file)
    problems, topics = list(held.problems), dict[str, Topic]()
    data = held.data if isinstance(held.data, dict) else {}
    for path, key, said, parent in _walk(data.get("topics"), ("topics",), ""):
        place = Place(file, held.lines.get(path), key=str(key))
        fault = _fault(key, said, topics)
        if fault:
            problems.append(Problem(f"topics.{fault}", *_FAULTS[fault], place))
        else:
            words = tuple(dict.fromkeys(clean(each).strip() for each in _words(said.get("words"))))
            topics[key] = Topic(key, _title(said["title"]), parent, tuple(each for each in words if each))
    if not _is_title(data.get("title")):
        problems.append(Problem("topics.title", *_FAULTS["title"], Place(file, held.lines.get(("title",), 1))))
    if not topics and not problems:
        problems.append(Problem("topics.empty", *_FAULTS["empty"], Place(file, 1)))
    if len(topics) > MOST:
        problems.append(Problem("topics.many", *_FAULTS["many"], Place(file, 1)))
    if problems:
        raise PlaybookError(*sorted(problems, key=lambda each: each.place.line or 0))
    return TopicTree(_title(data["title"]), topics)


def _walk(said: Any, path: Path, parent: str) -> Iterator[tuple[Path, str, Any, str]]:
    for key, value in said.items() if isinstance(said, dict) else ():
        yield (*path, key), key, value, parent
        if isinstance(value, dict):
            yield from _walk(value.get("topics"), (*path, key, "topics"), key)


def _fault(key: str, said: Any, topics: Mapping[str, Topic]) -> str:
    if not _KEY.fullmatch(key):
        return "key"
    if key in topics:
        return "twice"
    if not isinstance(said, dict) or not _is_title(said.get("title")):
        return "title"
    return "unknown" if set(said) - _KNOWN else ""


def _is_title(said: Any) -> bool:
    return isinstance(said, dict) and all(isinstance(said.get(each), str) and said[each].strip() for each in ("zh", "en"))


def _title(said: Mapping[str, str]) -> Words:
    return Words(said["zh"].strip(), said["en"].strip())


def _words(said: Any) -> list[str]:
    parts = said if isinstance(said, list) else [said] if said is not None else []
    return [word for part in parts for word in (str(part).split() if not isinstance(said, list) else [str(part)])]


_FAULTS = {
    "key": (Words("主题的键写法不对。", "This is no key of a topic."),
            Words("用小写字母开头，只含小写字母、数字、- 和 _，最长 60。", "Begin with a letter; a-z, digits, - and _ only, at most 60.")),
    "twice": (Words("这个键已经用在别的主题上。", "Another topic has this key."), Words("请换一个键。", "Choose another key.")),
    "title": (Words("缺少名称。", "The title is missing."),
              Words("请写 title: {zh: 中文, en: English}。", "Write title: {zh: 中文, en: English}.")),
    "unknown": (Words("主题里有不认识的内容。", "There is something unknown in this topic."),
                Words("主题只有 title、words、topics。", "A topic has title, words, topics.")),
    "empty": (Words("没有任何主题。", "There is no topic."), Words("请在 topics: 下面写主题。", "Write topics under topics:.")),
    "many": (Words(f"主题超过 {MOST} 个。", f"There are more than {MOST} topics."),
             Words("请合并相近的主题。", "Join those that are alike.")),
}  # fmt: skip
