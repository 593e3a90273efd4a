"""Parts of a template that read the same for everybody: drawn once for each language, and nothing of a page gets into them."""

import pytest
from django.template import Context, TemplateSyntaxError, engines
from django.urls import reverse
from django.utils import translation

from huifang.app.web.navigation import AREAS


def drawn(inside, **page):
    template = engines["django"].from_string("{% load i18n static huifang still %}{% still %}" + inside + "{% endstill %}")
    return [template.render(page) for _twice in range(2)]


def test_what_is_still_is_drawn_in_each_language():
    template = engines["django"].from_string("{% load i18n still %}{% still %}<b>{% translate 'Today' %}</b>{% endstill %}")
    said = {}
    for language in ("en", "zh-hans", "en", "zh-hans"):
        with translation.override(language):
            said.setdefault(language, set()).add(template.render({}))
    assert said == {"en": {"<b>Today</b>"}, "zh-hans": {"<b>今日回访</b>"}}


def test_links_icons_files_parts_and_loops_may_stand_in_it():
    inside = (
        "{% url 'today' %}{% icon 'x' %}{% static 'web/css/today.css' %}{% include 'web/parts/mark.html' %}"
        "{% for each in 'ab' %}{{ each }}{{ forloop.counter }}{% endfor %}{% translate 'Today' as word %}{{ word }}"
    )
    first, second = drawn(inside)
    assert first == second
    assert all(part in first for part in (reverse("today"), "<svg", "today.", "brand-mark", "a1b2"))


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("{{ staff.name }}", id="a person"),
        pytest.param("{{ theme|default:'light' }}", id="behind a filter"),
        pytest.param("{% if staff %}here{% endif %}", id="a condition"),
        pytest.param("{% for link in links %}{{ link }}{% endfor %}", id="a loop"),
        pytest.param("{% csrf_token %}", id="a token"),
        pytest.param("{% url 'followup' number %}", id="an address of one thing"),
        pytest.param("{% include 'web/parts/language.html' %}", id="a part that needs them"),
    ],
)
def test_nothing_of_one_page_can_stand_in_it(inside):
    with pytest.raises(TemplateSyntaxError, match="belongs to one page"):
        drawn(inside, staff="王丽华", theme="dark", links=["a"], csrf_token="t", number=5, path="/")


def test_a_page_around_it_keeps_what_it_knows():
    template = engines["django"].from_string("{% load still %}{{ name }}{% still %}–{% endstill %}{{ name }}").template
    assert template.render(Context({"name": "王"})) == "王–王"
    assert template.render(Context({"name": "李"})) == "李–李"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_s_own_menu_has_the_page_s_address_and_token_each_time(scene, signed_in, language):
    scene.agent.language = language
    scene.agent.save()
    client = signed_in(scene.agent)
    for search, written in (("%7Bx%7D&a=%22%3E", "%7Bx%7D&amp;a=%22%3E"), ("y", "y")):
        page = client.get(f"{reverse('customers')}?q={search}").content.decode()
        assert page.count(f'name="next" value="{reverse("customers")}?q={written}"') == 4  # language and theme, at the side and at the foot
        assert page.count('name="csrfmiddlewaretoken"') >= 6
        assert 'value="{token}"' not in page
        assert f'name="language" value="{language}"' in page


def test_no_title_of_an_area_is_taken_for_a_place_to_fill():
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert not any(sign in str(area.title) for area in AREAS for sign in "{}")
