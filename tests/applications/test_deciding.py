"""The acts of staff: an application's life as a story, colleagues who are faster, and what follows each act."""

from datetime import timedelta

import pytest

from applications import actions
from applications.actions import claiming
from applications.actions.ledger import sync_notices
from applications.models import Event, InternalNote, Message, Notice, ReliedGrant, TeamLetter
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.screening import last_move
from applications.queries.sections import section_values
from applications.workflow import Act, Status
from tests.applications import scenes
from tests.applications.screening import LATER, UNTIL, decide, letter, officer, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The database's clock, as the deadline sees it."""
    moment = {"now": scenes.DAY}
    monkeypatch.setattr(claiming, "database_now", lambda: moment["now"])
    return moment


@pytest.fixture
def scene(clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = scenes.ready()
    sync_notices(workspace(found.stored()), scenes.DAY)
    found.submit()
    Message.objects.all().delete()  # the receipt
    clock["now"] = LATER
    return found


@pytest.fixture
def by(scene):
    return officer()


def test_the_life_of_an_application_from_screening_to_adoption(scene, by, clock):
    submitted = scene.stored()

    # Given an application that the deadline has closed, an officer takes it and returns it
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by, reason="The title\nin English")
    returned = scene.stored()
    assert (returned.status, returned.return_reason) == (Status.RETURNED, "The title\nin English")
    assert returned.returned_until == UNTIL

    # When the team corrects it within its own time
    stored = section_values(returned, "project")
    actions.save_section(
        application_id=scene.pk,
        section="project",
        values=stored | {"title_en": "Memory of T cells"},
        seen=fingerprint(stored),
        by=scene.lead,
        at=LATER,
    )
    scene.submit(at=LATER)
    again = scene.stored()

    # Then it is the same application: receipt, edition and reference day are kept
    kept = ("receipt", "edition_id", "reference_on")
    assert [getattr(again, one) for one in kept] == [getattr(submitted, one) for one in kept]
    assert (again.status, again.version, again.return_reason) == (Status.SUBMITTED, 2, "")
    for act in (Act.TAKE_INTO_SCREENING, Act.ACCEPT, Act.ADOPT):
        decide(scene, act, by)
    assert scene.stored().status == Status.ADOPTED
    moves = Event.objects.filter(act__in=Act.values).order_by("pk")
    assert [(one.act, one.from_state, one.to_state) for one in moves] == [
        ("SUBMIT", "DRAFT", "SUBMITTED"),
        ("TAKE_INTO_SCREENING", "SUBMITTED", "SCREENING"),
        ("RETURN", "SCREENING", "RETURNED"),
        ("SUBMIT", "RETURNED", "SUBMITTED"),
        ("TAKE_INTO_SCREENING", "SUBMITTED", "SCREENING"),
        ("ACCEPT", "SCREENING", "ACCEPTED"),
        ("ADOPT", "ACCEPTED", "ADOPTED"),
    ]


def test_after_the_returns_own_date_the_team_submits_no_more(scene, by, clock):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)
    scene.change(title_en="Memory of T cells")

    clock["now"] = UNTIL
    with pytest.raises(actions.CallClosed):
        scene.submit(at=UNTIL)
    clock["now"] = UNTIL - timedelta(seconds=1)
    assert scene.submit(at=LATER).version == 2


def test_whoever_comes_second_is_told_and_changes_nothing(scene, by):
    stale = {"seen_status": Status.SUBMITTED, "seen_move": last_move(scene.stored())}
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    before = Event.objects.count(), TeamLetter.objects.count()

    with pytest.raises(actions.Conflict) as refused:
        decide(scene, Act.TAKE_INTO_SCREENING, officer("second"), **stale)

    assert refused.value.stored == {"status": Status.SCREENING}
    assert (Event.objects.count(), TeamLetter.objects.count()) == before


@pytest.mark.parametrize("guarded", [True, False])
def test_a_form_sent_again_after_the_same_state_came_back_does_nothing(scene, by, guarded):
    """Hazard 9. Negative control: by the status alone the old form returns the application again."""
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    move = last_move(scene.stored())
    old_form = {"seen_status": Status.SCREENING, "seen_move": move if guarded else None}
    decide(scene, Act.RETURN, by, **old_form)
    scene.submit(at=LATER)
    decide(scene, Act.TAKE_INTO_SCREENING, by)

    if guarded:
        with pytest.raises(actions.Conflict):
            decide(scene, Act.RETURN, by, **old_form)
    else:
        decide(scene, Act.RETURN, by, **old_form)
    assert scene.stored().status == (Status.SCREENING if guarded else Status.RETURNED)


