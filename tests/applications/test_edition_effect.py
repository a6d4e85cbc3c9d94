"""The page of a draft's effect: reading it changes nothing, a press works on it, what was found is told."""

import pytest
from django.urls import reverse

from applications.models import Application, EffectPreview, Notice
from applications.pictures.rule_effect import (
    RuleEffect,
    Shift,
    draw_effect,
    effect_finding,
    effect_table,
)
from directory.models import Agency, Call, Condition, Edition
from tests.applications import drafts_of_lists as lists
from tests.applications import scenes
from tests.applications.test_effects import pieces
from tests.applications.test_pictures import parsed
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
HOSTILE = "</bdi><script>alert(1)</script>"


@pytest.fixture
def draft(scene):
    """A list without RCN, of which the scene's draft holds a grant."""
    draft = lists.draft_from()
    lists.leaves(draft, "rcn")
    return draft


@pytest.fixture
def desk(client, draft):
    client.force_login(staff())
    return client


def staff(agency="AMED", role="OFFICER"):
    return UserFactory(staff_agency=agency, staff_role=role)


def address(draft):
    return reverse("applications:staff_edition_effect", args=[draft.code])


def press(client, draft, **sent):
    return client.post(address(draft), sent, follow=True)


def all_calls():
    return [one.pk for one in Call.objects.all()]


def test_a_press_tells_what_would_change_and_reading_changes_nothing(desk, draft, scene):
    Application.objects.update(title_en=HOSTILE, title_ja=HOSTILE)
    before = desk.get(address(draft))
    assert before.context["form"]["calls"].value() == all_calls()
    assert not EffectPreview.objects.exists()

    response = press(desk, draft, calls=all_calls())

    html = response.content.decode()
    assert "1 draft would differ; the best verdict of 1 would be another." in html
    assert response.context["notices"] == [
        ("Notices added", 0), ("Notices that fall away", 1), ("Notices asked for otherwise", 0),
    ]  # fmt: skip
    assert response.context["picture"]["rows"][0][1:] == [1, 0, 0, 0]
    assert "RCN: " in html
    assert "RCN: need no longer be told" in html
    assert (HOSTILE in html, "&lt;/bdi&gt;&lt;script&gt;" in html) == (False, True)
    kept = list(EffectPreview.objects.values())
    desk.get(address(draft))
    assert (list(EffectPreview.objects.values()), Notice.objects.count()) == (kept, 0)


def test_a_changed_draft_asks_for_the_effect_again(desk, draft):
    press(desk, draft, calls=all_calls())
    lists.asks(draft, "dfg", contact_name="Another desk")

    response = desk.get(address(draft))

    assert "The draft has changed since its effect was worked out." in response.content.decode()
    assert "picture" not in response.context


def test_unfinished_it_shows_how_far_it_is_and_the_next_press_ends_it(desk, draft, monkeypatch):
    another = scenes.Team.objects.create(created_at=scenes.DAY)
    application = Application.objects.get()
    application.pk, application.team = None, another
    application.save()
    holder = scenes.person(another, "PARTNER", "Åse", "NO")
    scenes.grant(application, holder, "rcn", "1")
    pieces(monkeypatch)

    halfway = press(desk, draft, calls=all_calls())

    html = halfway.content.decode()
    assert "1 of 2 applications judged." in html
    assert ("data-go-on" in html, "aspire/go-on.js" in html) == (True, True)
    # Opened by a link, nothing is pressed by itself.
    assert "data-go-on" not in desk.get(address(draft)).content.decode()
    done = press(desk, draft, go_on="1")
    if not done.context["done"]:
        done = press(desk, draft, go_on="1")
    assert "2 drafts would differ" in done.content.decode()
    # And once more the last button, pressed twice, works out nothing.
    kept = list(EffectPreview.objects.values())
    press(desk, draft, go_on="1")
    assert list(EffectPreview.objects.values()) == kept


@pytest.mark.parametrize(
    ("who", "reads", "works"),
    [
        (("AMED", "VIEWER"), 200, 403),
        (("AMED", "APPROVER"), 200, 302),
        (("JST", "APPROVER"), 404, 404),
        (("", ""), 404, 404),
    ],
)
def test_who_sees_it_and_who_works_on_it(client, draft, who, reads, works):
    client.force_login(staff(*who))
    assert client.get(address(draft)).status_code == reads
    assert client.post(address(draft), {}).status_code == works
    assert EffectPreview.objects.exists() == (works == 302)


def test_calls_of_the_other_agency_and_closed_ones_are_not_offered(desk, draft):
    call = Call.objects.get()
    closed = Call.objects.get()
    call.pk, call.code, call.owner = None, "jst-1", "JST"
    call.save()
    closed.pk, closed.code, closed.closes_at = None, "amed-0", scenes.CLOSES
    closed.save()

    form = desk.get(address(draft)).context["form"]

    assert [words.split(" ")[0] for _pk, words in form.fields["calls"].choices] == ["amed-2024-3"]
    assert desk.post(address(draft), {"calls": [call.pk]}).status_code == 200
    assert not EffectPreview.objects.exists()


def test_a_published_list_has_nothing_to_work_out(desk, draft):
    lists.publish(draft)
    response = desk.get(address(draft))
    assert "This list is published" in response.content.decode()
    assert "form" not in {name for name, value in response.context.flatten().items() if value}
    assert desk.post(address(draft), {"calls": all_calls()}).status_code == 302
    assert not EffectPreview.objects.exists()


@pytest.mark.parametrize("more", [0, 2])
def test_what_is_told_is_read_in_as_many_statements_for_one_as_for_three(
    desk, draft, scene, django_assert_num_queries, more
):
    for number in range(more):
        grant = scenes.grant(scene.application, scene.partner, "erc", f"10100000{number}")
        assert grant.agency == Agency.objects.get(slug="erc")
    Condition.objects.filter(participation__edition=draft).delete()
    press(desk, draft, calls=all_calls())
    assert Edition.objects.count() == 2
    # session, account; edition; preview; its fingerprint (3); calls to choose; applications;
    # funders; the mail switch; calls of the preview; whether one of them has changed
    with django_assert_num_queries(13):
        desk.get(address(draft))


# -- the picture -------------------------------------------------------------------------------

EFFECT = RuleEffect(
    shifts=(Shift("Fits", (7, 4), (2, 0)), Shift("Does not fit", (0, 3), (0, 2))),
    judged=20,
    drafts=7,
    drafts_turn=3,
    submitted=2,
)


def test_the_picture_draws_what_its_table_holds():
    drawing = parsed(draw_effect(EFFECT, "slug"))

    bars = [
        (one.get("data-before"), one.get("data-after"), one.get("width"))
        for one in drawing.iter("rect")
    ]
    assert bars == [
        ("7", None, "100.0%"), (None, "4", "57.14%"), ("0", None, "0.0%"), (None, "3", "42.86%"),
    ]  # fmt: skip
    assert [one.get("data-shift") for one in drawing.iter("g")] == ["7 → 4", "0 → 3"]
    assert effect_table(EFFECT)["rows"] == [["Fits", 7, 4, 2, 0], ["Does not fit", 0, 3, 0, 2]]


def test_its_finding_says_how_many_move_and_how_many_stay():
    assert effect_finding(EFFECT) == (
        "7 drafts would differ; the best verdict of 3 would be another. 2 submitted applications "
        "would be judged otherwise, and keep the list they were submitted under."
    )
    nothing = RuleEffect((), judged=1, drafts=0, drafts_turn=0, submitted=0)
    assert effect_finding(nothing) == (
        "1 application was judged by both lists, and nothing differs."
    )
