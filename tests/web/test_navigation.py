"""The sidebar: what a person may open, by groups; folded where it would be too long."""

import re

import pytest
from django.urls import reverse

from huifang.app.web import navigation
from huifang.app.web.navigation import AREAS, Area, links_for, shelves
from tests.app.dialler import by_file


def folded(client, path):
    """Titles of the groups of a page, and whether each is open."""
    html = client.get(path).content.decode()
    return {title: bool(is_open) for is_open, title in re.findall(r'<details class="nav-group"( open)?>\s*<summary title="([^"]+)"', html)}


def test_a_manager_finds_areas_by_groups_and_the_one_of_the_page_is_open(scene, signed_in):
    client = signed_in(scene.manager)
    groups = folded(client, reverse("overview"))
    assert groups.pop("Numbers") is True
    assert groups == dict.fromkeys(("Voice of the customer", "Shifts and training", "Checks and scores", "Planning and sending"), False)
    assert folded(client, reverse("scores"))["Checks and scores"] is True


def test_who_has_few_areas_sees_all_of_them(scene, signed_in):
    assert set(folded(signed_in(scene.agent), reverse("today")).values()) == {True}


def test_every_area_a_role_may_open_stands_in_the_sidebar_once(scene):
    by_file()
    for staff in (scene.agent, scene.supervisor, scene.reviewer, scene.manager, scene.administrator):
        links = links_for(staff, "/nowhere/")
        allowed = [reverse(area.route) for area in AREAS if navigation.access.may(staff, area.action)]
        assert sorted(link.url for link in links) == sorted(allowed)
        assert [link for shelf in shelves(links) for link in shelf.links] == links


@pytest.mark.parametrize(("managing", "group"), [(True, "Management"), (False, "")])
def test_an_area_that_no_group_names_stands_with_its_like(scene, monkeypatch, managing, group):
    monkeypatch.setattr(navigation, "AREAS", (*AREAS, Area("password", "New", "star", navigation.access.SEE_CUSTOMERS, managing)))
    found = next(link for link in links_for(scene.manager, "/password/") if link.title == "New")
    assert (found.group, found.here) == (group, True)


def test_a_group_of_one_area_stands_without_a_heading(scene):
    found = shelves(links_for(scene.agent, "/nowhere/"))
    assert all(len(shelf.links) > 1 for shelf in found if shelf.title)
    assert any(shelf.title == "" and link.url == reverse("training") for shelf in found for link in shelf.links)


def test_the_dialler_stands_in_the_sidebar_once_one_is_set_up(scene):
    page = reverse("dialling")
    assert page not in {link.url for link in links_for(scene.manager, "/nowhere/")}
    assert page in {link.url for link in links_for(scene.manager, page)}
    by_file()
    assert page in {link.url for link in links_for(scene.manager, "/nowhere/")}
