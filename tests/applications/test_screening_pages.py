"""Screening on pages: what officers press, what a slower colleague is told, what the team sees of it and what not."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.decision_mail import decision_mail
from applications.forms import screening as screening_forms
from applications.models import (
    Application,
    Event,
    InternalNote,
    Message,
    ReliedGrant,
    TeamLetter,
)
from applications.wording import outcome_label, rule_label
from applications.workflow import QUOTES_REASON, TELLS_TEAM, Act
from directory.formatting import long_date
from directory.models import Call
from tests.applications import scenes
from tests.applications.factories import ApplicationFactory
from tests.applications.invited import words
from tests.applications.pages import page
from tests.applications.screening import decide, given, letter, officer, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(scene):
    scene.submit()
    Call.objects.filter(pk=scene.application.call_id).update(closes_at=scenes.CLOSES)
    Message.objects.all().delete()  # the receipt
    return scene


@pytest.fixture
def by(scene):
    return officer()


@pytest.fixture
def desk(by):
    client = Client()
    client.force_login(by)
    return client


def at(name, pk, *more):
    return reverse(f"applications:staff_{name}", args=[pk, *more])


def fields(response):
    """What the form of a page carries, as it was shown."""
    form = response.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_from_screening_to_the_letter_and_back_by_its_buttons(scene, by, desk):
    # Given a submitted application, its page takes it into screening with one press
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(by)
    shown = browser.get(at("application", scene.pk))
    form = re.search(r"<form[^>]*take-into-screening.*?</form>", shown.content.decode(), re.S)[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    browser.post(at("decide", scene.pk, "take-into-screening"), sent)
    assert scene.stored().status == "SCREENING"

    # When it is returned with what and until when
    asked = desk.get(at("decide", scene.pk, "return"))
    nothing = desk.post(at("decide", scene.pk, "return"), fields(asked))
    assert sorted(nothing.context["form"].errors) == ["day", "reason"]
    past = {"day_0": "2024", "day_1": "5", "day_2": "1"}
    late = desk.post(
        at("decide", scene.pk, "return"), fields(asked) | past | {"reason": "The title"}
    )
    assert list(late.context["form"].errors) == ["day"]
    until = soon(17)
    day = given(until)
    done = desk.post(
        at("decide", scene.pk, "return"), fields(asked) | day | {"reason": "The title"}
    )

    # Then the letter is there to be read, and the team sees what and until when
    assert done.url == at("team_letter", letter().pk)
    read = desk.get(done.url)
    assert [one in words(read) for one in ("The title", scene.lead.email, "17:00")] == [True] * 3
    desk.post(at("team_letter_release", letter().pk), {"seen": read.context["seen"]})
    assert Message.objects.filter(kind="DECISION").count() == 2
    lead = Client()
    lead.force_login(scene.lead)
    team = words(lead.get(page("team", scene)))
    assert [one in team for one in ("The title", long_date(until.date(), "en"), "17:00")] == [
        True
    ] * 3

    # And after the new submission staff see what changed
    scene.change(title_en="Memory of T cells")
    scene.submit(at=timezone.now())
    changes = desk.get(at("application", scene.pk)).context["version_changes"]
    assert [(one["was"], one["now"]) for one in changes] == [
        ("Memory of cells", "Memory of T cells")
    ]

    # And so does the team, for as long as the version stands; a partner reads the receipt alone
    address = reverse("applications:receipt", args=[scene.stored().receipt])
    assert lead.get(address).context["version_changes"] == changes
    assert "What version 2 changed" in words(lead.get(address))
    partner = scenes.user("partner")
    scene.partner.researcher.user = partner
    scene.partner.researcher.save()
    lead.force_login(partner)
    assert lead.get(address).context["version_changes"] is None


def test_a_slower_colleague_is_told_who_did_what_and_keeps_what_was_typed(scene, by, desk):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    slow = Client()
    slow.force_login(officer("slow"))
    form = fields(slow.get(at("decide", scene.pk, "not-accept")))
    decide(scene, Act.ACCEPT, by)

    answer = slow.post(at("decide", scene.pk, "not-accept"), form | {"reason": "No partner"})

    assert answer.status_code == 409
    shown = words(answer)
    parts = ("Officer", "Accept for review", "Accepted for review", "No partner")
    assert [one in shown for one in parts] == [True] * 4
    assert scene.stored().status == "ACCEPTED"
    assert slow.get(at("decide", scene.pk, "return")).status_code == 409
    assert slow.get(at("decide", scene.pk, "submit")).status_code == 404


@pytest.mark.parametrize(
    ("agency", "role", "reads", "acts"),
    [
        ("AMED", "VIEWER", 200, 403),
        ("JST", "OFFICER", 404, 404),
        ("JST", "APPROVER", 404, 404),
    ],
)
def test_others_read_or_do_not_and_never_act(scene, by, agency, role, reads, acts):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    before = Event.objects.count(), TeamLetter.objects.get().text
    other = Client()
    other.force_login(officer("other", agency, role))

    statuses = [other.get(at(*one)).status_code for one in (
        ("application", scene.pk), ("team_letter", letter().pk))]  # fmt: skip
    posted = [
        other.post(at(*one), {"reason": "r", "text": "t", "subject": "s", "to": ""}).status_code
        for one in (
            ("decide", scene.pk, "adopt"),
            ("note", scene.pk),
            ("assign", scene.pk),
            ("team_letter", letter().pk),
            ("team_letter_release", letter().pk),
            ("team_letter_drop", letter().pk),
        )
    ]

    assert (statuses, posted) == ([reads] * 2, [acts] * 6)
    assert (Event.objects.count(), TeamLetter.objects.get().text) == before
    page_of = other.get(at("application", scene.pk))
    assert b"decide/" not in page_of.content


def test_notes_are_for_staff_alone(scene, by, desk):
    desk.post(at("note", scene.pk), {"text": "Compare with kumquat-77"})
    assert InternalNote.objects.get().by == by
    assert "kumquat-77" in words(desk.get(at("application", scene.pk)))
    assert "kumquat-77" in words(desk.get(at("note", scene.pk)))
    lead = Client()
    lead.force_login(scene.lead)

    seen = [lead.get(page(name, scene)) for name in ("team", "check_answers", "notices")]
    seen += [lead.get(reverse(f"applications:{name}")) for name in ("teams", "my_data")]
    seen.append(lead.get(reverse("applications:receipt", args=[scene.stored().receipt])))

    assert [one.status_code for one in seen] == [200] * 6
    assert [b"kumquat-77" in one.content for one in seen] == [False] * 6


def test_one_press_takes_it_on_and_a_stale_page_shows_both(scene, by, desk):
    other = officer("other")
    form = desk.get(at("assign", scene.pk))
    Application.objects.filter(pk=scene.pk).update(assigned_to=other)

    stale = desk.post(at("assign", scene.pk), {"seen": "", "to": by.pk})
    assert stale.status_code == 409
    assert stale.context["conflict_rows"] == [
        {"key": "Who looks after it", "yours": f"Officer ({by.email})", "stored": "Other"}
    ]
    assert scene.stored().assigned_to == other

    desk.post(at("assign", scene.pk), fields(stale) | {"to": by.pk})
    assert scene.stored().assigned_to == by
    assert "Officer looks after it." in words(desk.get(at("application", scene.pk)))
    assert form.status_code == 200


def test_the_words_of_a_draft_are_changed_and_a_colleagues_words_are_shown(scene, by, desk):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    address = at("team_letter", letter().pk)
    form = fields(desk.get(address))

    desk.post(address, form | {"text": "Accepted, with thanks."})
    stale = desk.post(address, form | {"text": "Accepted."})

    assert stale.status_code == 409
    assert stale.context["conflict_rows"] == [
        {"key": "Text", "yours": "Accepted.", "stored": "Accepted, with thanks."}
    ]
    desk.post(address, fields(stale))
    assert letter().text == "Accepted."
    assert desk.post(at("team_letter_release", letter().pk), {"seen": "old"}).status_code == 409
    desk.post(at("team_letter_drop", letter().pk), {"reason": "Told by post"})
    assert letter().dropped_at is not None
    assert Message.objects.count() == 0


ANOTHERS = "A46Y-V8QJ-V7XY-3KSR"


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (ANOTHERS, False),
        ("ａ４６Ｙ-v8qj-v7xy-3ksr", False),
        ("{own}", True),
        ("A46Y-V8QJ-V7XY", True),
    ],
)
def test_no_team_is_told_the_receipt_number_of_another(scene, by, desk, number, kept):
    """Officers copy numbers out of the overlaps; a team must not learn who else applies."""
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    reason = f"受理済みの{number.format(own=scene.stored().receipt)}と重なる。"
    address = at("decide", scene.pk, "not-accept")

    sent = desk.post(address, fields(desk.get(address)) | {"reason": reason})

    if kept:
        assert scene.stored().status == "NOT_ACCEPTED"
        letter_address = at("team_letter", letter().pk)
        edited = fields(desk.get(letter_address)) | {"text": f"As {ANOTHERS}."}
        sent = desk.post(letter_address, edited)
        assert list(sent.context["form"].errors) == ["text"]
        assert ANOTHERS not in letter().text
    else:
        assert scene.stored().status == "SCREENING"
        assert list(sent.context["form"].errors) == ["reason"]
        assert sent.context["form"]["reason"].value() == reason


def test_an_optional_reason_that_the_letter_quotes_is_read_as_closely(scene, by, desk):
    for act in (Act.TAKE_INTO_SCREENING, Act.ACCEPT):
        decide(scene, act, by)
    address = at("decide", scene.pk, "not-adopt")
    form = fields(desk.get(address))

    refused = desk.post(address, form | {"reason": f"As in {ANOTHERS}."})

    assert list(refused.context["form"].errors) == ["reason"]
    assert scene.stored().status == "ACCEPTED"
    assert "letter to the team" in str(refused.context["form"].fields["reason"].help_text)
    desk.post(address, form | {"reason": ""})
    assert scene.stored().status == "NOT_ADOPTED"


def test_control_without_the_question_another_teams_number_stands_in_the_letter(
    scene, by, desk, monkeypatch
):
    monkeypatch.setattr(screening_forms, "refuse_others", lambda words, own: words)
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    address = at("decide", scene.pk, "not-accept")
    desk.post(address, fields(desk.get(address)) | {"reason": f"As in {ANOTHERS}."})
    assert ANOTHERS in letter().text


def test_letters_quote_the_reason_of_these_acts_and_of_no_other(scene):
    quoting = {
        act
        for act in TELLS_TEAM
        if "Canary 42"
        in decision_mail(
            application=scene.stored(), act=act, reason="Canary 42", language="en"
        ).text
    }
    assert quoting == QUOTES_REASON


def test_the_page_names_the_rules_that_are_not_met_and_says_once_that_all_are(scene, by, desk):
    scene.change(budget_jpy=90_000_000)
    shown = " ".join(words(desk.get(at("application", scene.pk))).split())
    assert ("Every rule is met." in shown, "JPY 90,000,000" in shown) == (True, True)
    assert "The grant is running" not in shown

    relied = ReliedGrant.objects.get()
    relied.reasons = relied.reasons.replace("grant_is_running=MET", "grant_is_running=NOT_MET")
    relied.save()
    [table] = [
        one
        for one in desk.get(at("application", scene.pk)).context["tables"]
        if one["slug"] == "grants"
    ]
    assert table["rows"][0][7] == f"{rule_label('grant_is_running')}: {outcome_label('NOT_MET')}"


def test_a_letter_is_released_and_the_next_application_of_the_list_opened(scene, by, desk):
    following = ApplicationFactory(call=scene.application.call, submitted=True, status="SCREENING")
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    view = "?state=SCREENING"
    address = at("team_letter", letter().pk)
    read = desk.get(address + view).context
    assert read["goes_on"] is True

    sent = {"seen": read["seen"], "onwards": "1"}
    done = desk.post(at("team_letter_release", letter().pk) + view, sent)

    assert done.url == at("application", following.pk) + view
    assert Message.objects.filter(kind="DECISION").count() == 2
