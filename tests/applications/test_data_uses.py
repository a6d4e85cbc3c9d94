"""The record of what staff read and take out: who sees it, what stands in it, and what stands out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import DataUse
from applications.queries.data_uses import unusual_uses, uses_seen_by
from tests.append_only import lifted
from tests.applications.exporting import REASON, whole_file
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
USES = reverse("applications:staff_uses")
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)  # noon in Japan


@pytest.fixture
def twins(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED"), world("JST")


def approver(owner: str = "AMED"):
    return UserFactory(staff_agency=owner, staff_role="APPROVER", name=f"Approver of {owner}")


def recorded() -> list[tuple]:
    found = DataUse.objects.order_by("pk").values_list(
        "kind", "name", "filters", "application", "rows"
    )
    return list(found)


# -- what is recorded ----------------------------------------------------------------------
def test_pages_about_people_are_on_record_once_a_day(client, twins):
    ours, _theirs = twins
    client.force_login(ours.staff)
    pages = [
        reverse("applications:staff_application", args=[ours.application.pk]),
        reverse("applications:staff_members"),
        reverse("applications:staff_members") + "?role=LEAD",
        reverse("applications:staff_mail_one", args=[ours.message.pk]),
    ]

    for _again in range(2):
        for page in pages:
            assert client.get(page).status_code == 200

    assert recorded() == [
        ("READ", "application", "", ours.application.pk, None),
        ("READ", "members", "page=1", None, 2),
        ("READ", "members", "role=LEAD&page=1", None, 1),
        ("READ", f"mail {ours.message.pk}", "", ours.application.pk, None),
    ]
    assert set(DataUse.objects.values_list("by", "agency", "personal")) == {
        (ours.staff.pk, "AMED", True)
    }


def test_what_is_refused_is_not_on_record(client, twins):
    ours, theirs = twins
    client.force_login(ours.staff)

    answers = [
        client.get(reverse("applications:staff_application", args=[theirs.application.pk])),
        client.get(reverse("applications:staff_mail_one", args=[theirs.message.pk])),
        client.get(reverse("applications:staff_members"), {"agnecy": "rcn"}),
    ]

    assert [one.status_code for one in answers] == [404, 404, 400]
    assert recorded() == []


@pytest.mark.parametrize(
    "later, rows",
    [
        (timedelta(hours=11, minutes=59), 1),  # before midnight in Japan
        (timedelta(hours=12), 2),  # midnight in Japan, still the same day in UTC
    ],
)
def test_the_day_is_japans(twins, later, rows):
    ours, _theirs = twins
    for at in (NOON, NOON + later):
        actions.record_reading(
            name="application", application=ours.application, by=ours.staff, at=at
        )

    assert DataUse.objects.count() == rows


@pytest.mark.parametrize("kind", ["reading", "export"])
def test_only_staff_are_recorded(kind):
    record = {
        "reading": lambda by: actions.record_reading(name="application", by=by, at=NOON),
        "export": lambda by: actions.record_export(
            name="members.csv", filters="", columns=[], personal=False, rows=1, reason="",
            by=by, at=NOON,
        ),
    }[kind]  # fmt: skip

    with pytest.raises(actions.NotPermitted):
        record(UserFactory())

    assert DataUse.objects.count() == 0


def test_personal_columns_are_never_recorded_without_a_reason(twins):
    with pytest.raises(actions.ReasonNeeded):
        actions.record_export(
            name="members.csv", filters="", columns=["name"], personal=True, rows=1, reason=" ",
            by=twins[0].staff, at=NOON,
        )  # fmt: skip

    assert DataUse.objects.count() == 0


# -- who sees it ---------------------------------------------------------------------------
def use_all(client, *worlds) -> None:
    """Each world's officer opens the application and exports the people."""
    for one in worlds:
        client.force_login(one.staff)
        client.get(reverse("applications:staff_application", args=[one.application.pk]))
        whole_file(client, "members", f"q={one.canary}", reason=f"{one.canary} {REASON}")


def test_approvers_see_their_agency_others_themselves(client, twins):
    use_all(client, *twins)
    amed, jst = (one.staff for one in twins)
    root = UserFactory(is_superuser=True)
    actions.record_reading(
        name="application", application=twins[0].application, by=root, at=timezone.now()
    )

    def seen(user) -> list[tuple]:
        return sorted(uses_seen_by(user).values_list("by", "kind"))

    of_amed = [(amed.pk, "EXPORT"), (amed.pk, "READ")]
    of_jst = [(jst.pk, "EXPORT"), (jst.pk, "READ")]
    assert seen(amed) == of_amed
    assert seen(jst) == of_jst
    assert seen(UserFactory(staff_agency="AMED", staff_role="VIEWER")) == []
    assert seen(UserFactory()) == []
    # A superuser's look at an application is its agency's business.
    assert seen(approver("AMED")) == sorted([*of_amed, (root.pk, "READ")])
    assert seen(approver("JST")) == of_jst
    assert seen(root) == sorted([*of_amed, *of_jst, (root.pk, "READ")])


