"""An approver moves a deadline or puts another list in force; teams see it at once, and nobody falls out."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from applications import actions
from applications.actions import calls as acts
from applications.actions import claiming
from applications.models import Application, EffectPreview, Message, Team
from applications.queries.calls import moved_by, obligations
from applications.queries.effect_found import Found
from applications.queries.fingerprints import fingerprint
from applications.views.effect_shown import in_short
from applications.workflow import Status
from directory.models import Call, CallChange, Edition, Participation, User
from tests.append_only import lifted
from tests.applications import drafts_of_lists as lists
from tests.applications import scenes
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY, CLOSES = scenes.DAY, scenes.CLOSES
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
WHY = {"reason_en": "The e-Rad system was down.", "reason_ja": "e-Radが停止したため。"}


def staff(role: str, agency: str = "AMED") -> User:
    return UserFactory(staff_agency=agency, staff_role=role)


@pytest.fixture
def scene(db, settings, tmp_path, clock):
    """A draft that lacks nothing in the real call, a week before it closes."""
    settings.MEDIA_ROOT = tmp_path
    return scenes.ready()


@pytest.fixture
def clock(monkeypatch):
    """Set what the database's clock shows, and the web's."""

    def set_to(moment):
        for room in (claiming, acts):
            monkeypatch.setattr(room, "database_now", lambda: moment)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(DAY)
    return set_to


def call_of(scene) -> Call:
    return Call.objects.select_related("edition").get(pk=scene.application.call_id)


def move(scene, by=None, **wanted):
    call = call_of(scene)
    stored = obligations(call)
    given = {name: stored[name] for name in ("opens_at", "closes_at", "reference_on")}
    told = WHY | {"seen": fingerprint(stored), "by": by or staff("APPROVER"), "at": DAY}
    return actions.move_deadline(**{"call_id": call.pk} | given | told | wanted)


def newer(scene, *, without: str = "rcn") -> Edition:
    """The list of the scene once more, a year later, without one funder."""
    before = call_of(scene).edition
    rows = Participation.objects.filter(edition=before).select_related("notice_rule")
    with lifted():
        edition = Edition.objects.create(
            code="amed-2025-04-01",
            owner=before.owner,
            as_of=date(2025, 4, 1),
            updated_on=date(2025, 4, 1),
            source=before.source,
            published_at=DAY,
        )
        for row in rows.exclude(agency__slug=without):
            rule = row.notice_rule
            row.pk, row._state.adding, row.edition = None, True, edition
            row.save()
            rule.pk, rule._state.adding, rule.participation = None, True, row
            rule.save()
    return edition


# -- the act ---------------------------------------------------------------------------------


def test_a_moved_deadline_is_on_record_with_approver_reason_and_all_values(scene):
    by = staff("APPROVER")

    change = move(scene, by=by, closes_at=CLOSES + HOUR)

    assert call_of(scene).closes_at == CLOSES + HOUR
    stored = CallChange.objects.get()
    assert stored == change
    assert (stored.by, stored.at, stored.reason_en) == (by, DAY, WHY["reason_en"])
    assert (stored.closes_before, stored.closes_after) == (CLOSES, CLOSES + HOUR)
    assert (stored.opens_before, stored.edition_before) == (
        stored.opens_after,
        stored.edition_after,
    )
    history = call_of(scene).history.first()
    assert (history.closes_at, history.history_user) == (CLOSES + HOUR, by)
    assert Message.objects.count() == 0


REFUSED = [
    ({"reason_ja": " "}, actions.ReasonNeeded),
    ({"reason_en": ""}, actions.ReasonNeeded),
    ({"seen": "0" * 64}, actions.Conflict),
    ({"seen": ""}, actions.Conflict),
    ({"closes_at": CLOSES}, actions.NothingChanges),
    ({"opens_at": DAY}, actions.OpenedAlready),
    ({"closes_at": datetime(2020, 1, 1, tzinfo=UTC)}, actions.ClosesBeforeItOpens),
    ({"closes_at": DAY}, actions.ClosesTooSoon),
    ({"closes_at": DAY + acts.SOONEST - SECOND}, actions.ClosesTooSoon),
]


@pytest.mark.parametrize(("wanted", "refusal"), REFUSED)
def test_a_refusal_changes_nothing(scene, wanted, refusal):
    before = obligations(call_of(scene))
    with pytest.raises(refusal):
        move(scene, **{"closes_at": CLOSES + HOUR} | wanted)
    assert (obligations(call_of(scene)), CallChange.objects.count()) == (before, 0)


def test_control_a_minute_ahead_is_taken(scene):
    assert move(scene, closes_at=DAY + acts.SOONEST).closes_after == DAY + acts.SOONEST


@pytest.mark.parametrize("who", [("OFFICER", "AMED"), ("VIEWER", "AMED"), ("APPROVER", "JST")])
def test_only_an_approver_of_the_calls_agency_moves_it(scene, who):
    with pytest.raises(actions.NotPermitted):
        move(scene, by=staff(*who), closes_at=CLOSES + HOUR)
    with pytest.raises(actions.NotPermitted):
        put(scene, newer(scene), by=staff(*who))
    assert CallChange.objects.count() == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"reference_on": date(2024, 6, 1)},
        {"reference_on": None, "closes_at": CLOSES + 24 * HOUR},  # it would follow the deadline
        {"reference_on": date(2024, 6, 1), "closes_at": CLOSES + 24 * HOUR},
    ],
)
@pytest.mark.parametrize("stored", [None, date(2024, 5, 28)])
def test_the_reference_date_of_a_call_that_has_closed_stands(scene, clock, stored, wanted):
    Call.objects.update(reference_on=stored)
    clock(CLOSES)

    with pytest.raises(actions.CallOver) as refusal:
        move(scene, **wanted)

    assert (refusal.value.closed_at, refusal.value.day) == (CLOSES, date(2024, 5, 28))
    assert (call_of(scene).closes_at, call_of(scene).reference_on) == (CLOSES, stored)
    # Control: a second before, the call has not closed.
    clock(CLOSES - SECOND)
    assert move(scene, **{"closes_at": CLOSES + 24 * HOUR} | wanted).moved_reference is True


def test_it_opens_again_on_the_same_day_and_the_day_stands_while_it_is_open(scene, clock):
    # Given a submitted application, whose day follows its call until it is screened
    Call.objects.update(reference_on=None)
    scene.submit()
    clock(CLOSES + HOUR)
    day = date(2024, 5, 28)

    # When the call is opened again, by a web machine whose clock lags, on the day it had
    change = move(scene, closes_at=CLOSES + 48 * HOUR, reference_on=day, at=CLOSES - SECOND)
    assert (change.at, change.moved_reference) == (CLOSES, False)

    # Then no second change moves the day, though the call is open
    for wanted in (None, date(2024, 6, 1)):
        with pytest.raises(actions.CallOver) as refusal:
            move(scene, closes_at=CLOSES + 49 * HOUR, reference_on=wanted)
        assert refusal.value.closed_at == CLOSES
    assert scene.stored().reference_day == day
    # Control: the deadline alone is free to move.
    assert move(scene, closes_at=CLOSES + 49 * HOUR).moved_reference is False


def test_a_broken_record_leaves_the_deadline_where_it_was(scene, monkeypatch):
    def broken(self, **kwargs):
        raise RuntimeError("no record")

    monkeypatch.setattr(CallChange, "save", broken)
    with pytest.raises(RuntimeError):
        move(scene, closes_at=CLOSES + HOUR)
    assert call_of(scene).closes_at == CLOSES


# -- hazard 13: pages are open while the deadline moves ------------------------------------------


def pressed(client, scene, page):
    """Press "submit" on a check page as it was shown before."""
    form = page.context["form"]
    sent = {name: form[name].value() if name in ("seen", "shown") else "on" for name in form.fields}
    return client.post(reverse("applications:submit", args=[scene.application.team.ref]), sent)


@pytest.mark.parametrize(
    ("moved_to", "pressed_at", "status"),
    [
        (CLOSES + HOUR, CLOSES + HOUR - SECOND, Status.SUBMITTED),
        (CLOSES + HOUR, CLOSES + HOUR, Status.DRAFT),
        (CLOSES - HOUR, CLOSES - HOUR - SECOND, Status.SUBMITTED),
        (CLOSES - HOUR, CLOSES - SECOND, Status.DRAFT),
    ],
)
def test_an_open_page_obeys_the_moved_deadline(client, scene, clock, moved_to, pressed_at, status):
    client.force_login(scene.lead)
    check = reverse("applications:check_answers", args=[scene.application.team.ref])
    page = client.get(check)
    move(scene, closes_at=moved_to)
    clock(pressed_at)
    client.force_login(scene.lead)  # a week later, as the clock here jumps

    answer = pressed(client, scene, page)

    assert (answer.status_code, scene.stored().status) == (
        302 if status == Status.SUBMITTED else 409,
        status,
    )


def test_nobody_inside_loses_when_the_deadline_is_brought_forward(scene, clock):
    first = scene.submit()
    move(scene, closes_at=DAY + HOUR)
    clock(DAY + 2 * HOUR)
    stored = scene.stored()
    assert (stored.status, stored.receipt, stored.submitted_at, stored.best_verdict) == (
        Status.SUBMITTED,
        first.receipt,
        first.submitted_at,
        first.best_verdict,
    )


def test_a_team_reads_the_change_on_its_pages_at_once_in_its_language(client, scene):
    client.force_login(scene.lead)
    ref = scene.application.team.ref
    pages = {
        name: reverse(f"applications:{name}", args=[ref]) for name in ("team", "check_answers")
    }
    pages["call"] = reverse("directory:call", args=[call_of(scene).code])
    moved = "was moved from Tuesday 28 May 2024, 12:00 JST (UTC+9)"
    assert not any(moved in client.get(one).content.decode() for one in pages.values())
    Application.objects.filter(pk=scene.pk).update(created_at=DAY - HOUR)

    move(scene, closes_at=CLOSES + HOUR)

    for address in pages.values():
        text = client.get(address).content.decode()
        assert moved in text
        assert "Tuesday 28 May 2024, 04:00 UTC" in text  # the new one, by the other clock
        assert WHY["reason_en"] in text
        japanese = client.get(address.replace("/en/", "/ja/", 1)).content.decode()
        assert WHY["reason_ja"] in japanese
        assert WHY["reason_en"] not in japanese


def test_a_team_that_began_afterwards_is_not_told_of_the_past(client, scene):
    move(scene, closes_at=CLOSES + HOUR)
    Application.objects.filter(pk=scene.pk).update(created_at=DAY + SECOND)
    client.force_login(scene.lead)
    page = client.get(reverse("applications:team", args=[scene.application.team.ref]))
    assert page.context["call_change"] is None


# -- what it would change -------------------------------------------------------------------------


def test_the_preview_names_whose_verdict_another_day_would_change(scene, django_assert_num_queries):
    # Given a grant that ends two days after the call, and one submitted team beside the draft
    scene.grant.ends_on = date(2024, 5, 30)
    scene.grant.save()
    call = call_of(scene)
    later = call_of(scene)
    later.closes_at, later.reference_on = CLOSES + timedelta(days=30), None
    call.reference_on = None

    with django_assert_num_queries(5):
        (moved,) = moved_by(call, later)

    assert (moved.application.pk, moved.before, moved.after, moved.grants) == (
        scene.pk,
        "FITS",
        "DOES_NOT_FIT",
        1,
    )
    # Control: a deadline that moves within the day changes nobody's.
    later.closes_at = CLOSES + HOUR
    assert moved_by(call, later) == []


def test_what_is_pinned_is_judged_alike_under_another_list(scene):
    call, later = call_of(scene), call_of(scene)
    later.edition = newer(scene)
    assert [one.after for one in moved_by(call, later)] == ["DOES_NOT_FIT"]
    scene.submit()
    assert moved_by(call, later) == []


# -- the pages ------------------------------------------------------------------------------------


def deadline_page(scene):
    return reverse("applications:staff_call_deadline", args=[call_of(scene).code])


def filled(page, **given):
    form = page.context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if bound.name in ("opens_day", "closes_day", "reference_day"):
            parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
            sent |= {f"{bound.name}_{place}": one or "" for place, one in enumerate(parts)}
        elif bound.name.endswith("clock"):
            sent[bound.name] = value if isinstance(value, str) else f"{value:%H:%M}"
        else:
            sent[bound.name] = getattr(value, "pk", value) or ""
    return sent | WHY | given


def test_an_approver_sees_what_it_changes_and_then_does_exactly_that(client, scene):
    scene.grant.ends_on = date(2024, 5, 30)
    scene.grant.save()
    Call.objects.update(reference_on=None)
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))

    wanted = {"closes_day_1": "6", "closes_day_2": "28", "reference": "FOLLOW"}
    preview = client.post(deadline_page(scene), filled(page, **wanted, act="preview"))
    assert CallChange.objects.count() == 0
    assert [one["application"].pk for one in preview.context["moved"]] == [scene.pk]
    assert (preview.context["drafts"], preview.context["submitted"]) == (1, 0)
    text = preview.content.decode()
    assert "Grants must now be running on Friday 28 June 2024" in text

    # What was not previewed is previewed first, also by who presses "make this change".
    other = client.post(
        deadline_page(scene), filled(preview, act="save", reason_en="Another reason.")
    )
    assert (other.context["changed_since"], CallChange.objects.count()) == (True, 0)

    done = client.post(deadline_page(scene), filled(preview, act="save"))
    assert done.status_code == 302
    change = CallChange.objects.get()
    assert change.closes_after == datetime(2024, 6, 28, 3, 0, tzinfo=UTC)
    assert change.reference_day_after == date(2024, 6, 28)


def test_the_reference_date_is_kept_unless_the_page_is_told_otherwise(client, scene):
    Call.objects.update(reference_on=None)
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))
    preview = client.post(deadline_page(scene), filled(page, closes_day_1="6", act="preview"))
    client.post(deadline_page(scene), filled(preview, act="save"))
    change = CallChange.objects.get()
    assert (change.reference_before, change.reference_after) == (None, date(2024, 5, 28))
    assert change.moved_reference is False


def test_the_page_of_a_closed_call_offers_its_day_and_refuses_another(client, scene, clock):
    Call.objects.update(reference_on=None)
    clock(CLOSES + HOUR)
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))
    later = {"closes_day_1": "6"}

    refused = client.post(
        deadline_page(scene), filled(page, **later, reference="FOLLOW", act="preview")
    )
    (words,) = refused.context["form"].errors["reference"]
    assert words == (
        "The call closed at Tuesday 28 May 2024, 12:00 JST (UTC+9). Its reference date, Tuesday 28 "
        "May 2024, stands, as what was submitted was judged by it. To open the call again, give a "
        "deadline in the future and keep that day: choose the first answer."
    )

    # What the page offers at first keeps it.
    preview = client.post(deadline_page(scene), filled(page, **later, act="preview"))
    assert client.post(deadline_page(scene), filled(preview, act="save")).status_code == 302
    assert call_of(scene).closes_at == datetime(2024, 6, 28, 3, 0, tzinfo=UTC)
    assert call_of(scene).reference_on == date(2024, 5, 28)


def test_a_colleague_who_was_faster_is_named_and_nothing_is_lost(client, scene):
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))
    preview = client.post(deadline_page(scene), filled(page, closes_clock="14:00", act="preview"))
    faster = staff("APPROVER")
    move(scene, by=faster, closes_at=CLOSES + HOUR)

    answer = client.post(deadline_page(scene), filled(preview, act="save"))

    assert (answer.status_code, CallChange.objects.count()) == (409, 1)
    assert answer.context["theirs"].by == faster
    again = filled(answer, act="save")
    assert (again["closes_clock"], again["reason_en"]) == ("14:00", WHY["reason_en"])
    # It is previewed once more against what stands now, and then made.
    preview = client.post(deadline_page(scene), again)
    assert client.post(deadline_page(scene), filled(preview, act="save")).status_code == 302
    assert call_of(scene).closes_at == CLOSES + 2 * HOUR


def test_pressing_twice_makes_one_change(client, scene):
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))
    preview = client.post(deadline_page(scene), filled(page, closes_clock="13:00", act="preview"))
    sent = filled(preview, act="save")
    answers = [client.post(deadline_page(scene), sent).status_code for _press in range(2)]
    assert (answers, CallChange.objects.count()) == ([302, 200], 1)  # "stands so already"
    assert call_of(scene).closes_at == CLOSES + HOUR


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"closes_day_0": "2023"}, "closes_day"),
        ({"closes_day_2": "19"}, "closes_day"),
        ({"reason_ja": ""}, "reason_ja"),
        ({"closes_clock": "25:00"}, "closes_clock"),
        ({"reference": "ANOTHER"}, "reference_day"),
        ({}, "closes_day"),
    ],
)
def test_the_page_says_at_its_field_what_cannot_be(client, scene, wanted, field):
    client.force_login(staff("APPROVER"))
    page = client.get(deadline_page(scene))
    answer = client.post(deadline_page(scene), filled(page, **wanted, act="preview"))
    assert list(answer.context["form"].errors) == [field]
    assert CallChange.objects.count() == 0


@pytest.mark.parametrize("page", ["staff_call_deadline", "staff_call_edition"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (("APPROVER", "AMED"), 200),
        (("OFFICER", "AMED"), 403),
        (("VIEWER", "AMED"), 403),
        (("APPROVER", "JST"), 404),
    ],
)
def test_who_may_open_the_pages(client, scene, page, who, status):
    client.force_login(staff(*who))
    address = reverse(f"applications:{page}", args=[call_of(scene).code])
    assert client.get(address).status_code == status
    assert client.post(address, WHY).status_code == status


# -- another list -----------------------------------------------------------------------------


def put(scene, edition, by=None, **told):
    told = WHY | {"by": by or staff("APPROVER"), "at": DAY} | told
    return actions.put_in_force(call_id=scene.application.call_id, edition_id=edition.pk, **told)


def test_another_list_in_force_judges_drafts_and_leaves_what_was_submitted(client, scene):
    # Given a submitted application, and a list that no longer names its funder
    first = scene.submit()
    edition = newer(scene)
    client.force_login(staff("APPROVER"))
    address = reverse("applications:staff_call_edition", args=[call_of(scene).code])
    page = client.get(address)
    preview = client.post(address, filled(page, edition=edition.pk, act="preview"))
    assert ("RCN", "no longer there") in preview.context["rows"]
    assert preview.context["submitted"] == 1
    assert preview.context["effect_says"][0] == (
        "1 submitted application would be judged otherwise, and keeps the list it was submitted under."
    )

    sent = filled(preview, act="save")
    assert [client.post(address, sent).status_code for _press in range(2)] == [302, 200]

    change = CallChange.objects.get()
    assert (change.edition_after, change.replaced_list) == (edition, True)
    assert scene.stored().edition == first.edition == change.edition_before
    public = client.get(reverse("directory:call", args=[call_of(scene).code])).content.decode()
    assert "The list in force is now the one as of 1 April 2025" in public.replace("Tuesday ", "")


def another_in_all(scene) -> Edition:
    """A draft by which a notice comes, one goes, one is asked for otherwise, and a warning appears."""
    for slug, reference in (("dfg", "D-1"), ("anr", "A-1")):
        scenes.grant(scene.application, scene.partner, slug, reference)
    base, draft = call_of(scene).edition, lists.draft_from(call_of(scene).edition)
    told = {"strength": "REQUESTED", "trigger": "ON_COLLABORATION", "address": ""}
    told["recipient"] = "GRANT_CONTACT"
    nothing = dict.fromkeys(told, "") | {"strength": "NONE_STATED", "body": None}
    with lifted():
        lists.asks(base, "anr", **nothing)
        for slug in ("rcn", "dfg"):
            lists.asks(base, slug, **told, body=slug)
    lists.asks(draft, "anr", **told, body="anr")
    lists.asks(draft, "dfg", **nothing)
    lists.asks(draft, "rcn", **told | {"trigger": "UPON_APPLICATION"}, body="rcn")
    draft.rows.filter(agency__slug="rcn").update(added_on=date(2024, 6, 15))
    return draft


def test_published_for_no_call_and_put_in_force_it_is_read_all_the_same(client, scene):
    # Given what the publishing page would say of a draft for this call
    call, draft = call_of(scene), another_in_all(scene)
    worked_out = actions.work_out_effect(
        edition_id=draft.pk, calls=[call.pk], by=staff("APPROVER"), at=DAY
    )
    says = in_short(Found.read(worked_out.found))
    assert says == [
        "1 draft would differ; the best verdict of 0 would be another.",
        "Notices added: 1",
        "Notices that fall away: 1",
        "Notices asked for otherwise: 1",
        "New warning: Funder added to the list after the reference date: 1",
    ]
    EffectPreview.objects.all().delete()

    # When it is published for no call, and an approver looks at what it would change for one
    edition = lists.publish(draft)
    client.force_login(staff("APPROVER"))
    address = reverse("applications:staff_call_edition", args=[call.code])
    page = client.get(address)
    preview = client.post(address, filled(page, edition=edition.pk, act="preview"))

    # Then it says the very same, application by application, and nothing is kept of it
    assert preview.context["effect_says"] == says
    text = preview.content.decode()
    assert [one for one in says if one not in text] == []
    (row,) = preview.context["applications"]["rows"]
    assert str(row[-1]) == (
        "<div>RCN: asked for otherwise (the occasion)</div>"
        "<div>DFG: need no longer be told</div><div>ANR: to be told</div>"
    )
    assert (EffectPreview.objects.count(), CallChange.objects.count()) == (0, 0)
    # Control: of another deadline no word is said about notices.
    page = client.get(deadline_page(scene))
    moved = client.post(deadline_page(scene), filled(page, closes_clock="13:00", act="preview"))
    assert "effect_says" not in moved.context


@pytest.mark.parametrize("more", [0, 2])
def test_the_effect_of_another_list_is_read_in_as_many_statements_for_one_as_for_three(
    client, scene, django_assert_num_queries, more
):
    edition = newer(scene)
    for _one in range(more):
        team = Team.objects.create(created_at=DAY)
        other = Application.objects.create(
            team=team, call=scene.application.call, created_at=DAY, changed_at=DAY
        )
        scenes.grant(other, scenes.person(team, "PARTNER", "Astrid Berg", "NO"), "rcn")
    client.force_login(staff("APPROVER"))
    address = reverse("applications:staff_call_edition", args=[call_of(scene).code])
    sent = filled(client.get(address), edition=edition.pk, act="preview")

    # session, account, call, the list chosen; teams by state; the effect (6); what both lists
    # say (3); applications that differ, their funders; the mail switch; the lists to choose
    with django_assert_num_queries(18):
        preview = client.post(address, sent)

    assert len(preview.context["applications"]["rows"]) == 1 + more


def test_only_another_published_list_of_the_agency_is_put_in_force(scene):
    edition = newer(scene)
    with lifted():
        draft = Edition.objects.create(
            code="draft", owner="AMED", as_of=DAY, updated_on=DAY, source=edition.source
        )
        other = Edition.objects.create(
            code="jst", owner="JST", as_of=DAY, updated_on=DAY, source=edition.source,
            published_at=DAY,
        )  # fmt: skip
    for refusal, which in [
        (actions.NotPublished, draft),
        (actions.AnothersList, other),
        (actions.AlreadyInForce, call_of(scene).edition),
    ]:
        with pytest.raises(refusal):
            put(scene, which)
    assert CallChange.objects.count() == 0


# -- at the same time ------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_make_one_change(scene):
    call = call_of(scene)
    seen = fingerprint(obligations(call))
    given = WHY | {"call_id": call.pk, "opens_at": call.opens_at, "seen": seen, "at": DAY}
    given["reference_on"] = call.reference_on
    jobs = [
        partial(actions.move_deadline, **given, by=by, closes_at=CLOSES + hours * HOUR)
        for by, hours in ((staff("APPROVER"), 1), (staff("APPROVER"), 2))
    ]
    outcomes = scenes.at_once(jobs)
    assert sorted(type(one).__name__ for one in outcomes) == ["CallChange", "Conflict"]
    assert CallChange.objects.get().closes_after == call_of(scene).closes_at


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_submission_and_a_move_at_once_both_come_through(scene):
    # Whichever is first: the grants are judged on the same day before and after the move.
    seen = scene.seen()
    approver = staff("APPROVER")
    day = scene.stored().reference_day
    submitted, moved = scenes.at_once(
        [
            lambda: scene.submit(seen=seen),
            lambda: move(scene, by=approver, closes_at=DAY + HOUR, reference_on=day),
        ]
    )
    assert (submitted.status, moved.closes_after) == (Status.SUBMITTED, DAY + HOUR)


def test_a_move_to_another_day_shows_the_answers_once_more_and_then_submits(scene):
    # Given a check page opened before the deadline, and with it the day of reference, moved
    seen = scene.seen()
    move(scene, closes_at=DAY + HOUR)
    assert scene.stored().reference_day == DAY.date() != CLOSES.date()

    # When the lead submits from that page
    with pytest.raises(actions.Conflict):
        scene.submit(seen=seen)

    # Then nothing was submitted, and the page as it stands now submits it
    assert scene.stored().status == Status.DRAFT
    assert scene.submit().status == Status.SUBMITTED
