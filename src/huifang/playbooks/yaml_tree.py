"""YAML text to plain values, with the line of every key, and no way to harm the reader.

YAML 1.2 core: plain ``true``, ``false``, ``null`` and numbers have their types, everything else (``yes``, ``on``, dates, times) is text.
Anchors, aliases, tags, several documents and doubled keys are refused; so is more than 1 MB or 24 levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words

LARGEST = 1_000_000
DEEPEST = 24
MOST = 50_000
"""Keys and values in one file: more takes seconds to read and is no playbook."""
UNREADABLE = (YAMLError, ValueError, IndexError, AttributeError, AssertionError, TypeError, OverflowError)
"""What the reader raises at a text that is not YAML."""
Path = tuple[str | int, ...]
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(\d{1,18}(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?")
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}
_NULL = {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class Tree:
    """What a file says: `data`, the 1-based line of every key and item by its path, and the problems found on the way."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def text_of(content: bytes, file: str) -> str:
    """Bytes as text; raises `PlaybookError` for a file that is too large or not UTF-8."""
    if len(content) > LARGEST:
        raise _error(
            "yaml.large",
            Words("文件超过 1 MB。", "The file is larger than 1 MB."),
            Words(
                "回访方案通常不到 100 KB，请检查是否选错了文件。",
                "A playbook has rarely 100 KB; check that it is the right file.",
            ),
            Place(file),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(
            "yaml.encoding",
            Words("文件不是 UTF-8 编码。", "The file is not in UTF-8."),
            Words("请用编辑器另存为 UTF-8 编码。", "Save it as UTF-8 in your editor."),
            Place(file, content[: error.start].count(b"\n") + 1),
        ) from None


def read_tree(text: str, file: str) -> Tree:
    """Plain values with lines; raises `PlaybookError` where nothing can be read on."""
    try:
        return _Builder(file).build(events(text))
    except MarkedYAMLError as error:
        raise _unreadable(error, text, file) from None
    except UNREADABLE as error:
        line = text[: getattr(error, "position", 0) or 0].count("\n") + 1
        raise _error("yaml.unreadable", *_BROKEN, Place(file, line)) from None


def events(text: str) -> Iterator[Any]:
    """What the reader says of a text, piece by piece, up to the fault it stops at, which is raised there.

    A text that was just read is not read again: reading is by far the dearest part of whatever is done with a playbook.
    """
    pieces, fault = _events(text)
    yield from pieces
    if fault is not None:
        raise fault.with_traceback(None)


@lru_cache(maxsize=2)
def _events(text: str) -> tuple[list[Any], Exception | None]:
    pieces: list[Any] = []
    nodes = 0
    try:
        for piece in YAML(typ="safe", pure=True).parse(text):
            pieces.append(piece)
            nodes += isinstance(piece, NodeEvent)
            if nodes > MOST:  # no reader goes on from here
                break
    except UNREADABLE as fault:
        return pieces, fault
    return pieces, None


_BROKEN = (
    Words("这里不符合 YAML 格式。", "This is not YAML."),
    Words(
        "请检查缩进、冒号后的空格，以及引号和括号是否成对；不能有控制字符。",
        "Check the indentation, the space after each colon, that quotes and brackets are closed, and that there are no control characters.",
    ),
)
_TAB = (
    Words("缩进用了制表符（Tab）。", "The indentation has a tab."),
    Words("请把制表符换成空格。", "Replace tabs by spaces."),
)


def _error(code: str, what: Words, remedy: Words, place: Place) -> PlaybookError:
    return PlaybookError(Problem(code, what, remedy, place))


def _unreadable(error: MarkedYAMLError, text: str, file: str) -> PlaybookError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    rows = text.splitlines()
    row = rows[line] if line < len(rows) else ""
    if "\t" in row[: len(row) - len(row.lstrip())] or row[column : column + 1] == "\t":
        return _error("yaml.tab", *_TAB, Place(file, line + 1, column + 1))
    return _error("yaml.unreadable", *_BROKEN, Place(file, line + 1, column + 1))


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled."""

    into: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.tree = Tree()
        self.stack: list[_Open] = []
        self.documents = 0
        self.nodes = 0

    def build(self, events: Iterator[Any]) -> Tree:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self._stop(
                        event,
                        "yaml.documents",
                        Words("一个文件里有几份文档。", "The file holds several documents."),
                        Words("请只留一份，去掉“---”。", "Keep one and take out “---”."),
                    )
            elif isinstance(event, NodeEvent):
                self._node(event)
            elif self.stack and type(event).__name__ in {"MappingEndEvent", "SequenceEndEvent"}:
                self.stack.pop()
        return self.tree

    def _stop(self, event: Any, code: str, what: Words, remedy: Words) -> None:
        mark = event.start_mark
        raise _error(code, what, remedy, Place(self.file, mark.line + 1, mark.column + 1))

    def _node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MOST:
            what = Words("文件里的内容太多。", "There is too much in the file.")
            self._stop(event, "yaml.large", what, Words(f"最多 {MOST} 项。", f"At most {MOST} keys and values."))
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self._stop(
                event,
                "yaml.alias",
                Words("这里用了锚点或别名（& 或 *）。", "There is an anchor or alias (& or *) here."),
                Words(
                    "请把内容写全；以 * 或 & 开头的文字要加引号。",
                    "Write it out; quote a text that begins with * or &.",
                ),
            )
        tag = getattr(event, "ctag", None)
        if tag is not None and str(tag) not in {"None", ""}:
            self._stop(
                event,
                "yaml.tag",
                Words("这里用了标签（!）。", "There is a tag (!) here."),
                Words("请删去标签；以 ! 开头的文字要加引号。", "Take it out; quote a text that begins with !."),
            )
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.into, dict) and top.key is None:
            self._key(event, top)
            return
        value: Any = [] if isinstance(event, SequenceStartEvent) else {} if isinstance(event, MappingStartEvent) else None
        opens = value is not None
        path = self._put(event, top, value if opens else scalar_value(event))
        if opens:
            if len(self.stack) >= DEEPEST:
                self._stop(
                    event,
                    "yaml.deep",
                    Words("嵌套太深。", "This is nested too deep."),
                    Words(
                        f"最多 {DEEPEST} 层，请检查缩进和括号。",
                        f"At most {DEEPEST} levels; check indentation and brackets.",
                    ),
                )
            self.stack.append(_Open(value, path))

    def _key(self, event: Any, top: _Open) -> None:
        if not isinstance(event, ScalarEvent):
            self._stop(
                event,
                "yaml.key",
                Words("键只能是文字。", "A key must be a word."),
                Words("含 { } 或 [ ] 的文字要加引号。", "Quote a text that has { } or [ ]."),
            )
        key, line = str(event.value), event.start_mark.line + 1
        if key in top.into:
            first = self.tree.lines[*top.path, key]
            self.tree.problems.append(
                Problem(
                    "yaml.twice",
                    Words(f"“{key}”写了两次，第一次在第 {first} 行。", f"“{key}” is written twice, first in line {first}."),
                    Words("请删去或改名其中一个。", "Delete or rename one of them."),
                    Place(self.file, line, event.start_mark.column + 1, say_path((*top.path, key))),
                )
            )
        self.tree.lines[*top.path, key] = line
        top.key = key

    def _put(self, event: Any, top: _Open | None, value: Any) -> Path:
        if top is None:
            self.tree.data = value
            self.tree.lines[()] = event.start_mark.line + 1
            return ()
        if isinstance(top.into, list):
            path: Path = (*top.path, len(top.into))
            top.into.append(value)
            self.tree.lines[path] = event.start_mark.line + 1
            return path
        key = str(top.key)
        top.into[key] = value
        top.key = None
        return (*top.path, key)


def scalar_value(event: Any) -> Any:
    """What a scalar (an event or a node, with `value` and `style`) means: only plain ones are more than text."""
    text = str(event.value)
    if event.style not in {None, ""}:
        return text
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def say_path(path: Path) -> str:
    """``programmes › day-after › on answer › 2``; items count from 1."""
    return " › ".join(str(part + 1) if isinstance(part, int) else part for part in path)
