"""What staff read of a row in messages, histories and delete pages: words, no key and no stored code."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from directory.models import (
    Call,
    CallChange,
    Country,
    Edition,
    Erasure,
    ErasureRequest,
    Grant,
    Institution,
    NoticeRule,
    Participation,
    PublishedNote,
    PublishedPage,
    StaffRoleChange,
    User,
)
from tests.directory.factories import (
    AgencyFactory,
    CallAreaFactory,
    ConditionFactory,
    EditionFactory,
    GrantFactory,
    GrantFormatFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
    ResearcherFactory,
    UserFactory,
)

# In Japan it is the next day already.
AT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
USER, EDITION = User(pk=70001, email="hana@example.org"), Edition(pk=70002, code="amed-2026")
CALL = Call(pk=70003, code="amed-1", title_en="First call", title_ja="第1回")
AGENCY = AgencyFactory.build(pk=70004, slug="arc", acronym="ARC", name_en="Research Council")
ROW = Participation(pk=70005, edition=EDITION, agency=AGENCY)
WORDS = [
    (USER, "hana@example.org"),
    (StaffRoleChange(user=USER, role_before="", role_after="APPROVER"), "hana@example.org – → Approver"),
    (StaffRoleChange(user=USER, role_before="VIEWER", role_after=""), "hana@example.org Viewer → –"),
    (ErasureRequest(user=USER, requested_at=AT), "hana@example.org 2026-03-02"),
    (Country(code="AU", name_en="Australia", name_ja="豪"), "Australia"),
    (Institution(name="大学", name_latin="University"), "University"),
    (AGENCY, "Research Council (ARC)"),
    (ProgrammeFactory.build(agency=AGENCY, code="TIPS", name_en="Tips"), "Tips (TIPS)"),
    (GrantFormatFactory.build(agency=AGENCY, pattern="[0-9]"), "[0-9]"),
    (EDITION, "amed-2026"),
    (ROW, "Research Council (ARC)"),
    (NoticeRule(participation=ROW, strength="ENQUIRY"), "May ask questions"),
    (ConditionFactory.build(participation=ROW),
     "The collaboration involves research within the scope of the ERC grant."),
    (CALL, "amed-1 First call"),
    (CallAreaFactory.build(call=CALL, name_en="Cells"), "Cells"),
    (CallChange(call=CALL, at=AT), "amed-1 First call 2026-03-02"),
    (ResearcherFactory.build(name="山田 花", institution=None), "山田 花"),
    (Grant(reference="FT1", title="Fish"), "FT1"),
    (Grant(title="Fish"), "Fish"),
    (Grant(pk=70006), "A grant without a number"),
    (PublishedPage(edition=EDITION, seen_on=date(2026, 3, 2)), "amed-2026 2026-03-02"),
    (PublishedNote(name="Council (ARC)"), "Council (ARC)"),
    # Which row was erased, and nothing of whom: after a restore it is found by this number.
    (Erasure(subject="Researcher 12"), "Researcher 12"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "words"), WORDS)
def test_a_row_is_called_by_words(row, words):
    with timezone.override("Asia/Tokyo"):
        assert str(row) == words


def test_no_model_is_left_out():
    named = {type(row) for row, _words in WORDS}
    assert named == {
        one
        for one in apps.get_app_config("directory").get_models()
        if not hasattr(one, "history_type") and not hasattr(one, "instance_type")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_naming_rows_costs_nothing_beside_the_lists_own_statement(
    number, django_assert_num_queries
):
    draft = EditionFactory(published_at=None)
    for _place in range(number):
        row = ParticipationFactory(edition=draft)
        NoticeRuleFactory(participation=row)
        ConditionFactory(participation=row)
        GrantFactory()
    rows = [
        *Participation.objects.select_related("agency"),
        *NoticeRule.objects.all(),
        *draft.rows.first().conditions.all(),
        *Grant.objects.all(),
    ]
    assert len(rows) == 3 * number + 1

    with django_assert_num_queries(0):
        assert all(str(one) for one in rows)


@pytest.mark.django_db
def test_the_page_that_deletes_a_row_and_its_messages_speak_in_words(client):
    draft = EditionFactory(published_at=None)
    row = ParticipationFactory(edition=draft, agency__slug="arc")
    NoticeRuleFactory(participation=row, enquiry=True)
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    page = reverse("admin:directory_participation_delete", args=[row.pk])

    asked = client.get(page).content.decode()
    deleted = client.post(page, {"post": "yes"}, follow=True).content.decode()

    assert "May ask questions" in asked
    assert "ENQUIRY" not in asked
    assert "“Research Council ARC (ARC)” was deleted successfully" in deleted
