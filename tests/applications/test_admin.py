"""The admin: a workbench on the directory, a window on applications, each agency to itself."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse

from applications.models import DataUse, EffectPreview, GoldenCase, Publication
from directory.models import (
    Call,
    Edition,
    GrantFormat,
    Participation,
    Programme,
    StaffRoleChange,
    User,
)
from tests.applications.twins import with_all_rows, world
from tests.directory.factories import (
    PUBLISHED_AT,
    AgencyFactory,
    CallFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# Page name -> the twin's own row behind it.
OWN = {
    "applications_application": lambda one: one.application,
    "applications_event": lambda one: one.event,
    "applications_notice": lambda one: one.notice,
    "applications_message": lambda one: one.message,
    "applications_invitation": lambda one: one.invitation,
    "applications_proof": lambda one: one.proof,
    "applications_team": lambda one: one.application.team,
    "applications_membership": lambda one: one.lead,
    "applications_reliedgrant": lambda one: one.relied,
    "applications_version": lambda one: one.application.versions.get(),
    "applications_internalnote": lambda one: one.application.internal_notes.get(),
    "applications_teamletter": lambda one: one.application.team_letters.get(),
    "applications_datause": lambda one: DataUse.objects.get(name=f"{one.canary}.csv"),
    "applications_goldencase": lambda one: GoldenCase.objects.get(edition=one.call.edition),
    "applications_effectpreview": lambda one: EffectPreview.objects.get(edition=one.call.edition),
    "applications_publication": lambda one: Publication.objects.get(edition=one.call.edition),
    "directory_publishedpage": lambda one: one.call.edition.pages.get(),
    "directory_callchange": lambda one: one.call.changes.get(),
    "directory_staffrolechange": lambda one: one.staff.role_changes.get(),
    "directory_researcher": lambda one: one.lead.researcher,
    "directory_grant": lambda one: one.relied.grant,
    "directory_institution": lambda one: one.lead.researcher.institution,
    "directory_call": lambda one: one.call,
    "directory_edition": lambda one: one.call.edition,
}
# The workbench, and what only its owner and approvers see, stand elsewhere.
ELSEWHERE = ("directory_call", "directory_edition", "applications_datause")
WINDOWS = [name for name in OWN if name not in ELSEWHERE]


def staff(role: str = "OFFICER", agency: str = "AMED") -> User:
    return UserFactory(staff_agency=agency, staff_role=role)


@pytest.fixture
def twins(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return with_all_rows(world("AMED")), with_all_rows(world("JST"))


@pytest.mark.parametrize("owner", ["AMED", "JST"])
@pytest.mark.parametrize("name", OWN)
def test_lists_searches_pages_and_histories_hold_one_agency_only(client, twins, name, owner):
    ours = next(one for one in twins if one.owner == owner)
    theirs = next(one for one in twins if one.owner != owner)
    client.force_login(ours.staff)
    changelist = reverse(f"admin:{name}_changelist")

    # Our own row is there, theirs is nowhere, not even when asked for by its words.
    assert OWN[name](ours) in client.get(changelist).context["cl"].result_list
    for url in [changelist, f"{changelist}?q={ours.canary}"]:
        assert theirs.canary not in client.get(url).content.decode()
    searched = client.get(changelist, {"q": theirs.canary})
    assert searched.context["cl"].result_count == 0
    for page in ("change", "history", "delete"):
        address = reverse(f"admin:{name}_{page}", args=[OWN[name](theirs).pk])
        assert client.get(address).status_code in (403, 404), address
        assert theirs.canary not in client.get(address).content.decode()
    assert client.get(reverse(f"admin:{name}_change", args=[OWN[name](ours).pk])).status_code == 200


def test_of_a_published_list_the_other_agency_sees_the_page_and_not_what_stands_behind(
    client, twins
):
    ours, theirs = twins
    Edition.objects.filter(pk=theirs.call.edition_id).update(published_at=PUBLISHED_AT)
    client.force_login(ours.staff)

    def page(name):
        return client.get(reverse(f"admin:{name}_change", args=[OWN[name](theirs).pk])).status_code

    assert page("directory_publishedpage") == 200
    for name in ("goldencase", "effectpreview", "publication"):
        assert page(f"applications_{name}") == 404


def test_an_edition_that_is_added_says_by_whom(client):
    officer = staff()
    client.force_login(officer)
    values = {"code": "amed-new", "owner": "AMED", "as_of": "2026-04-01", "reason": "A new year"}
    values |= {"updated_on": "2026-04-02", "source": "https://www.amed.go.jp/list.html"}
    rows = {"rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0}

    saved = client.post(reverse("admin:directory_edition_add"), values | rows | {"made_by": 1})

    assert saved.status_code == 302
    made = Edition.objects.get()
    assert (made.made_by, made.made_at is None, made.published_at) == (officer, False, None)


def test_without_the_scope_the_twins_would_be_seen(client, twins, monkeypatch):
    """Negative control: the test above notices a missing scope."""
    from directory.admin.calls import CallAdmin
    from directory.admin.site import Kept

    ours, theirs = twins
    monkeypatch.setattr(
        CallAdmin, "get_queryset", lambda self, r: super(Kept, self).get_queryset(r)
    )
    client.force_login(ours.staff)

    page = client.get(reverse("admin:directory_call_changelist"))

    assert theirs.canary in page.content.decode()


def test_recorded_versions_of_the_others_call_are_not_shown(client, twins):
    ours, theirs = twins
    client.force_login(ours.staff)

    def version(one):
        record = one.call.history.get()
        return reverse("admin:directory_call_simple_history", args=[one.call.pk, record.pk])

    assert client.get(version(ours)).status_code == 200
    assert client.get(version(theirs)).status_code == 404
    assert client.post(version(ours), {"code": "changed"}).status_code == 403
    assert Call.objects.filter(code="changed").count() == 0


@pytest.mark.parametrize("app, model, field", [
    (model._meta.app_label, model._meta.model_name, field)
    for model, page in admin.site._registry.items()
    for field in page.autocomplete_fields
])  # fmt: skip
def test_autocomplete_offers_nothing_of_the_other_agency(client, twins, app, model, field):
    ours, theirs = twins
    client.force_login(ours.staff)

    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": app, "model_name": model, "field_name": field, "term": theirs.canary},
    )

    assert answer.json()["results"] == []


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("role", ["VIEWER", "OFFICER", "APPROVER"])
def test_windows_only_show(client, twins, name, role):
    ours, _theirs = twins
    client.force_login(staff(role))
    row = OWN[name](ours)
    before = type(row).objects.filter(pk=row.pk).values().get()

    assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    for page in ("change", "delete"):
        address = reverse(f"admin:{name}_{page}", args=[row.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_text_of_a_sign_in_mail_is_never_shown(client, twins):
    ours, _theirs = twins
    ours.message.kind, ours.message.text = "ACCOUNT", "code 123456"
    ours.message.save()
    address = reverse("admin:applications_message_change", args=[ours.message.pk])
    for user in (ours.staff, UserFactory(is_superuser=True)):
        client.force_login(user)
        assert "123456" not in client.get(address).content.decode()


# -- the workbench -----------------------------------------------------------------------
def test_published_edition_and_everything_in_it_is_read_only(client):
    edition = EditionFactory()
    row = ParticipationFactory(edition=edition)
    NoticeRuleFactory(participation=row)
    for user in (staff("APPROVER"), UserFactory(is_superuser=True)):
        client.force_login(user)
        for name, found in (("edition", edition), ("participation", row)):
            change = reverse(f"admin:directory_{name}_change", args=[found.pk])
            delete = reverse(f"admin:directory_{name}_delete", args=[found.pk])
            page = client.get(change)
            assert page.status_code == 200
            assert 'name="_save"' not in page.content.decode()
            assert 'name="notice_rule-0-strength"' not in page.content.decode()
            assert client.post(change, {"code": "x", "summary_en": "x"}).status_code == 403
            assert client.post(delete, {"post": "yes"}).status_code == 403
    assert list(Edition.objects.values_list("code", flat=True)) == ["amed-2024-07-01"]
    assert Participation.objects.get().summary_en == row.summary_en


def test_what_a_published_row_calls_its_funder_by_is_read_only(client):
    named, free = AgencyFactory(slug="rcn"), AgencyFactory(slug="vr")
    told = AgencyFactory(slug="stint")
    fixed = {"slug", "country", "parent", "institute_code"}
    NoticeRuleFactory(participation__agency=named, body=told)
    ProgrammeFactory(agency=named, code="P-ONE")
    client.force_login(staff())

    def form(agency):
        page = client.get(reverse("admin:directory_agency_change", args=[agency.pk]))
        return set(page.context["adminform"].form.fields), page

    for agency in (named, told):
        assert not fixed & form(agency)[0]
    fields, _page = form(free)
    assert fixed <= fields
    [programmes] = [
        one.formset for one in form(named)[1].context["inline_admin_formsets"]
        if one.opts.model is Programme
    ]  # fmt: skip
    assert [one.fields["code"].disabled for one in programmes.forms] == [True]
    assert not programmes.empty_form.fields["code"].disabled


def test_row_cannot_be_moved_into_a_published_edition(client):
    published, draft = EditionFactory(), EditionFactory(code="draft", published_at=None)
    row = ParticipationFactory(edition=draft)
    client.force_login(staff())
    address = reverse("admin:directory_participation_change", args=[row.pk])

    assert "edition" not in client.get(address).context["adminform"].form.fields
    page = client.get(reverse("admin:directory_participation_add"))
    choices = dict(page.context["adminform"].form.fields["edition"].choices)
    assert {getattr(key, "value", key) for key in choices} == {"", draft.pk}
    assert published.pk not in choices


def test_the_history_of_a_row_shows_its_programmes_before_and_after(client):
    row = ParticipationFactory(edition=EditionFactory(published_at=None))
    old, new = (ProgrammeFactory(agency=row.agency, code=code) for code in ("OLD", "NEW"))
    row.programmes.set([old])
    row.programmes.set([new])
    client.force_login(staff())

    page = client.get(reverse("admin:directory_participation_history", args=[row.pk]))
    versions = [
        client.get(reverse("admin:directory_participation_simple_history", args=[row.pk, one.pk]))
        for one in row.history.all()
    ]

    text = page.content.decode()
    assert f"<del>[{old}]</del>" in text.replace("&#x27;", "'"), text[text.index("<del") :][:200]
    assert {one.status_code for one in versions} == {200}


def test_call_can_be_given_to_no_other_agency(client):
    call = CallFactory(owner="AMED")
    client.force_login(staff())

    stored = client.get(reverse("admin:directory_call_change", args=[call.pk]))
    page = client.get(reverse("admin:directory_call_add"))

    assert "owner" not in stored.context["adminform"].form.fields
    assert page.context["adminform"].form.fields["owner"].choices == [("AMED", "AMED")]


def test_officer_changes_a_call_and_the_history_shows_before_and_after(client):
    call = CallFactory(owner="AMED", title_en="Before")
    client.force_login(staff())
    address = reverse("admin:directory_call_change", args=[call.pk])
    values = {
        **{name: getattr(call, name) for name in ("code", "owner", "title_ja", "track")},
        "title_en": "After",
        "edition": call.edition_id,
        "budget_cap_jpy": 115_000_000,
        "opens_at_0": "2026-03-02",
        "opens_at_1": "09:00",
        "min_years": 3,
        "max_years": 5,
        "closes_at_0": "2026-06-01",
        "closes_at_1": "12:00",
        "areas-TOTAL_FORMS": 0,
        "areas-INITIAL_FORMS": 0,
    }

    saved = client.post(address, values)

    assert saved.status_code == 302, saved.context["errors"]
    history = client.get(reverse("admin:directory_call_history", args=[call.pk])).content.decode()
    assert "<del>Before</del> → <ins>After</ins>" in history
    assert " style=" not in history


def test_viewer_reads_the_directory_and_writes_nothing(client):
    agency = AgencyFactory(slug="rcn")
    client.force_login(staff("VIEWER"))
    address = reverse("admin:directory_agency_change", args=[agency.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, {"acronym": "X"}).status_code == 403
    assert GrantFormat.objects.count() == 0


@pytest.mark.parametrize("page", ["changelist", "add"])
def test_accounts_are_for_superusers(client, page):
    client.force_login(staff("APPROVER"))
    assert client.get(reverse(f"admin:directory_user_{page}")).status_code == 403


def test_account_page_holds_no_password(client):
    root = UserFactory(is_superuser=True)
    client.force_login(root)

    page = client.get(reverse("admin:directory_user_change", args=[root.pk])).content.decode()

    assert root.password not in page
    assert 'name="password"' not in page


@pytest.fixture
def first_account(client):
    """The account of a fresh installation."""
    call_command("createsuperuser", email="root@example.org", interactive=False, verbosity=0)
    root = User.objects.get(email="root@example.org")
    client.force_login(root)
    return root


PLAIN = {"language": "en", "time_zone": "Asia/Tokyo", "is_active": "on", "_save": "Save"}
ROLE = {"staff_agency": "AMED", "staff_role": "APPROVER"}


def test_the_first_account_adds_accounts_and_gives_no_role_in_the_admin(client, first_account):
    added = client.post(
        reverse("admin:directory_user_add"), PLAIN | ROLE | {"email": "hana@example.org"}
    )
    hana = User.objects.get(email="hana@example.org")
    page = reverse("admin:directory_user_change", args=[hana.pk])
    saved = client.post(page, PLAIN | ROLE | {"email": hana.email, "name": "Hana"})

    hana.refresh_from_db()
    assert (added.status_code, saved.status_code, hana.name) == (302, 302, "Hana")
    assert (hana.staff_agency, hana.staff_role, StaffRoleChange.objects.count()) == ("", "", 0)
    assert reverse("applications:staff_role_change") in client.get(page).content.decode()


def test_the_first_account_makes_the_first_approver_where_the_admin_points(client, first_account):
    hana = UserFactory(email="hana@example.org")
    EmailAddress.objects.create(user=hana, email=hana.email, verified=True, primary=True)
    why = {"email": hana.email, "agency": "AMED", "role": "APPROVER", "reason": "Head of division"}
    own = why | {"email": first_account.email}
    EmailAddress.objects.create(
        user=first_account, email=first_account.email, verified=True, primary=True
    )
    page = reverse("applications:staff_role_change")

    assert client.post(page, own).status_code == 200  # shown again: nobody changes their own
    assert client.post(page, why).status_code == 302

    [change] = StaffRoleChange.objects.all()
    assert (change.user, change.by, change.reason) == (hana, first_account, "Head of division")
    hana.refresh_from_db()
    assert (hana.staff_agency, hana.staff_role) == ("AMED", "APPROVER")


def test_if_the_admin_offered_the_fields_a_role_would_be_without_a_record(
    client, first_account, monkeypatch
):
    """Negative control."""
    monkeypatch.setattr(
        admin.site._registry[User], "readonly_fields", ("date_joined", "last_login")
    )

    client.post(reverse("admin:directory_user_add"), PLAIN | ROLE | {"email": "hana@example.org"})

    assert User.objects.get(email="hana@example.org").staff_role == "APPROVER"
    assert StaffRoleChange.objects.count() == 0


def test_every_registered_page_opens_for_a_superuser_and_has_no_inline_style(client, twins):
    client.force_login(UserFactory(is_superuser=True))
    for model in admin.site._registry:
        if model._meta.app_label not in ("directory", "applications"):
            continue
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = apps.get_model(model._meta.label).objects.first()
        pages = [reverse(f"admin:{name}_changelist")]
        pages += [reverse(f"admin:{name}_change", args=[row.pk])] if row else []
        for address in pages:
            page = client.get(address)
            assert page.status_code == 200, address
            assert " style=" not in page.content.decode(), address