def test_the_page_of_one_agency_holds_nothing_of_the_other(client, twins):
    use_all(client, *twins)
    client.force_login(approver("AMED"))

    html = client.get(USES).content.decode()

    assert (twins[0].canary in html, twins[1].canary in html) == (True, False)
    assert twins[1].application.receipt not in html
    assert twins[1].staff.get_full_name() not in html


def test_without_the_scope_the_page_shows_the_other_agency(client, twins, monkeypatch):
    """Negative control of the test above."""
    from applications.views import data_uses

    use_all(client, *twins)
    monkeypatch.setattr(data_uses.data_uses, "uses_seen_by", lambda user: DataUse.objects.all())
    client.force_login(approver("AMED"))

    assert twins[1].canary in client.get(USES).content.decode()


def test_an_officer_sees_only_the_own_and_no_choice_of_colleagues(client, twins):
    use_all(client, twins[0])
    colleague = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    client.force_login(colleague)

    page = client.get(USES, {"mine": "true", "kind": "EXPORT"})

    assert page.context["rows"] == []
    assert list(page.context["form"].fields) == ["kind", "personal", "since", "until"]
    assert "unusual" not in page.content.decode()


def test_the_record_is_in_words(client, twins):
    ours, _theirs = twins
    client.force_login(ours.staff)
    whole_file(client, "notices", "state=RECORDED")
    client.get(reverse("applications:staff_members"))

    rows = client.get(USES).context["rows"]
    number = DataUse.objects.get(kind="EXPORT").pk

    assert [row[1:] for row in rows] == [
        [ours.staff.get_full_name(), "List of people", "–", "Page: 1", "–", 2, "–"],
        [
            *(
                ours.staff.get_full_name(),
                f"Export {number}: Notices (CSV), with personal columns",
                "–",
            ),
            "State: Recorded as done",
            "Receipt number; Funder; Body to be told; Holder; What is asked; Occasion; State; "
            "Due on; Recipient; Way; Done on; Recorded by; Proof; Acknowledged at (Japan time)",
            *(1, REASON),
        ],
    ]


@pytest.mark.parametrize(
    "query, found",
    [
        ({}, 2),
        ({"kind": "EXPORT"}, 1),
        ({"personal": "true"}, 2),
        ({"personal": "false"}, 0),
        ({"mine": "true"}, 0),
        ({"since": "2026-05-01", "until": "2026-05-02"}, 0),
        ({"kind": "nonsense"}, 0),
    ],
)
def test_filters(client, twins, query, found):
    use_all(client, twins[0])
    client.force_login(approver())

    assert len(client.get(USES, query).context["rows"]) == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_three_rows_as_for_one(
    client, twins, django_assert_num_queries, number
):
    for _time in range(number):
        use_all(client, twins[0])
    with lifted():
        DataUse.objects.filter(kind="READ").delete()
    client.force_login(approver())

    # session, user, colleagues, page, days of use, switch of mail; names where a day stands out
    with django_assert_num_queries(6):
        rows = client.get(USES).context["rows"]

    assert len(rows) == number


# -- what stands out -----------------------------------------------------------------------
def test_a_day_far_above_ones_own_is_said_to_the_approver(client, twins):
    ours, _theirs = twins
    ours.staff.name = "Hanako"
    ours.staff.save()
    today = timezone.now()
    for back, pages in ((3, 10), (2, 12), (1, 50)):
        DataUse.objects.bulk_create(
            DataUse(
                kind="READ", by=ours.staff, agency="AMED", at=today - timedelta(days=back),
                application=ours.application, name=f"mail {number}", personal=True,
            )
            for number in range(pages)
        )  # fmt: skip
    client.force_login(approver())

    [told] = client.get(USES).context["unusual"]

    assert told["words"].endswith(", Hanako: 50 pages opened (usual day: 11)")
    assert client.get(told["url"]).context["page_obj"].paginator.count == 50


def test_rows_of_lists_count_however_few_the_pages(twins):
    """29 pages of 50 people each: too few pages to stand out, too many people not to."""
    for number in range(29):
        DataUse.objects.create(
            kind="READ", by=twins[0].staff, agency="AMED", at=NOON, name="members",
            filters=f"page={number}", personal=True, rows=50,
        )  # fmt: skip

    assert [(one.measure, one.amount) for one in unusual_uses(uses_seen_by(approver()), NOON)] == [
        ("LISTED", 1450)
    ]


def test_rows_of_exports_count_where_they_are_personal(twins):
    ours, _theirs = twins
    for personal in (True, False):
        DataUse.objects.create(
            kind="EXPORT", by=ours.staff, agency="AMED", at=NOON, name="members.csv",
            personal=personal, rows=5000, reason="why",
        )  # fmt: skip

    assert [(one.measure, one.amount) for one in unusual_uses(uses_seen_by(approver()), NOON)] == [
        ("ROWS", 5000)
    ]
