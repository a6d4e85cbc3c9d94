"""A list may gain a country: officers and approvers add it and mend its names; its code stays, and it is never deleted."""

import pytest
from django.urls import reverse, reverse_lazy

from directory.models import Country
from tests.directory.factories import CountryFactory, UserFactory

pytestmark = pytest.mark.django_db
ADD = reverse_lazy("admin:directory_country_add")
FINLAND = {"code": "FI", "name_en": "Finland", "name_ja": "フィンランド"}
EU = {"code": "EU", "name_en": "European Union", "name_ja": "欧州連合"}
REFUSED = "Write the two letters of ISO 3166, such as GB for the United Kingdom, or EU."
MISSING = "This field is required."


def signed_in(client, role="OFFICER", agency="AMED", **account):
    client.force_login(UserFactory(**account or {"staff_agency": agency, "staff_role": role}))
    return client


def stored():
    return list(Country.objects.order_by("code").values_list("code", "name_en", "name_ja"))


@pytest.mark.parametrize("agency", ["AMED", "JST"])
@pytest.mark.parametrize("role", ["OFFICER", "APPROVER"])
def test_officers_and_approvers_of_either_agency_add_a_country(client, agency, role):
    answer = signed_in(client, role, agency).post(ADD, FINLAND | {"code": "fi"})

    assert answer.status_code == 302
    assert stored() == [tuple(FINLAND.values())]


def test_the_area_that_is_no_country_is_added_by_its_letters(client):
    assert signed_in(client).post(ADD, EU).status_code == 302
    assert stored() == [tuple(EU.values())]


def test_a_viewer_adds_none(client):
    assert signed_in(client, "VIEWER").post(ADD, FINLAND).status_code == 403
    assert stored() == []


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"code": "UK"}, {"code": [REFUSED]}),
        ({"code": "ZZ"}, {"code": [REFUSED]}),
        ({"code": "F"}, {"code": [REFUSED]}),
        ({"code": ""}, {"code": [MISSING]}),
        ({"code": "no"}, {"code": ["Country or area with this Code already exists."]}),
        ({"name_en": "", "name_ja": ""}, {"name_en": [MISSING], "name_ja": [MISSING]}),
        ({"name_en": "Norway"}, {"name_en": ["Country or area with this Name in English already exists."]}),
    ],
)  # fmt: skip
def test_what_is_no_country_or_is_there_already_is_refused_at_its_field(client, entered, said):
    norway = CountryFactory()

    page = signed_in(client).post(ADD, FINLAND | entered)

    assert page.context["adminform"].form.errors == said
    assert stored() == [(norway.code, norway.name_en, norway.name_ja)]


@pytest.mark.parametrize("account", [{"staff_agency": "AMED", "staff_role": "OFFICER"}, {"is_superuser": True}])  # fmt: skip
def test_names_are_mended_and_the_code_stays(client, account):
    norway = CountryFactory()
    page = reverse("admin:directory_country_change", args=[norway.pk])
    signed_in(client, **account)

    assert "code" not in client.get(page).context["adminform"].form.fields
    mended = {"code": "SE", "name_en": "Norway", "name_ja": "ノルウェー王国"}
    assert client.post(page, mended).status_code == 302

    assert stored() == [("NO", "Norway", "ノルウェー王国")]


@pytest.mark.parametrize("account", [{"staff_agency": "AMED", "staff_role": "APPROVER"}, {"is_superuser": True}])  # fmt: skip
def test_nobody_deletes_a_country(client, account):
    norway = CountryFactory()
    signed_in(client, **account)
    chosen = {"action": "delete_selected", "_selected_action": [norway.pk], "post": "yes"}

    client.post(reverse("admin:directory_country_changelist"), chosen)
    answer = client.post(reverse("admin:directory_country_delete", args=[norway.pk]), {"post": "yes"})  # fmt: skip

    assert answer.status_code == 403
    assert stored() == [("NO", "Norway", "ノルウェー")]
