import pytest
from django.test import Client, override_settings
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.business_time import business_day
from huifang.app.records.models import FollowUp, Staff
from huifang.app.web.navigation import home_of
from tests.web import scene as scenes


def _post(client: Client, name: str, password: str) -> object:
    return client.post(reverse("sign-in"), {"username": name, "password": password})


def test_right_name_and_password_lead_to_ones_first_page(scene, client):
    response = _post(client, "A01", scenes.PASSWORD)
    assert response.status_code == 302
    assert client.get(reverse("home")).url == reverse("today")


def test_a_wrong_password_is_told_without_saying_which_was_wrong(scene, client):
    response = _post(client, "a01", "wrong")
    assert "The name or the password is not right" in response.content.decode() or "登录名或密码不正确" in response.content.decode()


def test_too_many_wrong_passwords_close_the_door_for_a_while(scene, client):
    for _try in range(8):
        response = _post(client, "a02", "wrong")
    assert response.status_code == 429
    assert "15" in response.content.decode()
    assert _post(client, "a02", scenes.PASSWORD).status_code == 429


def test_an_installation_without_staff_says_how_to_begin(db, client):
    assert b"huifang setup" in client.get(reverse("sign-in")).content


def test_the_demo_names_its_logins_and_a_real_installation_does_not(scene, client, settings):
    assert b"<code>s01</code>" not in client.get(reverse("sign-in")).content
    from dataclasses import replace

    with override_settings(HUIFANG=replace(settings.HUIFANG, demo=True)):
        assert b"<code>s01</code>" in client.get(reverse("sign-in")).content
        chosen = client.get(reverse("sign-in"), {"as": "a01"}).content.decode()
        assert 'value="a01"' in chosen
        assert 'value="huifang-demo"' in chosen
    assert b"huifang-demo" not in client.get(reverse("sign-in"), {"as": "a01"}).content


def test_signing_out_needs_a_post(scene, signed_in):
    client = signed_in(scene.agent)
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out")).url == reverse("sign-in")
    assert client.get(reverse("today")).status_code == 302


def test_a_part_asked_for_after_the_session_ended_is_told_so(scene, client):
    assert client.post(reverse("followup-draft", args=[1]), headers={"X-Part": "1"}).status_code == 401
    assert client.get(reverse("today"), headers={"HX-Request": "true"}).status_code == 401


def test_whoever_must_change_the_password_sees_nothing_else(scene, signed_in):
    Staff.objects.filter(pk=scene.agent.pk).update(must_change_password=True)
    client = signed_in(scene.agent)
    assert client.get(reverse("today")).url == reverse("password")
    new = "a quiet new sentence"
    form = {"old_password": scenes.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("password"), form | {"new_password2": "other"}).status_code == 422
    assert client.post(reverse("password"), form).status_code == 302
    assert client.get(reverse("today")).status_code == 200


def test_language_and_theme_are_kept_with_the_person(scene, signed_in):
    client = signed_in(scene.agent)
    client.post(reverse("language"), {"language": "zh-hans", "next": "/today/"})
    assert "今日回访" in client.get(reverse("today")).content.decode()
    client.post(reverse("theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in client.get(reverse("today")).content.decode()
    scene.agent.refresh_from_db()
    assert (scene.agent.language, scene.agent.theme) == ("zh-hans", "dark")
    assert client.post(reverse("theme"), {"theme": "pink"}).status_code == 400


def test_going_back_never_leaves_the_site(scene, client):
    assert client.post(reverse("language"), {"language": "en", "next": "https://elsewhere.example/"}).url == "/"


def test_everybody_has_a_first_page(scene):
    assert home_of(scene.administrator) == reverse("settings")
    assert home_of(Staff(role="none")) == reverse("password")


def test_errors_are_pages_in_words(scene, signed_in):
    client = signed_in(scene.agent)
    assert "There is nothing here" in client.get("/nowhere/").content.decode()
    assert client.get(reverse("customer", args=[999999])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(scene.agent, backend="django.contrib.auth.backends.ModelBackend")
    response = strict.post(reverse("following"))
    assert response.status_code == 403
    assert "The page was open too long" in response.content.decode()


def test_no_page_carries_a_script_or_style_of_its_own(scene, signed_in):
    client = signed_in(scene.supervisor)
    for name, args in (
        ("today", []),
        ("followup", [scene.first.pk]),
        ("customers", []),
        ("customer", [scene.first.customer_id]),
        ("cases", []),
    ):
        text = client.get(reverse(name, args=args)).content.decode()
        assert "style=" not in text
        assert "onclick" not in text
        assert "<script>" not in text
        assert "<style" not in text


def test_an_address_that_only_takes_forms_says_so(scene, signed_in):
    client = signed_in(scene.supervisor)
    refused = client.get(reverse("absence-new"))
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert "This address takes a form" in refused.content.decode()
    assert client.head(reverse("absence-new")).content == b""
    program = Client().get("/api/v1/calls")
    assert program.status_code == 405
    assert b"<" not in program.content, "a program gets no page"


def test_an_error_keeps_the_way_on(scene, signed_in, client):
    assert f'href="{reverse("today")}"' in signed_in(scene.agent).get("/nowhere/").content.decode()  # the sidebar stays
    assert 'class="side"' not in client.get("/nowhere/").content.decode()


@pytest.mark.parametrize(
    ("role", "route"),
    [
        ("agent", "today"), ("supervisor", "day"), ("manager", "overview"), ("reviewer", "reviews"), ("administrator", "settings"),
    ],
)  # fmt: skip
def test_each_role_lands_on_its_own_first_page(scene, signed_in, role, route):
    assert signed_in(getattr(scene, role)).get(reverse("home")).url == reverse(route)


@pytest.mark.parametrize("role", ["supervisor", "manager"])
def test_who_has_follow_ups_of_their_own_to_do_today_lands_on_them_and_the_link_stays_in_any_case(scene, signed_in, role):
    person, client = getattr(scene, role), signed_in(getattr(scene, role))
    assert 'href="/today/"' in client.get(client.get(reverse("home")).url).content.decode()
    FollowUp.objects.filter(pk=scene.first.pk).update(staff=person, day=business_day(business_clock.now()))
    assert client.get(reverse("home")).url == reverse("today")
    FollowUp.objects.filter(pk=scene.first.pk).update(state="done")
    assert client.get(reverse("home")).url != reverse("today")