@pytest.mark.parametrize(
    ("act", "more", "refusal"),
    [
        ("ADOPT", {}, actions.NotAllowed),
        ("SUBMIT", {}, actions.NotAllowed),
        ("WITHDRAW", {}, actions.NotAllowed),
        ("RETURN", {"reason": " "}, actions.ReasonNeeded),
        ("NOT_ACCEPT", {}, actions.ReasonNeeded),
        ("RETURN", {"until": None}, actions.DateNeeded),
        ("RETURN", {"until": LATER}, actions.DateNeeded),
    ],
)
def test_what_does_not_follow_or_lacks_something_is_refused(scene, by, act, more, refusal):
    decide(scene, Act.TAKE_INTO_SCREENING, by)

    with pytest.raises(refusal):
        decide(scene, act, by, **more)

    assert scene.stored().status == Status.SCREENING


@pytest.mark.parametrize(
    ("agency", "role", "allowed"),
    [
        ("AMED", "VIEWER", False),
        ("AMED", "OFFICER", True),
        ("AMED", "APPROVER", True),
        ("JST", "OFFICER", False),
        ("JST", "APPROVER", False),
    ],
)
def test_only_officers_and_approvers_of_the_calls_agency_act(scene, agency, role, allowed):
    one = officer("one", agency, role)
    acts = [
        lambda: decide(scene, Act.TAKE_INTO_SCREENING, one),
        lambda: actions.write_note(application_id=scene.pk, text="A note", by=one, at=LATER),
        lambda: actions.assign(application_id=scene.pk, to=one.pk, seen=None, by=one, at=LATER),
    ]

    for act in acts:
        if allowed:
            act()
        else:
            with pytest.raises(actions.NotPermitted):
                act()

    done = [scene.stored().status == "SCREENING", InternalNote.objects.exists()]
    assert [*done, scene.stored().assigned_to_id == one.pk] == [allowed] * 3


def test_adoption_makes_notices_of_collaborations_due_and_reopening_takes_that_back(scene, by):
    scenes.grant(scene.application, scene.partner, "bhf", "PG/19/5/34180")
    ReliedGrant.objects.update(verdict="FITS")  # as if submitted with the first
    sync_notices(workspace(scene.stored()), scenes.DAY)
    waiting = Notice.objects.filter(trigger="ON_COLLABORATION")
    states = [set(waiting.values_list("state", flat=True))]

    for act, reason in (("TAKE_INTO_SCREENING", ""), ("ACCEPT", ""), ("ADOPT", ""),
                        ("REOPEN_DECISION", "A slip")):  # fmt: skip
        decide(scene, act, by, reason=reason)
        states.append(set(waiting.values_list("state", flat=True)))

    assert states == [{"NOT_YET_DUE"}] * 3 + [{"DUE"}, {"NOT_YET_DUE"}]


def test_non_adoption_prepares_follow_ups_and_reopening_takes_back_the_untouched(scene, by):
    Notice.objects.update(state="RECORDED", done_on=scenes.DAY.date(), channel="EMAIL")
    for act in (Act.TAKE_INTO_SCREENING, Act.ACCEPT, Act.NOT_ADOPT):
        decide(scene, act, by)
    assert Notice.objects.filter(occasion="NOT_ADOPTED", state="DUE").count() == 1

    decide(scene, Act.REOPEN_DECISION, by, reason="A slip")
    assert Notice.objects.filter(follows__isnull=False).count() == 0

    # A letter that its holder had worded is crossed out, and comes back with its words
    decide(scene, Act.NOT_ADOPT, by)
    Notice.objects.filter(follows__isnull=False).update(text="Dear Ola")
    decide(scene, Act.REOPEN_DECISION, by, reason="A slip")
    follow_up = Notice.objects.get(follows__isnull=False)
    assert (follow_up.text, follow_up.removed_at) == ("Dear Ola", LATER)
    decide(scene, Act.NOT_ADOPT, by)
    follow_up.refresh_from_db()
    assert (follow_up.text, follow_up.removed_at) == ("Dear Ola", None)


