"""What the address of an admin list may filter by: what the page offers. No more, or secrets are spelt out."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from applications.models import Invitation, Message
from directory.admin.site import Scoped, Window
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db


def offered(page: admin.ModelAdmin) -> set[str]:
    """The model's own fields by which the page offers to filter."""
    listed = {part[0] if isinstance(part, tuple) else part for part in page.list_filter}
    return listed | {page.date_hierarchy}


def spelt_out() -> list[str]:
    """Every field of every list that an address may ask about though the page does not offer it."""
    request = RequestFactory().get("/")
    request.user = UserFactory(is_superuser=True)
    return [
        f"{model.__name__}.{lookup}"
        for model, page in admin.site._registry.items()
        for field in model._meta.concrete_fields
        for lookup in (field.name, f"{field.name}__startswith", f"{field.attname}__regex")
        if field.name not in offered(page) and page.lookup_allowed(lookup, "a", request)
    ]


def test_no_list_is_filtered_by_a_field_that_its_page_does_not_offer():
    assert spelt_out() == []


def test_with_djangos_own_rule_secrets_would_be_spelt_out(monkeypatch):
    """Negative control."""
    monkeypatch.delattr(Scoped, "lookup_allowed")

    found = spelt_out()

    assert {"Message.secret__startswith", "Message.text__startswith"} <= set(found)
    assert "Invitation.token_digest__startswith" in found


@pytest.fixture
def ours(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED")


def asked(client, model: type, query: dict[str, str]) -> int:
    address = reverse(f"admin:applications_{model._meta.model_name}_changelist")
    return client.get(address, query).status_code


@pytest.mark.parametrize("superuser", [False, True])
def test_the_address_answers_neither_yes_nor_no_about_a_link(client, ours, superuser):
    Message.objects.update(secret="s3cret")
    client.force_login(UserFactory(is_superuser=True) if superuser else ours.staff)

    answers = {
        (asked(client, Message, {"secret__startswith": guess})) for guess in ("s3", "x", "")
    } | {asked(client, Message, {"text__contains": "kanaria"})}
    digest = asked(client, Invitation, {"token_digest__startswith": "k"})

    assert (answers, digest) == ({400}, 400)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "WAITING"},
        {"state__exact": "WAITING"},
        {"created_at__gte": "2026-01-01 00:00:00+09:00"},
        {"kind__exact": "RECEIPT", "state__exact": "WAITING"},
    ],
)
def test_what_the_page_offers_still_filters(client, ours, query):
    client.force_login(ours.staff)

    page = client.get(reverse("admin:applications_message_changelist"), query)

    assert page.status_code == 200
    assert list(page.context["cl"].result_list) == [ours.message]


@pytest.mark.parametrize(
    "query", [{"call__id__exact": ""}, {"application__call__id__exact": ""}, {"at__gte": ""}]
)
def test_filters_by_way_of_another_row_still_work(client, ours, query):
    [name] = query
    page = "applications_application" if name.startswith("call") else "applications_internalnote"
    value = "2026-01-01 00:00:00+09:00" if name == "at__gte" else str(ours.call.pk)
    client.force_login(ours.staff)

    assert client.get(reverse(f"admin:{page}_changelist"), {name: value}).status_code == 200


# -- the look-up of choices ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("app", "model", "field"),
    [
        ("applications", "membership", "researcher"),
        ("directory", "grant", "holder"),
        ("applications", "invitation", "membership"),
        ("directory", "researcher", "institution"),
    ],
)
def test_windows_offer_no_row_as_a_choice(client, ours, monkeypatch, app, model, field):
    """No form asks for one, and the look-up would show people without a trace."""
    client.force_login(ours.staff)
    asks = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    address = reverse("admin:autocomplete")

    refused = client.get(address, asks)
    monkeypatch.delattr(Window, "to_field_allowed")
    open_to_all = client.get(address, asks)

    assert (refused.status_code, open_to_all.status_code) == (403, 200)
    assert "kanaria" in open_to_all.content.decode() or field == "institution"
