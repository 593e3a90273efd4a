"""Text to playbook: every fault of the file is told at once, with its line and what to do; nothing else ever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path as FilePath

from pydantic import ValidationError

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook
from huifang.playbooks.shape_errors import told
from huifang.playbooks.yaml_tree import Path, read_tree, text_of


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """A playbook with the text it came from, that text's SHA-256 in hexadecimal, and the 1-based line of every key by its path."""

    playbook: Playbook
    text: str
    sha256: str
    lines: Mapping[Path, int]
    file: str = ""


def load(path: FilePath) -> LoadedPlaybook:
    """The playbook in a file; raises `PlaybookError` with all problems of form, also for a file that cannot be opened."""
    try:
        content = path.read_bytes()
    except OSError:
        raise PlaybookError(
            Problem(
                "file.unreadable",
                Words("文件打不开。", "The file cannot be opened."),
                Words("请检查文件名和读取权限。", "Check its name and that it may be read."),
                Place(path.name),
            )
        ) from None
    return loads(content, path.name)


def loads(text: str | bytes, file: str = "") -> LoadedPlaybook:
    """The playbook in a text (or its UTF-8 bytes); raises `PlaybookError` with all problems of form."""
    said = text_of(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, file)
    tree = read_tree(said, file)
    if not isinstance(tree.data, dict):
        raise PlaybookError(
            Problem(
                "playbook.empty",
                Words("文件里没有回访方案。", "There is no playbook in the file."),
                Words(
                    "请以 format: huifang/1 开头，逐项写“键: 值”。",
                    "Begin with format: huifang/1 and write keys with values.",
                ),
                Place(file, 1),
            )
        )
    try:
        playbook = Playbook.model_validate(tree.data)
    except ValidationError as error:
        raise PlaybookError(*tree.problems, *told(error.errors(), tree.data, tree.lines, file)) from None
    if tree.problems:
        raise PlaybookError(*tree.problems)
    return LoadedPlaybook(playbook, said, sha256(said.encode()).hexdigest(), tree.lines, file)
