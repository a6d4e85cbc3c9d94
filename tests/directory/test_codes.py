"""Addresses are read without regard to capitals, so what stands in them is written in small letters."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from directory.models import Agency, Call, Edition
from tests.directory.factories import AgencyFactory, CallFactory, EditionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("factory", "model", "field"),
    [
        (EditionFactory, Edition, "code"),
        (AgencyFactory, Agency, "slug"),
        (CallFactory, Call, "code"),
    ],
)
def test_the_database_refuses_capitals(factory, model, field):
    made = factory(**({"published_at": None} if model is Edition else {}))
    with pytest.raises(IntegrityError, match="is_in_small_letters"), transaction.atomic():
        model.objects.filter(pk=made.pk).update(**{field: "In-Capitals"})


def test_what_somebody_types_in_capitals_is_kept_in_small_letters():
    edition, agency = EditionFactory.build(code="AMED-2026-11-01"), AgencyFactory.build(slug="NWO")
    edition.clean()
    agency.clean()
    assert (edition.code, agency.slug) == ("amed-2026-11-01", "nwo")


def test_a_shared_link_finds_its_list_however_its_capitals_came_through(client):
    """What went wrong: a list published with a code in capitals closed the checker to everybody."""
    edition = EditionFactory(code="amed-2026-11-01")
    asked = {"field": "healthcare", "country": "SE", "agency": "other", "on": "2026-11-27"}

    found = [
        client.get(reverse("applications:check"), asked | {"edition": code}, follow=True).context[
            "edition"
        ]
        for code in ("amed-2026-11-01", "AMED-2026-11-01")
    ]

    assert found == [edition, edition]
