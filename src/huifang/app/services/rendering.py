"""A playbook's content as one customer reads it: the fitting template, in their language, its conditions decided, its places filled.

A value is put in as text, on one line, and never read again; a place without a value is never sent as a hole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from huifang.app.services.coupons import NoneLeft
from huifang.app.services.message_ground import COUPON_PLACES, OPT_OUT, REFUSE, Ground, values
from huifang.domain.contact import Channel, Purpose
from huifang.domain.errors import Invalid, PlaybookError, Problem
from huifang.domain.masking import mask_text
from huifang.domain.words import Words
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.schema import Content
from huifang.playbooks.templates import template

Places = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A message ready to go: the content's key, the language it is in, and the words."""

    content: str
    language: str
    subject: str
    text: str
    values: Places = ()
    """The text's places in order of appearance, each once, with what was filled in."""


class Unwritable(Invalid):
    """There is no content for this channel, or something that it says is not known of this customer."""


def write(ground: Ground) -> Written:
    """The message of a follow-up. Raises `Unwritable` with what is missing. A refusal way is added to all but service messages."""
    return words_of(ground, *_chosen(ground))


def preview(ground: Ground, key: str = "") -> Written:
    """What would be said (by the content `key`, else the fitting one), numbers in values masked; writes nothing. Raises `Unwritable`."""
    ground = replace(ground, followup=None, cause=ground.leading)
    return words_of(ground, *((key, ground.playbook.content[key]) if key else _chosen(ground)), mask_text)


def words_of(ground: Ground, key: str, content: Content, shown: Callable[[str], str] = str) -> Written:
    """One content as the customer of `ground` reads it, each value as `shown` shows it. Raises `Unwritable`."""
    language = ground.language
    try:
        text = template(content.text.say(language)).plain(ground.facts, ground.day)
        subject = template(content.subject.say(language)).plain(ground.facts, ground.day) if content.subject else None
    except PlaybookError as error:
        raise Unwritable(*error.problems) from error
    known = _filled(ground, {*text.names, *(subject.names if subject else ())}, content.coupon or "")
    known = {name: said if name == "phone" else shown(said) for name, said in known.items()}
    said = text.fill(known)
    if ground.purpose != Purpose.SERVICE and "opt_out" not in text.names:
        said += ("\n\n" if ground.channel is Channel.EMAIL else " ") + OPT_OUT.get(ground.channel, REFUSE).say(language)
    places = tuple((name, known[name]) for name in dict.fromkeys(text.names))
    return Written(key, language, subject.fill(known) if subject else "", said, places)


def filled_text(ground: Ground, words: Words, shown: Callable[[str], str]) -> str:
    """Words of a document as the customer of `ground` reads them, each value as `shown` shows it. Raises `Unwritable`."""
    text = template(words.say(ground.language)).plain(ground.facts, ground.day)
    known = _filled(ground, set(text.names), "")
    return text.fill({name: said if name == "phone" else shown(said) for name, said in known.items()})


def _chosen(ground: Ground) -> tuple[str, Content]:
    """The programme's first content for the channel whose `for` holds, else its first without one."""
    playbook = ground.playbook
    fitting = [
        (key, playbook.content[key])
        for key in playbook.programmes[ground.programme].send
        if playbook.content[key].channel is ground.channel
    ]
    for key, content in fitting:
        if content.for_ and evaluate(parse(content.for_), ground.facts, ground.day) is True:
            return key, content
    plain = next(((key, content) for key, content in fitting if not content.for_), None)
    if plain is None:
        raise Unwritable(
            Problem(
                "message.no-content",
                Words("回访方案里没有适合这位客户的消息内容。", "The playbook has no content for this customer on this channel."),
                Words("请在方案的 content 里补充，并列入 send。", "Add it under content and name it under send."),
            )
        )
    return plain


def _filled(ground: Ground, wanted: set[str], coupon: str) -> dict[str, str]:
    try:
        known = values(ground, wanted, coupon)
    except NoneLeft as error:
        raise Unwritable(*error.problems) from error
    later = COUPON_PLACES if coupon else frozenset()
    missing = sorted(name for name, text in known.items() if not text and name not in later)
    if missing:
        names = "、".join(f"{{{name}}}" for name in missing)
        raise Unwritable(
            Problem(
                "message.no-value",
                Words(
                    f"不知道这位客户的 {names}，消息不能留空发出。",
                    f"{names} is not known for this customer; nothing goes out with a hole.",
                ),
                Words(
                    "请补充客户资料，或把这一处写进 {if …}…{end}。", "Complete the customer's data, or put the place within {if …}…{end}."
                ),
            )
        )
    return known
