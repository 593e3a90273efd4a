"""The product's own words in Chinese: read from ``locale/zh_Hans/LC_MESSAGES/*.po``, one file for each area of the product,
compiled together into the data folder when that is stale. What customers read on the page of a questionnaire stands in further languages
beside it, ``locale/ja/...``.

Every msgid is English as people read it. `used` finds all of them in code and templates, so that a test can tell what is untranslated.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation import gettext

from huifang.domain.errors import Problem
from huifang.domain.languages import CHINESE, ENGLISH, fitting

HERE = Path(__file__).resolve().parent
LOCALES = HERE / "locale"
SOURCES = LOCALES / "zh_Hans" / "LC_MESSAGES"
FURTHER = ("zh-Hant", "ja", "ko", "es")
"""Languages in which only customers are spoken to."""
_CALLS = frozenset({"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"})
_IN_TAG = re.compile(r"""(?:\{%\s*(?:translate|trans)\s+|\b_\()(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def compile_into(folder: Path, locales: Path = LOCALES) -> bool:
    """Write the compiled words of every language below `folder` where they are missing or older than their source; whether it was needed.

    Many processes may do so at once.
    """
    return sum(_compile(folder / each.name, each / "LC_MESSAGES") for each in sorted(locales.iterdir()) if each.is_dir()) > 0


def _compile(folder: Path, sources: Path) -> bool:
    target = folder / "LC_MESSAGES" / "django.mo"
    files = sorted(sources.glob("*.po"))
    if target.exists() and all(target.stat().st_mtime >= each.stat().st_mtime for each in files):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"django.{os.getpid()}.mo")
    first, *others = (polib.pofile(str(each)) for each in files)
    for other in others:
        first.extend(other)
    first.save_as_mofile(str(new))
    new.replace(target)
    return True


def own_words(language: str) -> str:
    """The language in which the product speaks to a customer who reads `language`: their own, else Chinese or English. Django's code.

    >>> own_words("ja"), own_words("zh-HK"), own_words("zh-Hans"), own_words("ar")
    ('ja', 'zh-hant', 'zh-hans', 'en')
    """
    return (fitting(language, (CHINESE, ENGLISH, *FURTHER)) or ENGLISH).lower()


def told(problem: Problem, language: str) -> str:
    """What is wrong with an answer, in a customer's language: while the page speaks it (`own_words`). Where that quotes what they gave, the
    remedy alone stands in for it in the further languages.
    """
    if own_words(language) in (CHINESE.lower(), ENGLISH):
        return problem.what.say(language)
    known = (gettext(words.en) for words in (problem.what, problem.remedy))
    return next((text for text, words in zip(known, (problem.what, problem.remedy), strict=True) if text != words.en), problem.what.en)


def used(root: Path = HERE) -> set[tuple[str, str]]:
    """Every message in the code and templates below `root`: singular and plural (empty where there is none)."""
    found: set[tuple[str, str]] = set()
    for path in sorted(root.rglob("*.py")):
        found.update(_in_code(path.read_text("utf-8")))
    for path in sorted(root.rglob("templates/**/*.html")):
        found.update(_in_template(path.read_text("utf-8")))
    return found


def entries(sources: Path = SOURCES) -> list[polib.POEntry]:
    """Every message of every area with its Chinese."""
    return [entry for each in sorted(sources.glob("*.po")) for entry in polib.pofile(str(each))]


def translated() -> set[tuple[str, str]]:
    """Every message that has its Chinese."""
    return {(entry.msgid, entry.msgid_plural) for entry in entries() if entry.translated()}


def _in_code(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            said = [each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if said:
                yield said[0], said[1] if node.func.id.startswith("ngettext") and len(said) > 1 else ""


def _in_template(text: str) -> Iterator[tuple[str, str]]:
    from django.template import engines
    from django.templatetags.i18n import BlockTranslateNode

    for double, single in _IN_TAG.findall(text):
        yield (double or single).replace("\\'", "'").replace('\\"', '"'), ""
    engine = engines["django"].engine  # type: ignore[attr-defined]  # django-stubs types engines by their common base
    for node in engine.from_string(text).nodelist.get_nodes_by_type(BlockTranslateNode):
        singular, _names = node.render_token_list(node.singular)
        plural, _more = node.render_token_list(node.plural) if node.plural else ("", [])
        yield (_trim(singular), _trim(plural)) if node.trimmed else (singular, plural)


def _trim(text: str) -> str:
    return " ".join(line.strip() for line in text.strip().splitlines())
