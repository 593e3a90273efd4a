"""Every page that a person can see is among the documentation's pictures, or has its reason not to be."""

import re

import pytest
from django.urls import resolve

from tests.app.test_access_matrix import ROUTES
from tests.browser.pictured import HOUSES, README, UNSEEN, shots

SHOTS = list(shots())


def test_every_page_has_its_picture_or_a_reason_to_have_none():
    pictured = {resolve(re.sub(r"{\w+}", "1", shot.path).partition("?")[0]).url_name for shot in SHOTS if shot.path != "/nowhere/"}
    pages = {name for name, (method, _roles) in ROUTES.items() if method == "GET"}
    assert pages - pictured - UNSEEN.keys() == set(), "add these pages to tests/browser/pictured.py"
    assert not UNSEEN.keys() - pages, "these are pages no longer"
    assert not UNSEEN.keys() & pictured, "these have a picture after all"


def test_every_sheet_has_a_name_of_its_own_and_a_business_that_is_there():
    names = [shot.name for shot in SHOTS]
    assert sorted(set(names)) == sorted(names)
    assert set(README) <= set(names)
    assert {shot.house for shot in SHOTS} == HOUSES.keys()


@pytest.mark.parametrize("name", sorted(UNSEEN))
def test_every_exception_says_why(name):
    assert UNSEEN[name]
