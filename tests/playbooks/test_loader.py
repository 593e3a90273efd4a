"""A broken file is told line by line; nothing that is not a playbook does any harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huifang.domain.errors import PlaybookError
from huifang.playbooks import library
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import load, loads

SMALL = """
format: huifang/1
playbook: small
title: {zh: 小, en: Small}
about: {zh: 小, en: Small}
events: {job: {title: {zh: 工作, en: Job}}}
programmes:
  day-after:
    title: {zh: 次日, en: Day after}
    purpose: service
    when: {after: job, wait: 1 day}
    within: 1 day
    through: [phone]
""".lstrip()


def problems(text: str | bytes) -> list[tuple[str, int | None, str]]:
    with pytest.raises(PlaybookError) as refused:
        loads(text, "f.yaml")
    assert all(problem.say("zh") and problem.remedy.zh and problem.remedy.en for problem in refused.value.problems)
    return [(problem.code, problem.place.line, problem.place.key) for problem in refused.value.problems]


def test_a_loaded_playbook_keeps_its_text_its_digest_and_its_lines() -> None:
    loaded = loads(SMALL, "small.yaml")
    assert loaded.text == SMALL
    assert len(loaded.sha256) == 64
    assert loaded.lines["programmes", "day-after", "when"] == 10
    assert not check_loaded(loaded)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, "utf-8-sig")
    assert load(path).playbook.playbook == "small"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="cannot be opened"):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\n\tb: 2", "yaml.tab", 2),
        ("a: [1\nb: }", "yaml.unreadable", 2),
        ("a: 1\nb: &x 1", "yaml.alias", 2),
        ("a: *x", "yaml.alias", 1),
        ("a: !!python/object x", "yaml.tag", 1),
        ("a: 1\n---\nb: 1", "yaml.documents", 2),
        ("? [1]\n: 2", "yaml.key", 1),
        ("[" * 40, "yaml.deep", 1),
        ("a: b\n\x00", "yaml.unreadable", 2),
        ("- a", "playbook.empty", 1),
        ("", "playbook.empty", 1),
        ("~", "playbook.empty", 1),
        (b"a: 1\nb: \xff", "yaml.encoding", 2),
        (b"a" * 1_000_001, "yaml.large", None),
        ("'", "yaml.unreadable", 1),
        ("a: [" + "1," * 50_100 + "]", "yaml.large", 1),
    ],
)
def test_text_that_is_no_yaml_is_told_with_its_line(text: str | bytes, code: str, line: int | None) -> None:
    assert [found[:2] for found in problems(text)] == [(code, line)]


def test_a_key_written_twice_is_told_beside_everything_else() -> None:
    found = problems(SMALL + "title: {zh: 再, en: Again}\n")
    assert found == [("yaml.twice", 13, "title")]
    assert ("yaml.twice", 13, "title") in problems(SMALL + "title: {zh: 再, en: Again}\ncolour: red\n")


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("format: huifang/1", "format: huifang/9", "choice", "format"),
        ("playbook: small", "playbook: Small One", "form", "playbook"),
        ("playbook: small", "playbook: " + "x" * 90, "long", "playbook"),
        ("title: {zh: 小, en: Small}", "title: {zh: 小}", "value", "title"),
        ("about: {zh: 小, en: Small}", "abuot: {zh: 小, en: Small}", "missing", "about"),
        ("purpose: service", "purpose: sales", "choice", "programmes › day-after › purpose"),
        ("{after: job, wait: 1 day}", "{wait: 1 day}", "trigger", "programmes › day-after › when"),
        ("{after: job, wait: 1 day}", "soon", "trigger", "programmes › day-after › when"),
        ("{after: job, wait: 1 day}", "{after: job, wait: 1 dy}", "value", "programmes › day-after › when › wait"),
        ("{after: job, wait: 1 day}", "{after: job}", "missing", "programmes › day-after › when › wait"),
        ("{after: job, wait: 1 day}", "{every: 1 month, times: 0}", "range", "programmes › day-after › when › times"),
        ("within: 1 day", "within: 1 day\n    bundle: maybe", "type", "programmes › day-after › bundle"),
        ("within: 1 day", "within: 1 day\n    attempts: {at most: 99}", "range", "programmes › day-after › attempts › at most"),
        ("within: 1 day", "within: 1 day\n    coverage: a lot", "value", "programmes › day-after › coverage"),
        ("within: 1 day", "within: 1 day\n    coverage: 101 %", "value", "programmes › day-after › coverage"),
        ("within: 1 day", "within: 1 day\n    for: ''", "few", "programmes › day-after › for"),
        ("through: [phone]", "through: []", "few", "programmes › day-after › through"),
        ("through: [phone]", "through: phone", "type", "programmes › day-after › through"),
        ("through: [phone]", "through: [phone, fax]", "choice", "programmes › day-after › through › 2"),
        ("through: [phone]", "thruogh: [phone]", "missing", "programmes › day-after › through"),
        ("events: {", "calendar: {days: never}\nevents: {", "choice", "calendar › days"),
        ("events: {", "calendar: {country: china}\nevents: {", "form", "calendar › country"),
    ],
)
def test_a_wrong_value_is_told_once_at_its_key(old: str, new: str, code: str, key: str) -> None:
    assert old in SMALL
    found = problems(SMALL.replace(old, new))
    assert (f"playbook.{code}", key) in [(one[0], one[2]) for one in found]
    assert len(found) == len({one[2] for one in found})
    assert all(line for _, line, _ in found)


def test_an_unknown_key_brings_the_nearest_known_one_of_its_part() -> None:
    with pytest.raises(PlaybookError) as refused:
        loads(SMALL.replace("within: 1 day", "within: 1 day\n    scirpt: a\n    attempts: {day part: 2}"))
    assert [problem.remedy.en for problem in refused.value.problems] == ["Did you mean “script”?", "Did you mean “day parts”?"]


def test_yaml_is_read_by_its_core_rules() -> None:
    text = SMALL.replace("within: 1 day", "within: 1 day\n    bundle: false\n    hold out: 0.5\n    script: ~\n    attempts: {at most: 2}")
    programme = loads(text.replace("playbook: small", "playbook: 'yes'")).playbook.programmes["day-after"]
    assert (programme.bundle, programme.hold_out, programme.script, programme.attempts.at_most) == (False, 0.5, None, 2)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    told(content)


@given(st.text("{}[]:,-?&*!|>'\"%@`# \n\tab1~", max_size=80))
def test_any_yaml_like_text_is_read_or_told(text: str) -> None:
    told(text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_spoilt_playbook_is_read_or_told(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["tickets", "membership", "inquiry", "property-sales"]))
    text = library.text(name)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    told(text[:start] + data.draw(st.text("{}[]:-' \nabéz09.&", max_size=6)) + text[end:])


def told(content: str | bytes) -> None:
    try:
        for problem in check_loaded(loads(content, "f.yaml")):
            assert problem.say("zh")
    except PlaybookError as error:
        assert error.problems  # noqa: PT017 - both ways are right
