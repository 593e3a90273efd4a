"""``huifang playbooks``: the playbooks that come along; ``huifang playbooks show NAME`` prints one to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from huifang.commands.options import parser, read_playbook
from huifang.commands.printing import written
from huifang.domain.words import Words
from huifang.playbooks import library


def run(arguments: Sequence[str], language: str) -> int:
    """Lists the library, or prints the text of one playbook."""
    options = parser("playbooks", Words("列出或显示内置回访方案。", "List or show the playbooks that come along."), language)
    options.add_argument("show", nargs="?", choices=("list", "show"), default="list")
    options.add_argument("name", nargs="?", help=Words("方案名", "name of the playbook").say(language))
    chosen = options.parse_args(arguments)
    if chosen.show == "show":
        if chosen.name is None:
            options.error(Words("请写出方案名。", "Give the name of a playbook.").say(language))
        print(read_playbook(chosen.name).text)
        return 0
    rows = [
        {
            "name": name,
            "title": (book := library.read(name).playbook).title.say(language),
            "programmes": len(book.programmes),
        }
        for name in library.names()
    ]
    headings = {
        "name": Words("名称", "Name"),
        "title": Words("标题", "Title"),
        "programmes": Words("项目数", "Programmes"),
    }
    print(written(rows, {name: words.say(language) for name, words in headings.items()}, "table"))
    return 0