# -- letters to the team --------------------------------------------------------------------
def test_a_return_says_what_and_until_when_in_both_clocks_in_the_leads_language(scene, by):
    scene.lead.language = "ja"
    scene.lead.save()
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    assert TeamLetter.objects.count() == 0

    decide(scene, Act.RETURN, by, reason="英文の題名\n予算")
    found = letter()

    assert (found.language, found.act) == ("ja", "RETURN")
    assert "英文の題名\n予算" in found.text
    assert "2024年6月27日（木）" in found.text  # Japan
    assert "12:00" in found.text
    assert "03:00" in found.text  # UTC
    assert Message.objects.count() == 0  # nothing leaves until a person lets it


def test_a_released_letter_goes_once_to_the_lead_and_the_deputy(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)

    for _press in range(2):
        release(by)

    sent = Message.objects.order_by("recipient").values_list("kind", "recipient", "text")
    text = letter().text
    assert list(sent) == [
        ("DECISION", scene.deputy.email, text),
        ("DECISION", scene.lead.email, text),
    ]
    assert Event.objects.filter(act="TEAM_LETTER_RELEASED").count() == 1
    with pytest.raises(actions.NotAllowed):
        actions.drop_team_letter(letter_id=letter().pk, reason="No", by=by, at=LATER)


def test_what_is_released_is_what_was_read(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    read = letter()
    TeamLetter.objects.filter(pk=read.pk).update(text="Changed by a colleague")

    with pytest.raises(actions.Conflict):
        release(by, read)
    release(by)

    assert set(Message.objects.values_list("text", flat=True)) == {"Changed by a colleague"}


def test_a_letter_overtaken_by_the_next_act_is_dropped_and_one_of_no_use_stays(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    accepted = letter()
    decide(scene, Act.REOPEN_SCREENING, by, reason="A slip")
    with pytest.raises(actions.NotAllowed):
        release(by, accepted)

    decide(scene, Act.RETURN, by)
    returned = letter()
    with pytest.raises(actions.NoLongerOfUse):
        release(by, returned, at=UNTIL)
    scene.submit(at=LATER)  # the team needed no letter
    with pytest.raises(actions.NotAllowed):
        release(by, returned)
    assert Message.objects.filter(kind="DECISION").count() == 0


def test_a_letter_is_dropped_with_a_reason_and_never_leaves(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    with pytest.raises(actions.ReasonNeeded):
        actions.drop_team_letter(letter_id=letter().pk, reason=" ", by=by, at=LATER)

    actions.drop_team_letter(letter_id=letter().pk, reason="Told by post", by=by, at=LATER)

    with pytest.raises(actions.NotAllowed):
        release(by)
    assert scene.stored().status == Status.ACCEPTED
    assert Event.objects.get(act="TEAM_LETTER_DROPPED").reason == "Told by post"


# -- among staff ------------------------------------------------------------------------------
def test_an_application_is_given_to_a_colleague_of_the_agency_and_a_stale_page_takes_nothing(
    scene, by
):
    first = {"application_id": scene.pk, "by": by, "at": LATER}
    colleague, viewer = officer("colleague"), officer("viewer", role="VIEWER")

    actions.assign(to=by.pk, seen=None, **first)
    with pytest.raises(actions.Conflict):
        actions.assign(to=colleague.pk, seen=None, **first)
    for other in (viewer, officer("theirs", "JST"), scene.lead):
        with pytest.raises(actions.NotAColleague):
            actions.assign(to=other.pk, seen=by.pk, **first)
    actions.assign(to=colleague.pk, seen=by.pk, **first)

    assert scene.stored().assigned_to == colleague
    assert Event.objects.filter(act="ASSIGNED").count() == 2


def test_a_note_is_kept_once_though_the_button_was_pressed_twice(scene, by):
    note = {"application_id": scene.pk, "by": by, "at": LATER}
    with pytest.raises(actions.NothingWritten):
        actions.write_note(text="  ", **note)

    for text in ("Ask JST", "Ask JST", "Asked"):
        actions.write_note(text=text, **note)

    assert list(InternalNote.objects.order_by("pk").values_list("text", flat=True)) == [
        "Ask JST",
        "Asked",
    ]
