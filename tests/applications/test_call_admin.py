"""Calls in the admin: officers keep titles, notes, areas and size; what binds teams is an approver's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from directory.admin.calls import SETTLED
from directory.models import Call, CallArea, Edition, User
from tests.append_only import lifted
from tests.applications import scenes
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db


def staff(role: str, agency: str = "AMED") -> User:
    return UserFactory(staff_agency=agency, staff_role=role)


@pytest.fixture
def call(db):
    return scenes.load_directory()


def sent(call: Call, **given) -> dict:
    """The form of a call as the admin shows it, every column posted."""
    areas = list(call.areas.order_by("position"))
    rows = {}
    for place, area in enumerate(areas):
        for name in ("pk", "call_id", "code", "position", "name_en", "name_ja"):
            key = {"pk": "id", "call_id": "call"}.get(name, name)
            rows[f"areas-{place}-{key}"] = getattr(area, name)
    whole = {
        **{name: getattr(call, name) for name in ("title_en", "title_ja", "track", "page")},
        **{name: getattr(call, name) for name in ("note_en", "note_ja", "min_years", "max_years")},
        "budget_cap_jpy": call.budget_cap_jpy,
        "areas-TOTAL_FORMS": len(areas),
        "areas-INITIAL_FORMS": len(areas),
    }
    return whole | rows | given


def address(call: Call) -> str:
    return reverse("admin:directory_call_change", args=[call.pk])


def test_an_officer_keeps_titles_and_moves_no_deadline(client, call):
    client.force_login(staff("OFFICER"))
    before = {name: getattr(call, f"{name}_id" if name == "edition" else name) for name in SETTLED}
    wanted = {
        "code": "taken",
        "owner": "JST",
        "opens_at_0": "2020-01-01",
        "opens_at_1": "00:00:00",
        "closes_at_0": "2099-01-01",
        "closes_at_1": "00:00:00",
        "reference_on": "2099-01-01",
        "is_practice": "on",
    }

    page = client.get(address(call)).content.decode()
    answer = client.post(address(call), sent(call, title_en="Another title", **wanted))

    assert answer.status_code == 302
    call.refresh_from_db()
    now = {name: getattr(call, f"{name}_id" if name == "edition" else name) for name in SETTLED}
    assert (call.title_en, now) == ("Another title", before)
    for name in ("staff_call_deadline", "staff_call_edition"):
        assert reverse(f"applications:{name}", args=[call.code]) in page


def test_a_new_call_begins_under_a_published_list_of_its_own_agency(client, call):
    today = timezone.now().date()
    with lifted():
        for code, owner, published in (("draft", "AMED", None), ("jst", "JST", timezone.now())):
            Edition.objects.create(
                code=code, owner=owner, as_of=today, updated_on=today, source="https://x.jp/",
                published_at=published,
            )  # fmt: skip
    client.force_login(staff("OFFICER"))
    page = client.get(reverse("admin:directory_call_add"))
    offered = page.context["adminform"].form.fields["edition"].queryset
    assert list(offered) == [call.edition]


def test_a_superuser_cannot_mix_the_agencies_up(client, call):
    client.force_login(UserFactory(is_superuser=True))
    given = sent(call) | {
        "code": "jst-new", "owner": "JST", "edition": call.edition_id,
        "opens_at_0": "2027-01-01", "opens_at_1": "00:00:00",
        "closes_at_0": "2027-02-01", "closes_at_1": "00:00:00",
        "areas-TOTAL_FORMS": 0, "areas-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = client.post(reverse("admin:directory_call_add"), given)
    assert list(answer.context["adminform"].form.errors) == ["edition"]
    assert not Call.objects.filter(code="jst-new").exists()


@pytest.mark.parametrize("named", [True, False])
def test_an_area_that_an_application_names_stays(client, settings, tmp_path, named):
    settings.MEDIA_ROOT = tmp_path
    scene = scenes.ready()
    call = scene.stored().call
    if not named:  # the control
        Application.objects.update(area=None)
    place = [one.code for one in call.areas.order_by("position")].index("cells")
    client.force_login(staff("OFFICER"))
    answer = client.post(address(call), sent(call, **{f"areas-{place}-DELETE": "on"}))
    assert answer.status_code == (200 if named else 302)
    assert CallArea.objects.filter(call=call, code="cells").exists() is named
