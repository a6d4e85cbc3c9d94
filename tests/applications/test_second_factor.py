"""Staff and the second factor: no staff page before one, shown with real codes and real keys."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import translation

from applications import second_factor
from applications.accounts import views
from applications.models import Application, Message
from aspire.urls import urlpatterns as portal_urlpatterns
from tests.applications import scenes
from tests.applications.factors import ORIGIN, enrol_app, enrol_key
from tests.applications.people import (
    person,
    reauthenticate,
    sign_in,
    sign_in_by_code,
    totp_code,
    who,
)
from tests.applications.soft_key import SoftKey
from tests.journeys import portal
from tests.sign_in import bare_force_login

pytestmark = pytest.mark.django_db
OFFICER = "officer@amed.example"


def unguarded(request):
    """A staff page somebody adds later, with no thought of a second factor."""
    return HttpResponse("every team")


@login_not_required
def for_everybody(request):
    return HttpResponse("hello")


urlpatterns = [
    path("later/", unguarded),
    path("hello/", for_everybody),
    *portal_urlpatterns,
]


@pytest.fixture(autouse=True)
def real_address(settings):
    """Passkeys belong to the address of the setting, and need https as in production."""
    translation.activate("en")
    settings.PORTAL_URL = ORIGIN
    settings.ALLOWED_HOSTS = ["portal.example.jp", "testserver"]


@pytest.fixture
def officer():
    return person(OFFICER, staff_agency="AMED", staff_role="OFFICER")


@pytest.fixture
def desk() -> Client:
    return Client(headers={"host": "portal.example.jp"})


def staff_pages() -> list[str]:
    portal.fill()
    values = portal.samples()
    named = [route for route in portal.routes() if route.name.startswith("applications:staff")]
    return [route.at(values, "en") for route in named] + [
        "/admin/",
        "/admin/directory/agency/",
        "/admin/jsi18n/",
        "/admin/logout/",
    ]


# -- closed by construction -----------------------------------------------------------------


def test_no_staff_page_opens_after_a_password_alone(desk, officer):
    sign_in(desk, OFFICER)
    assert who(desk) == OFFICER

    came = {page: desk.get(page) for page in staff_pages()}

    assert {(a.status_code, a["Location"].partition("?")[0]) for a in came.values()} == {
        (302, "/en/accounts/2fa/")
    }
    assert all("next=" in answer["Location"] for answer in came.values())


def test_nor_a_team_page_nor_one_that_somebody_adds_later(desk, officer, settings):
    settings.ROOT_URLCONF = __name__
    sign_in(desk, OFFICER)

    assert desk.get("/later/").status_code == 302
    assert desk.get("/en/teams/").status_code == 302
    assert desk.post("/later/").status_code == 302
    assert desk.get("/hello/").status_code == 200


def test_without_the_middleware_they_all_open(desk, officer, settings, monkeypatch):
    """Negative control."""
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(second_factor, "is_shown", lambda request: True)
    sign_in(desk, OFFICER)

    assert desk.get("/later/").content == b"every team"
    assert desk.get("/en/staff/").status_code == 200


def test_researchers_need_none(desk, settings):
    settings.ROOT_URLCONF = __name__
    person("lead@example.org")
    sign_in(desk, "lead@example.org")

    assert desk.get("/later/").status_code == 200
    assert desk.get("/en/teams/").status_code == 200


def test_the_admins_own_door_leads_to_ours(desk):
    answer = desk.get("/admin/login/?next=/admin/")

    assert answer["Location"].startswith("/en/accounts/login/?next=")


def test_a_record_of_another_account_does_not_count(desk, officer):
    other = person("other@amed.example", staff_agency="AMED", staff_role="VIEWER")
    bare_force_login(desk, officer, "allauth.account.auth_backends.AuthenticationBackend")
    session = desk.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
    session["account_authentication_methods_user"] = str(other.pk)
    session.save()

    assert desk.get("/en/staff/").status_code == 302


# -- with an authenticator app --------------------------------------------------------------


def test_enrolling_an_app_opens_the_staff_pages_at_once_and_leads_on(
    desk, officer, django_capture_on_commit_callbacks
):
    sign_in(desk, OFFICER)
    why = desk.get("/en/staff/applications/", follow=True)
    assert "Staff pages open only with a second factor" in why.content.decode()
    reauthenticate(desk)

    with django_capture_on_commit_callbacks(execute=True):
        enrol_app(desk)

    codes = desk.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert 'href="/en/staff/applications/"' in codes
    assert desk.get("/en/staff/applications/").status_code == 200
    assert Message.objects.filter(recipient=OFFICER, subject__contains="Authenticator").exists()


@pytest.mark.parametrize("way", [sign_in, sign_in_by_code])
def test_the_next_sign_in_asks_for_the_code_whatever_the_first_step_was(desk, officer, way):
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    secret = enrol_app(desk)
    desk.post(reverse("account_logout"))

    assert way(desk, OFFICER)["Location"] == reverse("mfa_authenticate")
    assert who(desk) == ""
    wrong = desk.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (wrong.status_code, who(desk)) == (200, "")
    assert "with-key" not in wrong.content.decode()  # only what they have
    desk.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})

    assert who(desk) == OFFICER
    assert desk.get("/en/staff/").status_code == 200


def test_a_recovery_code_works_once(desk, officer):
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    enrol_app(desk)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    for expected in (OFFICER, ""):
        desk.post(reverse("account_logout"))
        sign_in(desk, OFFICER)
        desk.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert who(desk) == expected


def test_one_made_staff_while_signed_in_shows_the_factor_they_have(desk):
    user = person("later@amed.example")
    sign_in(desk, user.email)
    reauthenticate(desk)
    secret = enrol_app(desk)
    other = Client(headers={"host": "portal.example.jp"})
    bare_force_login(other, user, "allauth.account.auth_backends.AuthenticationBackend")
    user.staff_agency, user.staff_role = "AMED", "VIEWER"
    user.save()

    answer = other.get("/en/staff/")
    assert answer["Location"] == "/en/accounts/2fa/reauthenticate/?next=%2Fen%2Fstaff%2F"
    back = other.post(answer["Location"], {"code": totp_code(secret), "next": "/en/staff/"})

    assert back["Location"] == "/en/staff/"
    assert other.get("/en/staff/").status_code == 200


def test_staff_keep_one_second_factor(desk, officer):
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    enrol_app(desk)

    desk.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type="totp").count() == 1

    enrol_key(desk, SoftKey(ORIGIN))
    elsewhere = Client(headers={"host": "portal.example.jp"})
    sign_in(elsewhere, OFFICER)
    desk.post(reverse("mfa_deactivate_totp"))
    desk.post(reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(type="webauthn").pk]))

    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"webauthn", "recovery_codes"}
    assert desk.get("/en/staff/").status_code == 200


def _delete_a_key(desk) -> tuple[int, int]:
    """The answer to DELETE of the only second factor of staff, and how many keys are left."""
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    enrol_key(desk, SoftKey(ORIGIN))
    key = Authenticator.objects.get(type="webauthn")
    status = desk.delete(reverse("mfa_remove_webauthn", args=[key.pk])).status_code
    return status, Authenticator.objects.filter(type="webauthn").count()


def test_a_key_is_removed_by_the_form_alone(desk, officer):
    assert _delete_a_key(desk) == (405, 1)


def test_with_djangos_own_delete_staff_lose_their_last_key(desk, officer, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(views.RemovePasskey, "http_method_names", ["get", "post", "delete"])

    assert _delete_a_key(desk) == (302, 0)


# -- the waiver -----------------------------------------------------------------------------


@pytest.fixture
def waived(settings):
    settings.STAFF_SECOND_FACTOR_WAIVED = settings.DEBUG = True


def test_demo_staff_are_let_in_under_a_banner(desk, officer, waived):
    portal.fill()
    sign_in(desk, OFFICER)

    for page in ("/en/staff/", "/en/staff/applications/", "/admin/", "/admin/directory/agency/"):
        answer = desk.get(page)
        assert answer.status_code == 200
        assert "Without a second factor" in answer.content.decode()


def test_one_real_application_ends_the_waiver(desk, officer, waived):
    portal.fill()
    sign_in(desk, OFFICER)
    real = scenes.load_directory()
    Application.objects.filter(pk=Application.objects.first().pk).update(call=real)

    assert desk.get("/en/staff/").status_code == 302


@pytest.mark.parametrize(("waiver", "debug"), [(True, False), (False, True)])
def test_a_real_server_waives_nothing(desk, officer, settings, waiver, debug):
    settings.STAFF_SECOND_FACTOR_WAIVED, settings.DEBUG = waiver, debug
    sign_in(desk, OFFICER)

    assert desk.get("/en/staff/").status_code == 302


def test_superusers_see_no_secret_and_may_remove_a_lost_factor(client, officer):
    boss = person("root@example.org", is_superuser=True)
    lost = Authenticator.objects.create(user=officer, type="totp", data={"secret": "CANARY"})
    client.force_login(boss, "allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(f"/admin/mfa/authenticator/{lost.pk}/change/")
    assert page.status_code == 200
    assert "CANARY" not in page.content.decode()
    for closed in ("usersessions/usersession", "socialaccount/socialtoken"):
        assert client.get(f"/admin/{closed}/").status_code == 404
    client.post(f"/admin/mfa/authenticator/{lost.pk}/delete/", {"post": "yes"})

    assert not Authenticator.objects.exists()
