"""A published list is everybody's; who wrote it, and what its draft said before, stays with its agency."""

import pytest
from django.urls import reverse

from directory.models import Participation
from tests.directory.factories import EditionFactory, ParticipationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    """Made in the portal by somebody of AMED, a word of it changed meanwhile."""
    officer = UserFactory(
        email="kanaria@amed.example", name="Kanaria", staff_agency="AMED", staff_role="OFFICER"
    )
    edition = EditionFactory(
        code="amed-2026-11-01", published_at=None, made_by=officer, made_at="2026-11-01T00:00Z"
    )
    row = ParticipationFactory(edition=edition, summary_en="Thrown away")
    row.summary_en = "Kept"
    row.save()
    edition.published_at = "2026-11-02T00:00Z"
    edition.save()
    return row


@pytest.mark.parametrize(("agency", "reads"), [("AMED", True), ("JST", False)])
def test_histories_and_names_of_a_published_list(client, published, agency, reads):
    client.force_login(UserFactory(staff_agency=agency, staff_role="VIEWER"))
    recorded = Participation.history.filter(summary_en="Thrown away").values_list(
        "history_id", flat=True
    )[0]
    pages = {
        reverse("admin:directory_participation_history", args=[published.pk]),
        reverse("admin:directory_edition_history", args=[published.edition_id]),
        reverse("admin:directory_participation_simple_history", args=[published.pk, recorded]),
    }
    assert {client.get(page).status_code for page in pages} == {200 if reads else 403}

    edition = reverse("admin:directory_edition_change", args=[published.edition_id])
    shown = client.get(edition)
    assert shown.status_code == 200  # the list itself is everybody's
    assert ("kanaria@amed.example" in shown.content.decode()) is reads
    assert ("historylink" in shown.content.decode()) is reads  # no link to a page that refuses


@pytest.mark.parametrize(
    "asked", ["participation/add/?agency=x", "participation/add/?programmes=x", "programme/add/?agency=x",
              "agency/add/?country=xx&parent=x", "participation/add/?position=NaN&added_on=x"],
)  # fmt: skip
def test_what_no_field_can_take_is_not_filled_in_beforehand(client, asked):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    assert client.get(f"/admin/directory/{asked}").status_code == 200
