"""The keys of every page that has some: what its script obeys and what its list of keys says are these same lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SIGNS = {"Control": "Ctrl", "Escape": "Esc", "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}


@dataclass(frozen=True, slots=True)
class Key:
    """What a key does, by the name its page's script has for it; the keys, as browsers name them; the words."""

    does: str
    press: tuple[str, ...]
    words: str | Promise
    typing: bool = False
    """Whether it works while somebody types in a field."""

    @property
    def row(self) -> bool:
        """Whether it is all digits of a row."""
        return len(self.press) > 2 and all(one.isdigit() for one in self.press)

    @property
    def shown(self) -> list[list[str]]:
        """Each way to press it as what is printed on the keys; of digits in a row the first and the last."""
        if self.row:
            return [[self.press[0]], [self.press[-1]]]
        return [[_SIGNS.get(part, part.upper() if len(part) == 1 else part) for part in one.split("+")] for one in self.press]


_HELP = Key("help", ("?",), _("This help"))
_LEAVE = Key("leave", ("Escape",), _("Leave a text field"), typing=True)
KEYS: dict[str, Sequence[Key]] = {
    "today": (
        Key("next", ("n",), _("Take the next follow-up")),
        Key("down", ("j", "ArrowDown"), _("Down in the list; Enter opens")),
        Key("up", ("k", "ArrowUp"), _("Up in the list")),
        Key("call", ("c",), _("Call")),
        Key("question", ("q",), _("To the first open question")),
        Key("answer", tuple("0123456789"), _("Choose in the question, attitude or outcomes in focus; a question goes on to the next")),
        Key("attitude", ("a",), _("To the attitude: then its number")),
        Key("words", ("w",), _("To the original words")),
        Key("preparation", ("p",), _("Preparation: facts, needs, material")),
        Key("knowledge", ("f",), _("Find an answer in the knowledge")),
        Key("reached", ("o",), _("To the outcomes where somebody was reached: then the number")),
        Key("missed", ("u",), _("To the outcomes where nobody was reached: then the number")),
        Key("save", ("Control+Enter",), _("Save and go on, from anywhere"), typing=True),
        Key("undo", ("z",), _("Undo what was saved last, while it is offered")),
        _LEAVE,
        _HELP,
    ),
    "feedback": (
        Key("topic", ("t",), _("To the topic")),
        Key("complaint", ("1",), _("Complaint")),
        Key("suggestion", ("2",), _("Suggestion")),
        Key("praise", ("3",), _("Praise")),
        Key("nothing", ("0",), _("No feedback in it")),
        _HELP,
    ),
    "schedule": (
        Key(
            "move", ("Alt+ArrowLeft", "Alt+ArrowRight", "Alt+ArrowUp", "Alt+ArrowDown"),
            _("Move the contact in focus, and all chosen with it"),
        ),
        _HELP,
    ),
    "playbook-editor": (
        Key("apply", ("Enter",), _("Apply what stands in the field, and check"), typing=True),
        _HELP,
    ),
}  # fmt: skip
